import { Field, Float, Int, InterfaceType, ObjectType } from '@nestjs/graphql';
import { Cost } from '../../common/cost.model.js';
import { describedEnum } from '../../common/described-enum.js';
import { ID } from '../../common/id.scalar.js';
import { KeySource } from '../../common/key-source.enum.js';
import { JsonScalar } from '../../common/json.scalar.js';
import { MaxItems } from '../../common/list-size.js';
import type { FinishReason as FinishReasonId } from '../../providers/chat/contract.js';
import { MAX_CALLS } from '../../providers/chat/tool-turn.js';
import type { ChatProviderId, SearchProviderId } from '../../providers/registry/provider-ids.js';
import { ChatProvider, SearchProvider } from '../../providers/registry/provider.enum.js';
import { SearchHit } from '../../web-search/web-search.model.js';
import type { ChatEvent as ChatEventValue } from '../run/chat-event.js';
import { MAX_RESULTS } from '../answer/search-tool.js';

export const FinishReason = describedEnum<FinishReasonId>('FinishReason', 'Why a completion ended.', {
  STOP: 'The model finished its answer.',
  LENGTH: '`maxOutputTokens`, or the limit of the model, was reached.',
  CONTENT_FILTER: 'The provider withheld the rest, or the model refused.',
  TOOL_LIMIT: 'The model wanted more tool calls than it may make.',
  TOOL_CALLS: 'The model calls tools of the caller: `ToolCallsRequested` came before.',
  OTHER: 'Another reason, or one that the provider does not explain.',
});

@ObjectType({ description: 'Tokens as the provider counts them.' })
export class TokenUsage {
  @Field(() => Int, { description: 'Tokens read by the model.' })
  inputTokens!: number;

  @Field(() => Int, { description: 'Tokens written by the model, reasoning included.' })
  outputTokens!: number;

  @Field(() => Int, { nullable: true, description: 'Of the output, those spent on reasoning.' })
  reasoningTokens!: number | null;

  @Field(() => Int, { nullable: true, description: "Of the input, those read from the provider's cache." })
  cachedInputTokens!: number | null;

  @Field(() => Int, { nullable: true, description: "Of the input, those written to the provider's cache." })
  cacheWriteInputTokens!: number | null;

  @Field(() => Cost, {
    nullable: true,
    description:
      'What they cost: as the provider itself says, or at its list price; null where the model has no known price.',
  })
  cost?: Cost | null;
}

@ObjectType({ description: 'Where the time went, in milliseconds.' })
export class ChatTimings {
  @Field(() => Float, { description: 'Finding and opening the key.' })
  keyResolutionMs!: number;

  @Field(() => Float, {
    nullable: true,
    description: "From the request's arrival to the first text or reasoning.",
  })
  timeToFirstTokenMs!: number | null;

  @Field(() => Float, { description: "From the request's arrival to its end." })
  totalMs!: number;
}

@ObjectType({ description: 'What went wrong.' })
export class ErrorInfo {
  @Field({ description: 'One of the error codes.' })
  code!: string;

  @Field({ description: 'The error in plain words.' })
  message!: string;

  @Field({ description: 'Whether the same request may succeed later without any change to it.' })
  retryable!: boolean;

  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds after which a retry makes sense, where known.',
  })
  retryAfterMs!: number | null;
}

@InterfaceType({
  description:
    'What happens in a chat. Events are numbered from 1 without gaps: ChatStarted first, exactly one of ChatCompleted, ChatFailed and ChatCancelled last. Clients skip types that they do not know.',
  resolveType: (event: ChatEventValue) => event.__typename,
})
export abstract class ChatEvent {
  @Field(() => ID, { description: "The chat's id." })
  chatId!: string;

  @Field(() => Int, { description: "The event's number." })
  seq!: number;
}

@ObjectType({ isAbstract: true })
abstract class AttemptEvent extends ChatEvent {
  @Field(() => ChatProvider, { description: 'The provider that answers from here on.' })
  provider!: ChatProviderId;

  @Field({ description: 'The model that answers from here on.' })
  model!: string;

  @Field(() => KeySource, { description: 'Whose key pays.' })
  keySource!: KeySource;

  @Field(() => ID, { nullable: true, description: "The caller's stored key; null for one of the server." })
  keyId!: string | null;

  @Field(() => String, { nullable: true, description: 'Its masked form; null for one of the server.' })
  maskedKey!: string | null;
}

@ObjectType({ implements: ChatEvent, description: 'The key is decrypted, and the provider is called next.' })
export class ChatStarted extends AttemptEvent {}

@ObjectType({
  implements: ChatEvent,
  description:
    'With `failover`: the previous provider failed, and another one answers in its place, at the cost of the same party.',
})
export class ProviderSwitched extends AttemptEvent {
  @Field(() => ErrorInfo, { description: 'Why the previous provider failed.' })
  cause!: ErrorInfo;
}

@ObjectType({ isAbstract: true })
abstract class DeltaEvent extends ChatEvent {
  @Field(() => Int, { description: 'The first number that this event covers; `seq` is the last.' })
  fromSeq!: number;

  @Field({
    description:
      "The text, to be appended. If the provider repeats the key that it was called with, the key is replaced by its masked form, or by `[key]` where it is the server's.",
  })
  text!: string;
}

