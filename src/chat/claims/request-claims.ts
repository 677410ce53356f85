import { createHash } from 'node:crypto';
import type { ChatInput } from '../schema/chat.inputs.js';

/** A claim as Redis holds it. */
export interface SealedClaim {
  readonly name: string;
  readonly sealed: string;
}

/** What a request id stands for: the first request with it starts the chat, all others join it. */
export interface RequestClaim {
  readonly isMine: boolean;
  readonly chatId: string;
  /** {@link inputDigestOf} the input that it was sent with. */
  readonly inputDigest: string;
  /** Null where it is known in this process only. */
  readonly sealed: SealedClaim | null;

  /** Mine: the chat can be joined from now on. */
  confirm(): void;

  /** Mine: there is, or will be, no such chat: the id begins a new one when it is sent again. Never throws. */
  release(): Promise<void>;

  /**
   * Another's: resolves when the chat can be joined (true) or will never be (false).
   *
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE; after an abort, `signal.reason`
   */
  whenStarted(signal: AbortSignal): Promise<boolean>;
}

/** Makes sure that a request that is sent twice is paid for once. */
export abstract class RequestClaims {
  /**
   * Takes a request's id, or finds the claim that has it.
   *
   * @param chatId the chat's, where the claim becomes the caller's
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  abstract take(
    userId: string,
    requestId: string,
    inputDigest: string,
    chatId: string,
  ): Promise<RequestClaim>;
}

/** A digest of the whole input but its request id. A field that is left out counts as null, as false and as OFF. */
export function inputDigestOf({ requestId: _, promptCache, ...input }: ChatInput): string {
  const asked = promptCache === 'AUTO' ? { ...input, promptCache } : input;
  const text = JSON.stringify(asked, (_key, value: unknown) =>
    value === null || value === false ? undefined : value,
  );
  return createHash('sha256').update(text).digest('base64url');
}
