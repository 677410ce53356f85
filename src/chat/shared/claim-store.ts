import type { RedisConnection } from '../../redis/redis-connection.js';
import type { SealedClaim } from '../claims/request-claims.js';
import { requestName } from './shared-names.js';
import { claimScript, holdsScript, keepScript, releaseScript } from './shared-scripts.js';

/** The claims in Redis: the only code that uses their names. Every method may throw RedisUnavailableError. */
export class ClaimStore {
  readonly #claim: (...args: readonly (string | number)[]) => Promise<string | null>;
  readonly #keep: (...args: readonly (string | number)[]) => Promise<number>;
  readonly #release: (...args: readonly string[]) => Promise<number>;
  readonly #holds: (...args: readonly string[]) => Promise<number>;

  constructor(private readonly redis: RedisConnection) {
    this.#claim = redis.define<string | null>('requestclaim', claimScript);
    this.#keep = redis.define<number>('requestkeep', keepScript);
    this.#release = redis.define<number>('requestrelease', releaseScript);
    this.#holds = redis.define<number>('requestholds', holdsScript);
  }

  name(userId: string, requestId: string): string {
    return requestName(this.redis, userId, requestId);
  }

  /** @returns null where it is taken for this long now, in milliseconds; else the sealed claim that holds the id */
  take({ name, sealed }: SealedClaim, milliseconds: number): Promise<string | null> {
    return this.#claim(name, sealed, milliseconds);
  }

  /**
   * Extends a claim to this many milliseconds from now, and makes it again where Redis has lost it.
   *
   * @returns false where another claim holds the id
   */
  async keep({ name, sealed }: SealedClaim, milliseconds: number): Promise<boolean> {
    return (await this.#keep(name, sealed, milliseconds, 1)) === 1;
  }

  /** Extends a claim to this many milliseconds from now, unless it was released. */
  async keepHeld({ name, sealed }: SealedClaim, milliseconds: number): Promise<void> {
    await this.#keep(name, sealed, milliseconds, 0);
  }

  /** Extends the claim that holds the id, if there is one, to this many milliseconds from now. */
  async extend(name: string, milliseconds: number): Promise<void> {
    await this.redis.call('PEXPIRE', name, milliseconds);
  }

  /** Gives the id back, where this claim still holds it. */
  async release({ name, sealed }: SealedClaim): Promise<void> {
    await this.#release(name, sealed);
  }

  async holds({ name, sealed }: SealedClaim): Promise<boolean> {
    return (await this.#holds(name, sealed)) === 1;
  }
}
