import { PatientTimer } from '../../common/patient-timer.js';

/**
 * How long Redis may be away before watchers see what it does not have, in milliseconds. A server that was suspended
 * takes Redis for away at first, and has to learn from it whether another server took it for dead.
 */
const EVENTS_MS = 2_000;
/**
 * How long a run's end waits for Redis, in milliseconds: longer than other servers need to find this one dead, and as
 * long as watchers elsewhere wait.
 */
const END_MS = 10_000;

/** How long a run that Redis may know waits while Redis is away. */
export class OutagePatience {
  #events: PatientTimer | null = null;
  #end: PatientTimer | null = null;
  #isEndDue = false;
  readonly #waiting = new Set<(isBack: boolean) => void>();

  /** @param onEventsDue called when watchers have waited long enough for what is no end */
  constructor(private readonly onEventsDue: () => void) {}

  /** Redis is away. Begins once in an outage. */
  begin(): void {
    this.#events ??= new PatientTimer(EVENTS_MS, this.onEventsDue);
  }

  /** Redis has answered: resolves what waits for it, and is ready for the next outage. */
  stop(): void {
    this.#events?.stop();
    this.#events = null;
    this.#isEndDue = false;
    this.#finish(true);
  }

  /** The end waits no longer, nor will it in this outage. */
  endNow(): void {
    this.#isEndDue = true;
    this.#finish(false);
  }

  /** Resolves with true when Redis has answered, and with false when a run's end has waited long enough for that. */
  untilBack(): Promise<boolean> {
    if (this.#isEndDue) return Promise.resolve(false);
    this.#end ??= new PatientTimer(END_MS, () => this.endNow());
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #finish(isBack: boolean): void {
    this.#end?.stop();
    this.#end = null;
    for (const resolve of this.#waiting) resolve(isBack);
    this.#waiting.clear();
  }
}
