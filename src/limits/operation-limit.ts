import { RateLimitedError } from './rate-limited.error.js';
import type { SharedWindow } from './shared-window.js';
import type { SlidingWindow } from '../common/sliding-window.js';

/**
 * How often a user may do one thing.
 *
 * This server also remembers what it let through itself: while Redis is away it goes by that alone, it refuses by it
 * without asking Redis, and a Redis that comes back empty gives no user a second share of this server.
 */
export class OperationLimit {
  /** @param refusal the message of the error for a user who is over it */
  constructor(
    private readonly refusal: string,
    private readonly own: SlidingWindow,
    private readonly shared: SharedWindow | null,
    private readonly now: () => number,
  ) {}

  /** @throws RateLimitedError RATE_LIMITED */
  async count(userId: string): Promise<void> {
    const wait = this.own.waitOf(userId) || (await this.take(userId));
    if (wait > 0) throw new RateLimitedError(this.refusal, wait);
  }

  private async take(userId: string): Promise<number> {
    // Not later than Redis's own time of it: then this server never refuses what Redis would allow.
    const time = this.now();
    const wait = this.shared && (await this.shared.take(userId));
    if (wait === null) return this.own.take(userId);
    if (wait === 0) this.own.record(userId, time);
    return wait;
  }
}
