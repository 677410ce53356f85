import { Field, Float, InputType, Int } from '@nestjs/graphql';
import { describedEnum } from '../../common/described-enum.js';
import { ID } from '../../common/id.scalar.js';
import { JsonObject, type JsonInput } from '../../common/json.scalar.js';
import { MODEL_NAME } from '../../common/model-name.js';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsInt,
  IsNumber,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type {
  ChatRole as ModelChatRole,
  PromptCache as PromptCacheId,
  ReasoningEffort as ReasoningEffortId,
} from '../../providers/chat/contract.js';
import { type ChatProviderId, describeOrder } from '../../providers/registry/provider-ids.js';
import { ChatProvider } from '../../providers/registry/provider.enum.js';
import { ContentPartInput } from './content-part.inputs.js';
import { ToolCallInput, ToolChoiceInput, ToolInput } from './chat-tools.inputs.js';
import { ChatWebSearchInput } from './chat-web-search.input.js';

export type ChatRoleId = ModelChatRole | 'TOOL';

export const ChatRole = describedEnum<ChatRoleId>('ChatRole', 'The author of a message.', {
  SYSTEM: 'Instructions that take precedence over those of the user.',
  USER: 'The person, or the program, that asks.',
  ASSISTANT: 'The model, earlier in the conversation.',
  TOOL: "A tool of the caller's, with the result of a call.",
});

export const ReasoningEffort = describedEnum<ReasoningEffortId>(
  'ReasoningEffort',
  'How much a reasoning model thinks before it answers.',
  {
    LOW: 'Little: quick and cheap.',
    MEDIUM: 'A balance.',
    HIGH: 'Much: slow and thorough.',
  },
);

export const PromptCache = describedEnum<PromptCacheId>(
  'PromptCache',
  'Whether the provider is asked to keep a conversation in its cache.',
  {
    OFF: 'It is not asked. Many providers cache by themselves all the same.',
    AUTO: 'What a provider caches only where it is marked is marked: the instructions, and the last turn. To write to a cache may cost more than to read without one; to read from it costs less.',
  },
);

@InputType({ description: 'One message of the conversation so far.' })
export class ChatMessageInput {
  @Field(() => ChatRole, { description: 'Who wrote the message.' })
  role!: ChatRoleId;

  @Field(() => String, {
    nullable: true,
    description:
      'The text of the message; of role TOOL the result. Only an ASSISTANT with `toolCalls`, and a message with `parts`, may leave it out.',
  })
  content?: string | null;

  @Field(() => [ContentPartInput], {
    nullable: true,
    description:
      'In place of `content`: texts, images and files, in their order. Images and files go with role USER: at most 100 in a chat, and 64 MiB together. Not every provider takes all of them, nor every model; what a provider does not take is refused before it is asked.',
  })
  parts?: ContentPartInput[] | null;

  @Field(() => [ToolCallInput], {
    nullable: true,
    description:
      'With role ASSISTANT: the calls of `ToolCallsRequested`, 1 to 128. A message of role TOOL for each of them follows next.',
  })
  toolCalls?: ToolCallInput[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "With `toolCalls`: the transcript of `ToolCallsRequested`, as it came. With it the model goes on from what it thought, and from the searches of that chat, which stand in no message; the message's text and arguments are then taken from it. Left out, or with another provider or model: the model is told the text and the calls alone.",
  })
  transcript?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'With role TOOL, always: the id of the call that it answers.',
  })
  toolCallId?: string | null;
}

@InputType({ description: 'The conversation, and how to answer it.' })
export class ChatInput {
  @Field(() => ChatProvider, {
    nullable: true,
    description: `The provider. Left out: the first with a key, in the order ${describeOrder('CHAT')}.`,
  })
  @IsOptional()
  provider?: ChatProviderId | null;

  @Field(() => String, {
    nullable: true,
    description: 'The name of one of your endpoints, with CUSTOM: always then, with a model, and only then.',
  })
  @IsOptional()
  @Length(1, 50, { message: 'must be 1 to 50 characters long' })
  endpoint?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The model, by the provider's name for it. Left out: the provider's default.",
  })
  @IsOptional()
  @Matches(MODEL_NAME, { message: 'must be 1 to 200 printable ASCII characters without spaces' })
  model?: string | null;

  @Field(() => [ChatMessageInput], {
    description: 'The conversation so far, oldest first: 1 to 1,000 messages.',
  })
  @ArrayMinSize(1, { message: 'must have at least one message' })
  @ArrayMaxSize(1000, { message: 'must have at most 1,000 messages' })
  messages!: ChatMessageInput[];

  @Field(() => Float, { nullable: true, description: 'Randomness, 0 to 2. Not every model takes it.' })
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(2)
  temperature?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The most tokens that the model may write, reasoning included.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  maxOutputTokens?: number | null;

  @Field(() => ReasoningEffort, {
    nullable: true,
    description: 'How much the model thinks first. Not every model takes it.',
  })
  @IsOptional()
  reasoningEffort?: ReasoningEffortId | null;

  @Field(() => PromptCache, {
    nullable: true,
    defaultValue: 'OFF',
    description:
      'Whether the provider is asked to keep the conversation in its cache. It means nothing to one that caches by itself.',
  })
  @IsOptional()
  promptCache?: PromptCacheId | null;

  @Field(() => [ToolInput], {
    nullable: true,
    description:
      "Tools of the caller's own, at most 128. Where the model calls some, the chat ends with `ToolCallsRequested` and the reason TOOL_CALLS; the results go into the next chat's `messages`.",
  })
  tools?: ToolInput[] | null;

  @Field(() => ToolChoiceInput, {
    nullable: true,
    description: 'With `tools`: which of them the model is to call. Left out: the model decides.',
  })
  toolChoice?: ToolChoiceInput | null;

  @Field(() => JsonObject, {
    nullable: true,
    description:
      'The JSON Schema that the text of the answer is to fit, draft 2020-12 or 7: at most 64 KiB and 32 levels deep, with no `$ref` out of it. What the provider does not take is adapted where nothing is lost by that, or refused by name; `schemaValid` says whether the text fits.',
  })
  responseSchema?: JsonInput | null;

  @Field(() => ChatWebSearchInput, {
    nullable: true,
    description: 'Present: the model may search the web before it answers, and while it does.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => ChatWebSearchInput)
  webSearch?: ChatWebSearchInput | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: `Whether to move on to the next provider with a key of the same party, in the order ${describeOrder('CHAT')}, where one fails before its first text or reasoning and the fault is its own: what one provider refuses to answer is sent to no other. The providers that follow answer with their default models.`,
  })
  failover?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The caller's own id for this request, 1 to 200 characters. Sent again with the same input while the chat is kept, it joins that chat from its start instead of paying twice; with another input it is a CONFLICT. Over WebSocket an operation id that is a UUID serves where this is left out.",
  })
  @IsOptional()
  @Length(1, 200, { message: 'must be 1 to 200 characters long' })
  requestId?: string | null;
}
