import type { ErrorDescription } from '../common/describe-error.js';
import type { KeySource } from '../common/key-source.enum.js';
import type { ChatPart } from '../providers/contract.js';
import type { ChatProviderId } from '../registry/provider-ids.js';

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

/** Another provider answers from here on. The usage told before it was of the one that failed. */
export interface SwitchPart {
  readonly type: 'switch';
  readonly attempt: ChatAttempt;
  readonly cause: ErrorDescription;
}

/** What a chat tells between its start and its end, in order; `finish` comes once, last. */
export type SourcePart = ChatPart | SwitchPart;

/** A piece of the answer. Before the first one a request may be repeated, or another provider asked. */
export const isDelta = ({ type }: SourcePart): boolean => type === 'text' || type === 'reasoning';

/** What a run relays. It holds the opened keys. */
export interface ChatSource {
  readonly first: ChatAttempt;

  /**
   * Calls the provider when it is first pulled. May be called once.
   *
   * @throws what ends the chat with ChatFailed; after an abort `signal.reason`
   */
  stream(signal: AbortSignal): AsyncIterable<SourcePart>;

  /** Destroys the keys, also those that are being opened. Called once, when the stream has ended or will never begin. */
  close(): void;
}
