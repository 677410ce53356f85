import { setTimeout as delay } from 'node:timers/promises';
import { ProviderRateLimitedError, ProviderUnavailableError } from '../../outbound/upstream-error.js';
import type {
  ChatPart,
  ChatRequest,
  KeyedChatAdapter,
  PartConsumer,
  TokenUsage,
} from '../../providers/chat/contract.js';
import { addUsage, withoutCost } from './add-usage.js';
import { isDelta } from '../run/chat-source.js';

/** The longest that a chat waits for its provider's own retry-after, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 5_000;

/** Resolves after so many milliseconds; rejects at once when the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

export const waitFor: Wait = (milliseconds, signal) => delay(milliseconds, undefined, { signal });

/**
 * An adapter that repeats a request once where the provider asks for that: it refused it for the moment
 * (PROVIDER_RATE_LIMITED, PROVIDER_UNAVAILABLE), named a short time to wait, and has sent no text or reasoning yet.
 *
 * Made for one attempt: the one retry and the first delta are those of all its calls together.
 */
export class RetryOnce implements KeyedChatAdapter {
  #mayRetry = true;

  constructor(
    private readonly adapter: KeyedChatAdapter,
    private readonly wait: Wait = waitFor,
  ) {}

  async stream(request: ChatRequest, signal: AbortSignal, onParts: PartConsumer): Promise<void> {
    let usage = null as TokenUsage | null;
    try {
      await this.adapter.stream(request, signal, (parts) => {
        for (const part of parts) {
          if (isDelta(part)) this.#mayRetry = false;
          else if (part.type === 'usage') usage = part.usage;
        }
        return onParts(parts);
      });
    } catch (error) {
      const milliseconds = this.#mayRetry && !signal.aborted ? timeToWait(error) : null;
      if (milliseconds === null) throw error;
      this.#mayRetry = false;
      await this.wait(milliseconds, signal).catch((failure: unknown) => {
        // The timer wraps the reason in an error of its own.
        throw signal.aborted ? signal.reason : failure;
      });
      if (usage?.cost) await onParts([{ type: 'usage', usage: withoutCost(usage) }]);
      await this.adapter.stream(request, signal, usage === null ? onParts : addingTo(usage, onParts));
    }
  }
}

/** Both requests were paid for. */
function addingTo(usage: TokenUsage, onParts: PartConsumer): PartConsumer {
  const withBoth = (part: ChatPart): ChatPart =>
    part.type === 'usage' ? { ...part, usage: addUsage(usage, part.usage) } : part;
  return (parts) => onParts(parts.map(withBoth));
}

/** Milliseconds; null where a retry makes no sense, or not soon enough. */
function timeToWait(error: unknown): number | null {
  const isTemporary = error instanceof ProviderRateLimitedError || error instanceof ProviderUnavailableError;
  if (!isTemporary || error.retryAfterMs === null) return null;
  return error.retryAfterMs <= MAX_RETRY_AFTER_MS ? error.retryAfterMs : null;
}
