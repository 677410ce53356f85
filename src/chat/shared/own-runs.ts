import type { RedisConnection } from '../../redis/redis-connection.js';
import type { SealedClaim } from '../claims/request-claims.js';
import type { ClaimStore } from './claim-store.js';
import { ownRunsName } from './shared-names.js';

/** Milliseconds for which Redis keeps what it has of a run. */
export interface KeepTimes {
  /** After it was written to the last time. */
  readonly runningMs: number;
  /** After its end. */
  readonly endedMs: number;
}

/**
 * What stands in Redis about a server's runs beside the runs themselves: which it has not ended, to be ended when it
 * dies, and the claims of their requests.
 *
 * Invariant: a run is named here before it is written, and until it has ended. A name that a crash leaves behind does no
 * harm: the reaper finds nothing to end, and removes it; and requests that wait for a claim see that its server is dead.
 */
export class OwnRuns {
  /** Runs that Redis has the names of, as far as its answers say. */
  readonly #named = new Set<string>();
  /** Runs whose names are to go, and went not: Redis was away. */
  readonly #unsettled = new Map<string, SealedClaim | null>();
  readonly #name: string;

  constructor(
    private readonly redis: RedisConnection,
    serverId: string,
    private readonly claims: ClaimStore,
    private readonly keep: KeepTimes,
  ) {
    this.#name = ownRunsName(redis, serverId);
    redis.onReady(() => this.settleAgain());
  }

  has(runKey: string): boolean {
    return this.#named.has(runKey);
  }

  /**
   * @returns false where another server has the id of the run's request
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async add(runKey: string, claim: SealedClaim | null): Promise<boolean> {
    const [isHeld] = await Promise.all([
      claim ? this.claims.keep(claim, this.keep.runningMs) : true,
      this.redis.call('SADD', this.#name, runKey),
    ]);
    this.#named.add(runKey);
    this.#unsettled.delete(runKey);
    return isHeld;
  }

  /** The run has to be named again before anything is written. */
  forget(runKey: string): void {
    this.#named.delete(runKey);
  }

  /** The run has ended, or Redis has nothing of it: its name goes and, in time, its claim. Never throws. */
  async settle(runKey: string, claim: SealedClaim | null): Promise<void> {
    this.#named.delete(runKey);
    try {
      if (claim) await this.claims.keepHeld(claim, this.keep.endedMs);
      await this.redis.call('SREM', this.#name, runKey);
      this.#unsettled.delete(runKey);
    } catch {
      if (!this.#named.has(runKey)) this.#unsettled.set(runKey, claim);
    }
  }

  /** Redis was away: it may have lost names, and takes what it did not before. */
  private settleAgain(): void {
    this.#named.clear();
    for (const [runKey, claim] of this.#unsettled) void this.settle(runKey, claim);
  }
}