@ObjectType({ implements: ChatEvent, description: 'The next piece of the answer.' })
export class TextDelta extends DeltaEvent {}

@ObjectType({
  implements: ChatEvent,
  description: "The next piece of the model's reasoning, where it shows it.",
})
export class ReasoningDelta extends DeltaEvent {}

const ENGINE_DEPRECATION =
  'Use `engine`. `ChatStarted.provider` has another type, and GraphQL refuses a document that selects both under one name.';
const FAILURE_DEPRECATION =
  'Use `failure`. `ChatFailed.error` is never null, and GraphQL refuses a document that selects both under one name.';

@ObjectType({ isAbstract: true })
abstract class SearchEvent extends ChatEvent {
  @Field(() => SearchProvider, {
    description:
      'The engine that is asked. Where no key could be opened, the engine that the input names, else the one whose key is unreadable, else the first in the order.',
  })
  engine!: SearchProviderId;

  @Field(() => SearchProvider, {
    description: 'The same as `engine`.',
    deprecationReason: ENGINE_DEPRECATION,
  })
  provider!: SearchProviderId;

  @Field({
    description:
      "The words that the engine is asked with: the model's, without the chat's key and the engine's, which are masked.",
  })
  query!: string;
}

@ObjectType({
  implements: ChatEvent,
  description:
    'With `webSearch`: the model searches the web. All searches that it asks for in one turn start before the first of them finishes.',
})
export class SearchStarted extends SearchEvent {}

@ObjectType({
  implements: ChatEvent,
  description:
    'With `webSearch`: a search has ended, and the model gets its results or its error. A failed search does not end the chat.',
})
export class SearchFinished extends SearchEvent {
  @MaxItems(MAX_RESULTS)
  @Field(() => [SearchHit], {
    description: 'What the model is given, best first; none where the search failed.',
  })
  results!: readonly SearchHit[];

  @Field(() => ErrorInfo, { nullable: true, description: 'Why the search failed; null where it did not.' })
  failure!: ErrorInfo | null;

  @Field(() => ErrorInfo, {
    nullable: true,
    description: 'The same as `failure`.',
    deprecationReason: FAILURE_DEPRECATION,
  })
  error!: ErrorInfo | null;
}

@ObjectType({ description: 'A call of a tool, as the model made it.' })
export class ToolCall {
  @Field(() => ID, { description: 'Its id, unique among the calls of one event.' })
  id!: string;

  @Field({ description: 'The name of the tool: the word of the model, which may be none that was declared.' })
  name!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'The arguments: the word of the model, which need not fit the schema. An empty object where there are none, and a text where the model wrote what is no JSON. The key that the provider was called with is masked.',
  })
  arguments!: unknown;
}

@ObjectType({
  implements: ChatEvent,
  description:
    'With `tools`: the model calls some of them, and waits for no one: ChatCompleted with the reason TOOL_CALLS follows. The next chat brings the answers.',
})
export class ToolCallsRequested extends ChatEvent {
  @MaxItems(MAX_CALLS)
  @Field(() => [ToolCall], { description: 'The calls, in their order: at least one.' })
  calls!: readonly ToolCall[];

  @Field({
    description:
      'What the model needs to be told again, sealed for the caller: it goes into the `transcript` of the ASSISTANT message with these calls.',
  })
  transcript!: string;
}

@ObjectType({ implements: ChatEvent, description: 'The answer is complete: the provider said so.' })
export class ChatCompleted extends ChatEvent {
  @Field(() => FinishReason, { description: 'Why it ended.' })
  finishReason!: FinishReasonId;

  @Field(() => TokenUsage, {
    nullable: true,
    description: 'The tokens used; null where the provider does not report them.',
  })
  usage!: TokenUsage | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'With `responseSchema`: whether the text is JSON that fits it. Null without one, where the model calls tools of the caller in place of an answer, and where the check took too long.',
  })
  schemaValid!: boolean | null;

  @Field(() => ChatTimings, { description: 'Where the time went.' })
  timings!: ChatTimings;
}

@ObjectType({ isAbstract: true })
abstract class BrokenOffEvent extends ChatEvent {
  @Field(() => TokenUsage, {
    nullable: true,
    description: 'The tokens used, as far as the provider reported them.',
  })
  usage!: TokenUsage | null;
}

@ObjectType({
  implements: ChatEvent,
  description: 'The chat failed. The deltas before it are all that there is of the answer.',
})
export class ChatFailed extends BrokenOffEvent {
  @Field(() => ErrorInfo, { description: 'What went wrong.' })
  error!: ErrorInfo;
}

@ObjectType({
  implements: ChatEvent,
  description: 'The chat was stopped on request, and so was the provider.',
})
export class ChatCancelled extends BrokenOffEvent {}

@ObjectType({ description: 'The result of `cancelChat`.' })
export class CancelChatPayload {
  @Field(() => ID, { description: "The chat's id." })
  chatId!: string;

  @Field({ description: 'Whether the chat was stopped; false where it had ended before.' })
  cancelled!: boolean;
}

/** The types that the schema reaches only through the interface. */
export const chatEventTypes = [
  ChatStarted,
  ProviderSwitched,
  TextDelta,
  ReasoningDelta,
  SearchStarted,
  SearchFinished,
  ToolCallsRequested,
  ChatCompleted,
  ChatFailed,
  ChatCancelled,
];
