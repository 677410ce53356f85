import type { KeySource } from '../common/key-source.enum.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';

/** How a chat or a search ended: `OK`, `CANCELLED` or an error code. */
export interface FinishedUse {
  readonly kind: 'CHAT_FINISHED' | 'SEARCH_FINISHED';
  readonly provider: ProviderId;
  readonly keyId: string | null;
  readonly keySource: KeySource;
  readonly chatId: string | null;
  readonly model: string | null;
  readonly outcome: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Of the input: read from the provider's cache, and written to it. */
  readonly cachedInputTokens: number | null;
  readonly cacheWriteInputTokens: number | null;
  /** In dollars, as exact decimal text; null where it has no known price, and of a search. */
  readonly cost: string | null;
  readonly timeToFirstTokenMs: number | null;
  /** Null where the server that measured it is gone. */
  readonly durationMs: number | null;
}
