import type { ErrorDescription } from '../../common/describe-error.js';
import type { KeySource } from '../../common/key-source.enum.js';
import type { ChatPart, FinishReason, PartConsumer } from '../../providers/chat/contract.js';
import type { ChatProviderId, SearchProviderId } from '../../providers/registry/provider-ids.js';
import type { SearchHit } from '../../web-search/web-search.model.js';

/** Who answers, and whose key pays. */
export interface ChatAttempt {
  readonly provider: ChatProviderId;
  readonly model: string;
  readonly keySource: KeySource;
  /** Null for a key of the server. */
  readonly keyId: string | null;
  /** Null for a key of the server. */
  readonly maskedKey: string | null;
}

/** Another provider answers from here on. Usage that came before is of the one that failed. */
export interface SwitchPart {
  readonly type: 'switch';
  readonly attempt: ChatAttempt;
  readonly cause: ErrorDescription;
}

/** The model searches the web. Those of one turn run at the same time. */
export interface SearchStartedPart {
  readonly type: 'searchStarted';
  readonly engine: SearchProviderId;
  readonly query: string;
}

/** What came of the search that was begun with these words. */
export interface SearchFinishedPart {
  readonly type: 'searchFinished';
  readonly engine: SearchProviderId;
  readonly query: string;
  readonly results: readonly SearchHit[];
  /** Null where it succeeded. */
  readonly failure: ErrorDescription | null;
}

/** A call of a client's tool. */
export interface ClientCall {
  readonly id: string;
  readonly name: string;
  /** JSON of any type. */
  readonly arguments: unknown;
}

/** The model calls tools of the client. The reason of such an answer, which follows, is TOOL_CALLS. */
export interface ClientCallsPart {
  readonly type: 'clientCalls';
  /** At least one. */
  readonly calls: readonly ClientCall[];
  /** What the client sends with the results. */
  readonly transcript: string;
}

/** The answer is complete. */
export interface FinishPart {
  readonly type: 'finish';
  readonly reason: FinishReason;
  /** Whether its text fits the schema that was asked for. Left out, or null: there is none, or it was not checked. */
  readonly schemaValid?: boolean | null;
}

export type SearchPart = SearchStartedPart | SearchFinishedPart;

/**
 * What a source yields between its start and its end, in order; `finish` comes once, last. The usage is that of all turns
 * of the attempt so far.
 */
export type SourcePart =
  | Exclude<ChatPart, { type: 'toolCalls' | 'finish' }>
  | SearchPart
  | ClientCallsPart
  | SwitchPart
  | FinishPart;

/** A piece of the answer. Before the first one a request may be repeated, or another provider asked. */
export const isDelta = ({ type }: ChatPart | SourcePart): boolean => type === 'text' || type === 'reasoning';

/** What a run relays. It holds the opened keys. */
export interface ChatSource {
  readonly first: ChatAttempt;

  /**
   * Calls the provider, and hands on what comes of it. May be called once.
   *
   * @throws what ends the chat with ChatFailed; after an abort `signal.reason`
   */
  stream(signal: AbortSignal, onParts: PartConsumer<SourcePart>): Promise<void>;

  /** Destroys the keys, also those that are being opened. Called once, when the stream has ended or will never begin. */
  close(): void;
}
