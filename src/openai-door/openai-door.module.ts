import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module.js';
import { ErrorMaskModule } from '../graphql/every-door/error-mask.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { ModelsModule } from '../models/models.module.js';
import { AnswerStreams } from './answer/answer-streams.js';
import { ListedModels } from './listed-models.service.js';
import { OpenAIController } from './openai.controller.js';
import { ChatInputs } from './request/chat-inputs.js';

/** The way in for what speaks OpenAI's wire format: a thin adapter over the same chats. */
@Module({
  imports: [ChatModule, ErrorMaskModule, KeysModule, ModelsModule],
  controllers: [OpenAIController],
  providers: [AnswerStreams, ChatInputs, ListedModels],
})
export class OpenAIDoorModule {}
