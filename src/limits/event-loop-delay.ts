import { monitorEventLoopDelay } from 'node:perf_hooks';
import { nextTurn } from '../common/event-loop-turn.js';

/** How exactly Node measures, in milliseconds: a loop with nothing to do is so late, too. */
const RESOLUTION_MS = 10;
/** How often it is looked, in milliseconds. */
const INTERVAL_MS = 100;

/**
 * How late this server comes to what others send it: how long a turn of the event loop takes, or how long work that makes
 * way for sockets and timers (event-loop-turn.ts) waits for its next one, whichever is longer.
 *
 * It is the mean over a tenth of a second: one long turn among short ones is soon over, and no reason to refuse a request.
 */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #timer: NodeJS.Timeout | undefined;
  #milliseconds = 0;
  /** Of work that asked for a turn, the last two times. */
  #waits = [0, 0];
  #askedAt: number | null = null;

  get milliseconds(): number {
    return this.#milliseconds;
  }

  /** @param onLook called whenever it was measured */
  start(onLook: () => void): void {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#look();
      onLook();
    }, INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  #look(): void {
    const turnMs = this.#histogram.count === 0 ? 0 : this.#histogram.mean / 1e6 - RESOLUTION_MS;
    this.#histogram.reset();
    const now = performance.now();
    if (this.#askedAt === null) void this.#askForTurn(now);
    const waitMs = Math.max(Math.min(...this.#waits), this.#askedAt === null ? 0 : now - this.#askedAt);
    this.#milliseconds = Math.max(0, turnMs, waitMs);
  }

  async #askForTurn(now: number): Promise<void> {
    this.#askedAt = now;
    await nextTurn();
    this.#askedAt = null;
    this.#waits = [this.#waits[1] ?? 0, performance.now() - now];
  }
}
