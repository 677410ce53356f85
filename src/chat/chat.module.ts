import { Module } from '@nestjs/common';
import { KeysModule } from '../keys/keys.module.js';
import { ActiveChats } from './active-chats.js';
import { ChatResolver } from './chat.resolver.js';
import { ChatService } from './chat.service.js';
import { ChatSourceFactory } from './chat-source.factory.js';

@Module({
  imports: [KeysModule],
  providers: [ActiveChats, ChatResolver, ChatService, ChatSourceFactory],
  exports: [ActiveChats],
})
export class ChatModule {}
