import { loopNow } from '../common/loop-time.js';
import { PatientTimer } from '../common/patient-timer.js';
import { ServerBusyError } from '../common/server-busy.error.js';
import type { DatabaseLimits } from './database-settings.js';
import { isUnavailable } from './database-errors.js';
import { DatabaseUnavailableError } from './database-unavailable.error.js';
import { withTimeLimit } from './time-limit.js';

/** Operations that wait for a connection. Where there are more, further ones are refused; urgent ones only at twice as many. */
const MOST_WAITING = 1_000;
/** When a refused caller may try again, in milliseconds. */
const RETRY_AFTER_MS = 2_000;

/** An operation that waits for its turn. */
interface Waiting {
  begin(): void;
  refuse(reason: Error): void;
}

/**
 * Operations on the database take turns: as many run at once as there are connections, the others wait in the order in
 * which they came.
 *
 * Waiting alone is no failure while the database works: an operation fails with DatabaseUnavailableError where the database
 * answered none for a time, and with ServerBusyError where this server asks too much of it.
 */
export class ConnectionQueue {
  #running = 0;
  #waiting: Waiting[] = [];
  /** When the database answered, as {@link loopNow} has it. */
  #heardAt = loopNow();
  /** Runs while operations wait. */
  #silence: PatientTimer | null = null;

  constructor(private readonly limits: DatabaseLimits) {}

  /** How many operations have a connection, of as many as there may be. */
  get running(): number {
    return this.#running;
  }

  /** How many operations wait for a connection. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Runs an operation when its turn has come.
   *
   * @param isUrgent goes before all that wait: it checks whether the database is there
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE where the database answers no operation, or this one too late
   * @throws ServerBusyError SERVICE_UNAVAILABLE where its turn did not come
   */
  async run<T>(operation: () => Promise<T>, isUrgent = false): Promise<T> {
    const cameAt = loopNow();
    if (this.#running < this.limits.connections) this.#running += 1;
    else await this.#turn(isUrgent);
    const { totalMs } = this.limits;
    const silentMs = loopNow() - Math.max(cameAt, this.#heardAt);
    return withTimeLimit(
      totalMs - silentMs,
      () => this.#hold(operation),
      () => tooLate(totalMs),
    );
  }

  /** Runs a part of an operation that has its turn: what the database answers to it shows that it is there. */
  async listen<T>(part: () => Promise<T>): Promise<T> {
    try {
      const result = await part();
      this.#heard();
      return result;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) && !isUnavailable(error)) this.#heard();
      throw error;
    }
  }

  /** The turn ends with the operation, also where its caller no longer waits: it has its connection until then. */
  async #hold<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await this.listen(operation);
    } finally {
      this.#running -= 1;
      this.#beginNext();
    }
  }

  #turn(isUrgent: boolean): Promise<void> {
    if (this.#waiting.length >= (isUrgent ? 2 : 1) * MOST_WAITING) throw new ServerBusyError(RETRY_AFTER_MS);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        begin: () => {
          limit.stop();
          resolve();
        },
        refuse: (reason) => {
          limit.stop();
          reject(reason);
        },
      };
      const limit = new PatientTimer(this.limits.queueMs, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        waiting.refuse(new ServerBusyError(RETRY_AFTER_MS));
      });
      if (isUrgent) this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
      this.#silence ??= new PatientTimer(this.limits.connectMs, () => this.#giveUp());
    });
  }

  #beginNext(): void {
    const next = this.#waiting.shift();
    if (!next) return;
    this.#running += 1;
    next.begin();
    this.#stopUnlessWaitedFor();
  }

  #heard(): void {
    this.#heardAt = loopNow();
    this.#silence?.restart();
  }

  /** The database has answered no operation for too long. */
  #giveUp(): void {
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(tooLate(this.limits.connectMs));
    this.#stopUnlessWaitedFor();
  }

  #stopUnlessWaitedFor(): void {
    if (this.#waiting.length > 0) return;
    this.#silence?.stop();
    this.#silence = null;
  }
}

const tooLate = (milliseconds: number): DatabaseUnavailableError =>
  new DatabaseUnavailableError({
    cause: new Error(`It did not answer within ${milliseconds} milliseconds.`),
  });
