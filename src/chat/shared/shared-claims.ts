import { loopNow } from '../../common/loop-time.js';
import { EnvelopeError } from '../../crypto/envelope-error.js';
import type { TextContext } from '../../crypto/seal-context.js';
import type { Vault } from '../../crypto/vault.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { ServerPresence } from '../../redis/server-presence.js';
import { RequestClaims, type RequestClaim, type SealedClaim } from '../claims/request-claims.js';
import type { ClaimStore } from './claim-store.js';
import { Notifier } from './notifier.js';
import type { RunStore } from './run-store.js';

/** How long a chat may take to start on its server before those that wait for it get an error, in milliseconds. */
const START_MS = 15_000;
/**
 * How long a claim lasts until its run says otherwise, in milliseconds. It may have been taken by a command whose answer
 * was lost, so that no server knows it: a request that is sent again must not wait for a chat that never starts.
 */
const CLAIM_MS = 2 * START_MS;

/** So often in a row a claim that does not open may take the place of one that was removed. */
const MAX_ATTEMPTS = 5;

/** What is sealed in a claim. */
interface Claimed {
  readonly chatId: string;
  readonly inputDigest: string;
  readonly serverId: string;
}

/** Request ids of all servers. */
export class SharedClaims extends RequestClaims {
  readonly #store: ClaimStore;

  constructor(
    private readonly presence: ServerPresence,
    private readonly vault: Vault,
    private readonly runs: RunStore,
  ) {
    super();
    this.#store = runs.claims;
  }

  async take(userId: string, requestId: string, inputDigest: string, chatId: string): Promise<RequestClaim> {
    const name = this.#store.name(userId, requestId);
    const context = { purpose: 'chat-request', userId, requestId } as const;
    const mine: Claimed = { chatId, inputDigest, serverId: this.presence.serverId };
    const sealed = this.vault.sealText(JSON.stringify(mine), context);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const held = await this.#store.take({ name, sealed }, CLAIM_MS);
      if (held === null) return this.toClaim(userId, { name, sealed }, mine, true);
      const claimed = this.unseal(held, context);
      if (claimed) return this.toClaim(userId, { name, sealed: held }, claimed, false);
      // Sealed with a key that is no longer ours: its chat cannot be resumed either.
      await this.#store.release({ name, sealed: held });
    }
    throw new RedisUnavailableError();
  }

  private toClaim(userId: string, sealed: SealedClaim, claimed: Claimed, isMine: boolean): RequestClaim {
    const { chatId, inputDigest } = claimed;
    const release = async (): Promise<void> => {
      await this.#store.release(sealed).catch(() => undefined);
      await this.runs.publishNews(userId, chatId);
    };
    return {
      isMine,
      chatId,
      inputDigest,
      sealed,
      // Other requests see the run itself.
      confirm: () => undefined,
      release,
      whenStarted: async (signal) => {
        const isStarted = await this.untilStarted(userId, sealed, claimed, signal);
        if (!isStarted) await release();
        return isStarted;
      },
    };
  }

  private async untilStarted(
    userId: string,
    sealed: SealedClaim,
    { chatId, serverId }: Claimed,
    signal: AbortSignal,
  ): Promise<boolean> {
    const deadline = loopNow() + START_MS;
    const news = new Notifier();
    const stopListening = this.runs.onNews(userId, chatId, () => news.notify());
    try {
      for (;;) {
        signal.throwIfAborted();
        if (await this.runs.has(userId, chatId)) return true;
        if (!(await this.#store.holds(sealed))) return false;
        if (!(await this.presence.isAlive(serverId))) return false;
        if (loopNow() > deadline) throw new RedisUnavailableError();
        await news.wait(signal);
      }
    } finally {
      stopListening();
    }
  }

  private unseal(sealed: string, context: TextContext): Claimed | null {
    try {
      return JSON.parse(this.vault.openText(sealed, context)) as Claimed;
    } catch (error) {
      if (error instanceof EnvelopeError) return null;
      throw error;
    }
  }
}
