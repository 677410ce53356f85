import { Injectable } from '@nestjs/common';
import { AttachmentsService } from '../../attachments/attachments.service.js';
import { JsonSchemas } from '../../json-schemas/json-schemas.service.js';
import type { ChatInput } from '../schema/chat.inputs.js';
import type { Conversation } from './conversation.js';
import { readConversation } from './read-conversation.js';
import { attachmentIdsIn } from './read-parts.js';
import { readResponseSchema, type ResponseSchema } from './read-response-schema.js';
import { type OfferedTools, readTools } from './read-tools.js';
import { ToolTranscripts } from './tool-transcripts.js';
import { Violations } from './violations.js';

/** What a chat's input says, read and checked. */
export interface AskedChat {
  readonly conversation: Conversation;
  /** Null: the client has none. */
  readonly tools: OfferedTools | null;
  /** Null: the answer is a text of any form. */
  readonly responseSchema: ResponseSchema | null;
}

/** Reads what a chat is asked, before a key is looked for. */
@Injectable()
export class ConversationService {
  constructor(
    private readonly transcripts: ToolTranscripts,
    private readonly schemas: JsonSchemas,
    private readonly attachments: AttachmentsService,
  ) {}

  /** @throws BadUserInputError BAD_USER_INPUT, which names all that is wrong */
  async read(userId: string, input: ChatInput): Promise<AskedChat> {
    const violations = new Violations();
    const open = (transcript: string) => this.transcripts.open(userId, transcript);
    const ids = attachmentIdsIn(input.messages);
    const attachments = ids.length > 0 ? await this.attachments.find(userId, ids) : null;
    const find = (id: string) => attachments?.get(id) ?? null;
    const conversation = await readConversation(input.messages, open, find, violations);
    const tools = await readTools(input, userId, this.schemas, violations);
    const { responseSchema: given } = input;
    const responseSchema = await readResponseSchema(given, userId, this.schemas, violations);
    violations.throwIfAny();
    return { conversation, tools, responseSchema };
  }
}
