import { describeError } from '../../common/describe-error.js';
import type { ErrorCode } from '../../common/error-code.js';
import type { ResolvedKey } from '../../keys/key-resolution.service.js';
import { UpstreamError } from '../../outbound/upstream-error.js';
import type { PartConsumer, TokenUsage } from '../../providers/chat/contract.js';
import type { ChatProviderId } from '../../providers/registry/provider-ids.js';
import { type ChatAttempt, type ChatSource, isDelta, type SourcePart } from '../run/chat-source.js';

/** An attempt whose key is open and whose use is written down. */
export interface OpenAttempt {
  readonly key: ResolvedKey<ChatProviderId>;
  readonly model: string;
}

export interface FailoverSettings {
  readonly first: OpenAttempt;
  /** Calls the attempt's provider. Not called again for the same attempt. */
  readonly call: (
    attempt: OpenAttempt,
    signal: AbortSignal,
    onParts: PartConsumer<SourcePart>,
  ) => Promise<void>;
  /**
   * Opens the key of the next attempt. What it throws ends the chat, in place of the failure.
   *
   * @param code why the attempt before failed
   * @param usage what it had used all the same; null where it has said nothing
   * @returns null where none is left
   */
  readonly openNext: (
    failed: OpenAttempt,
    code: ErrorCode,
    usage: TokenUsage | null,
    signal: AbortSignal,
  ) => Promise<OpenAttempt | null>;
}

/**
 * One provider after the other, until one begins to answer. Once there was text or reasoning, a failure is the end.
 *
 * Invariant: at most one key is open, and none outlives its attempt.
 */
export class FailoverSource implements ChatSource {
  readonly first: ChatAttempt;
  #attempt: OpenAttempt;
  /** What the attempt has reported. */
  #usage: TokenUsage | null = null;
  #isClosed = false;

  constructor(private readonly settings: FailoverSettings) {
    this.#attempt = settings.first;
    this.first = describeAttempt(settings.first);
  }

  async stream(signal: AbortSignal, onParts: PartConsumer<SourcePart>): Promise<void> {
    try {
      for (;;) {
        const failure = await this.#call(signal, onParts);
        if (failure === null) return;
        this.#destroyKey();
        const next = await this.settings.openNext(this.#attempt, failure.code, this.#usage, signal);
        if (next === null) throw failure;
        this.#attempt = next;
        this.#usage = null;
        if (this.#isClosed) this.#destroyKey();
        // Also after an abort: the use of this key is in the trail, and the chat's end must be in its name.
        await onParts([{ type: 'switch', attempt: describeAttempt(next), cause: describeError(failure) }]);
        signal.throwIfAborted();
      }
    } finally {
      this.#destroyKey();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#destroyKey();
  }

  /** @returns what another provider may cure */
  async #call(signal: AbortSignal, onParts: PartConsumer<SourcePart>): Promise<UpstreamError | null> {
    let hasBegun = false as boolean;
    try {
      await this.settings.call(this.#attempt, signal, (parts) => {
        for (const part of parts) {
          if (isDelta(part)) hasBegun = true;
          else if (part.type === 'usage') this.#usage = part.usage;
        }
        return onParts(parts);
      });
      return null;
    } catch (error) {
      const isCurable = error instanceof UpstreamError && error.mayMoveOn;
      if (hasBegun || signal.aborted || !isCurable) throw error;
      return error;
    }
  }

  #destroyKey(): void {
    this.#attempt.key.secret.destroy();
  }
}

function describeAttempt({ key, model }: OpenAttempt): ChatAttempt {
  const { provider, source: keySource, keyId, maskedKey } = key;
  return { provider, model, keySource, keyId, maskedKey };
}
