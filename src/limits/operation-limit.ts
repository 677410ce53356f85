import { RateLimitedError } from './rate-limited.error.js';
import type { SharedWindow } from './shared-window.js';
import type { SlidingWindow } from '../common/sliding-window.js';

/**
 * How often a user may do one thing.
 *
 * What this server let through it remembers itself, too: it goes by that alone while Redis is away, refuses by it
 * without asking, and a Redis that comes back empty gives nobody a second share of this server.
 */
export class OperationLimit {
  /** @param refusal what a user is told who is over it */
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
