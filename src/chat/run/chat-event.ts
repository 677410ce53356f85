import type { ErrorDescription } from '../../common/describe-error.js';
import type { FinishReason, TokenUsage } from '../../providers/chat/contract.js';
import type { ChatAttempt, ClientCallsPart, SearchFinishedPart, SearchStartedPart } from './chat-source.js';

interface ChatEventOf<Name extends string> {
  readonly __typename: Name;
  readonly chatId: string;
  readonly seq: number;
}

export interface ChatStartedEvent extends ChatEventOf<'ChatStarted'>, ChatAttempt {}

export interface ProviderSwitchedEvent extends ChatEventOf<'ProviderSwitched'>, ChatAttempt {
  readonly cause: ErrorDescription;
}

export interface DeltaEvent extends ChatEventOf<'TextDelta' | 'ReasoningDelta'> {
  readonly fromSeq: number;
  readonly text: string;
}

export interface SearchStartedEvent extends ChatEventOf<'SearchStarted'>, Omit<SearchStartedPart, 'type'> {
  /** The deprecated name of `engine`. */
  readonly provider: SearchStartedPart['engine'];
}

export interface SearchFinishedEvent extends ChatEventOf<'SearchFinished'>, Omit<SearchFinishedPart, 'type'> {
  /** The deprecated name of `engine`. */
  readonly provider: SearchFinishedPart['engine'];
  /** The deprecated name of `failure`. */
  readonly error: SearchFinishedPart['failure'];
}

export interface ToolCallsRequestedEvent
  extends ChatEventOf<'ToolCallsRequested'>, Omit<ClientCallsPart, 'type'> {}

export interface ChatTimings {
  readonly keyResolutionMs: number;
  readonly timeToFirstTokenMs: number | null;
  readonly totalMs: number;
}

export interface ChatCompletedEvent extends ChatEventOf<'ChatCompleted'> {
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage | null;
  /** Whether the text fits the schema that it was asked to fit; null where there is none, or it was not checked. */
  readonly schemaValid: boolean | null;
  readonly timings: ChatTimings;
}

export interface ChatFailedEvent extends ChatEventOf<'ChatFailed'> {
  readonly error: ErrorDescription;
  readonly usage: TokenUsage | null;
}

export interface ChatCancelledEvent extends ChatEventOf<'ChatCancelled'> {
  readonly usage: TokenUsage | null;
}

/** The last event of a chat: exactly one of these. */
export type TerminalEvent = ChatCompletedEvent | ChatFailedEvent | ChatCancelledEvent;
export type ChatEvent =
  | ChatStartedEvent
  | ProviderSwitchedEvent
  | DeltaEvent
  | SearchStartedEvent
  | SearchFinishedEvent
  | ToolCallsRequestedEvent
  | TerminalEvent;
