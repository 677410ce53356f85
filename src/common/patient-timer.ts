import { nextTurn } from './event-loop-turn.js';
import { keepLoopTime, loopNow } from './loop-time.js';

/** A timer that fires so many milliseconds late was held up. */
const LATE_MS = 50;
/** The time after that in which a sign still counts, in milliseconds. */
const GRACE_MS = 100;

/**
 * A time limit on others: a client, a provider, the database, Redis. It is up when they were silent for so long, and not
 * when the event loop was: it runs by {@link loopNow}, and before it says that the time is up, the sockets are read.
 *
 * Timers of a loop that was held up fire before its sockets are read: alone they would find all others silent, though
 * their bytes have arrived.
 */
export class PatientTimer {
  #beganAt = 0;
  #dueAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #hasHadGrace = false;
  /** Changes whenever the wait begins anew or ends: a look at the sockets that began before does not count any more. */
  #round = 0;
  #stopClock: (() => void) | null = null;

  /**
   * Starts at once.
   *
   * @param onExpiry called when the time is up, unless it was stopped; again after each {@link restart}
   */
  constructor(
    private readonly milliseconds: number,
    private readonly onExpiry: () => void,
  ) {
    this.restart();
  }

  /** Whether the time is running. */
  get isRunning(): boolean {
    return this.#stopClock !== null;
  }

  /** Begins anew, also when the time is up or it was stopped. Cheap: the timer of before goes on. */
  restart(): void {
    this.#stopClock ??= keepLoopTime();
    this.#round += 1;
    this.#hasHadGrace = false;
    this.#beganAt = loopNow();
    if (this.#timer === null) this.#fireIn(this.milliseconds);
  }

  /** Nothing follows any more. */
  stop(): void {
    this.#round += 1;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#stopClock?.();
    this.#stopClock = null;
  }

  #fireIn(milliseconds: number): void {
    this.#dueAt = performance.now() + milliseconds;
    // It keeps no process alive: without any socket left there is nothing to wait for.
    this.#timer = setTimeout(() => this.#fire(), milliseconds).unref();
  }

  #fire(): void {
    this.#timer = null;
    const isLate = performance.now() - this.#dueAt > LATE_MS;
    const left = this.#beganAt + this.milliseconds - loopNow();
    if (left > 0) this.#fireIn(left);
    else if (isLate && !this.#hasHadGrace) {
      this.#hasHadGrace = true;
      this.#fireIn(GRACE_MS);
    } else void this.#lookAndExpire();
  }

  async #lookAndExpire(): Promise<void> {
    const round = this.#round;
    // Sockets are read before the next turn begins. What they gave may wait for its own, and began to before this does.
    await nextTurn();
    await nextTurn();
    if (round !== this.#round) return;
    this.stop();
    this.onExpiry();
  }
}
