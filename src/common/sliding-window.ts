/** Limits are per minute by default; in milliseconds. */
export const WINDOW_MS = 60_000;

/**
 * What users did in the last minute, in process. A user may be anything else that does something: an address, a kind of
 * line in the log.
 *
 * Invariant: in any minute, no user has more than `limit` operations in it. So the times of the last `limit`
 * operations are all there is to know: one more may come when the first of these is a minute old.
 */
export class SlidingWindow {
  /** The times of each user's last operations, oldest first. The users in the order in which they were last here. */
  readonly #times = new Map<string, number[]>();

  /**
   * @param limit at least 1
   * @param now milliseconds of a clock that never goes back
   * @param capacity how many users are remembered at most; beyond it, those go that were not here for the longest time
   * @param windowMs what counts as a minute
   */
  constructor(
    private readonly limit: number,
    private readonly now: () => number,
    private readonly capacity = Number.POSITIVE_INFINITY,
    private readonly windowMs = WINDOW_MS,
  ) {}

  /** How many users are remembered: those of the last minute. */
  get size(): number {
    return this.#times.size;
  }

  /** In how many milliseconds the user may do one more; 0: now. */
  waitOf(userId: string): number {
    const times = this.#times.get(userId) ?? [];
    const [oldest = 0] = times;
    const age = this.now() - oldest;
    if (times.length < this.limit || age >= this.windowMs) return 0;
    return Math.floor(this.windowMs - age) + 1;
  }

  /** Counts one operation, where the user may do it. @returns 0, or in how many milliseconds they may */
  take(userId: string): number {
    const wait = this.waitOf(userId);
    if (wait === 0) this.record(userId, this.now());
    return wait;
  }

  /** Counts one operation that another server has allowed. @param time when it was, by this window's clock */
  record(userId: string, time: number): void {
    const times = this.#times.get(userId) ?? [];
    // Answers may come in another order than their questions.
    times.splice(times.findLastIndex((other) => other <= time) + 1, 0, time);
    if (times.length > this.limit) times.shift();
    this.#times.delete(userId);
    this.#times.set(userId, times);
    this.forgetIdle();
  }

  private forgetIdle(): void {
    for (const [userId, times] of this.#times) {
      const isIdle = this.now() - (times.at(-1) ?? 0) >= this.windowMs;
      if (!isIdle && this.#times.size <= this.capacity) return;
      this.#times.delete(userId);
    }
  }
}
