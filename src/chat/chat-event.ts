import type { ErrorDescription } from '../common/describe-error.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { FinishReason, TokenUsage } from '../providers/contract.js';
import type { ChatProviderId } from '../registry/provider-ids.js';

interface ChatEventOf<Name extends string> {
  readonly __typename: Name;
  readonly chatId: string;
  readonly seq: number;
}

export interface ChatStartedEvent extends ChatEventOf<'ChatStarted'> {
  readonly provider: ChatProviderId;
  readonly model: string;
  readonly keySource: KeySource;
  readonly keyId: string | null;
  readonly maskedKey: string | null;
}

export interface DeltaEvent extends ChatEventOf<'TextDelta' | 'ReasoningDelta'> {
  readonly fromSeq: number;
  readonly text: string;
}

export interface ChatTimings {
  readonly keyResolutionMs: number;
  readonly timeToFirstTokenMs: number | null;
  readonly totalMs: number;
}

export interface ChatCompletedEvent extends ChatEventOf<'ChatCompleted'> {
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage | null;
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
export type ChatEvent = ChatStartedEvent | DeltaEvent | TerminalEvent;
