import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AnomalyWatch } from '../anomalies/anomaly-watch.js';
import { eventsOf } from '../anomalies/events-of.js';
import { DatabaseService } from '../../prisma/database.service.js';
import { DatabaseUnavailableError } from '../../prisma/database-unavailable.error.js';
import { AuditTrail } from '../chain/audit-trail.js';
import { LateRecords } from './late-records.js';
import { LockedKeys } from './locked-keys.js';
import { touchesRow, type UseOutcome, type UseRecord } from './use-record.js';
import { type SealedRecord, toJson, type UseVerdict, writingOf } from './use-statement.js';
import { WaitingUse } from './waiting-use.js';

/** Records in one statement. It takes about 10 ms. */
const MAX_BATCH = 100;
/**
 * A batch has its turn for so many milliseconds for each record but one, and so many at the most: with two records a
 * millisecond there are a hundred transactions a second, and not as many as the database can do.
 */
const TURN_MS = 2;
const MAX_TURN_MS = 10;
/** Records that wait to be written: some megabytes. */
const MAX_WAITING = 10_000;

/**
 * Writes down what keys are used for: the one writer of this server for uses and their ends.
 *
 * It takes what waits and commits it together. Where nothing goes on it begins in the same turn of the event loop;
 * otherwise a batch waits for the turn of the one before it.
 */
@Injectable()
export class UseWriter implements BeforeApplicationShutdown {
  #waiting: WaitingUse[] = [];
  #isWriting = false;
  /** Of those that are being written, too. */
  #open = 0;
  readonly #locked = new LockedKeys((uses) => this.#commit(uses, true));
  readonly #late = new LateRecords((record) => this.write(record));

  constructor(
    private readonly database: DatabaseService,
    private readonly trail: AuditTrail,
    private readonly watch: AnomalyWatch,
  ) {}

  /** How many records wait to be committed. */
  get waiting(): number {
    return this.#open;
  }

  /** Late records are tried once more. Every other caller waits for its own write. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#late.stop();
  }

  /**
   * Resolves when the record is committed, or refused. Other waiting records do not affect whether it succeeds.
   *
   * @throws DatabaseUnavailableError SERVICE_UNAVAILABLE after the database's time limit, or at once where too much
   *   waits; it is unknown then, as with every database, whether a commit that was on its way took effect
   */
  async write(record: UseRecord): Promise<UseOutcome> {
    if (this.#open >= MAX_WAITING)
      throw new DatabaseUnavailableError({
        cause: new Error(`${MAX_WAITING} records wait for the database.`),
      });
    const use = new WaitingUse(record);
    this.#open += 1;
    try {
      return await this.database.withinLimit(() => {
        this.#put(use);
        return use.outcome;
      });
    } finally {
      use.isOver = true;
      this.#open -= 1;
    }
  }

  /**
   * The same for what has happened and must not be lost: after this has failed, the record is tried again for ten minutes.
   *
   * @throws as {@link write}
   */
  async writeInTheEnd(record: UseRecord): Promise<UseOutcome> {
    try {
      return await this.write(record);
    } catch (error) {
      this.#late.add(record);
      throw error;
    }
  }

  #put(use: WaitingUse): void {
    const { key } = use.record;
    if (key && touchesRow(key) && this.#locked.has(key.keyId)) {
      this.#locked.add(key.keyId, use);
      return;
    }
    this.#waiting.push(use);
    if (!this.#isWriting) void this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    for (;;) {
      // Records of one turn of the event loop are written together.
      await nextTurn();
      const batch = this.#waiting.slice(0, MAX_BATCH);
      if (batch.length === 0) break;
      this.#waiting = this.#waiting.slice(MAX_BATCH);
      const beganAt = performance.now();
      await this.#commit(batch);
      const leftMs = Math.min(TURN_MS * (batch.length - 1), MAX_TURN_MS) - (performance.now() - beganAt);
      if (leftMs > 0 && this.#waiting.length < MAX_BATCH) await delay(leftMs);
    }
    this.#isWriting = false;
  }

  /** Never throws: each use is settled with its own result. @param waits for keys' rows that others have locked */
  async #commit(batch: readonly WaitingUse[], waits = false): Promise<void> {
    const uses = batch.filter(({ isOver }) => !isOver);
    if (uses.length === 0) return;
    try {
      const records = uses.map(({ record }) => record);
      const sealed = records.map((record) => this.#seal(record));
      const statement = writingOf(records, waits);
      const verdicts = await this.trail.write(
        sealed.flatMap(({ event }) => event ?? []),
        () => this.database.run<UseVerdict>(statement, [toJson(sealed)]),
        (results) =>
          results.flatMap(({ place, outcome }) => (outcome === 'WRITTEN' && sealed[place]?.event) || []),
      );
      for (const { place, outcome } of verdicts) this.#settle(uses[place], outcome);
    } catch (error) {
      await this.#endWithout(uses, waits, error);
    }
  }

  #seal(record: UseRecord): SealedRecord {
    return { record, event: record.event && this.trail.sealAt(record, record.event) };
  }

  #settle(use: WaitingUse | undefined, outcome: UseVerdict['outcome']): void {
    if (!use) return;
    if (outcome === 'LOCKED') {
      if (use.record.key) this.#locked.add(use.record.key.keyId, use);
      return;
    }
    if (outcome === 'WRITTEN') for (const event of eventsOf(use.record)) this.watch.see(event);
    use.resolve(outcome);
  }

  /** One record may be at fault for the whole batch: the others are written without it. */
  async #endWithout(uses: readonly WaitingUse[], waits: boolean, error: unknown): Promise<void> {
    if (uses.length === 1 || error instanceof DatabaseUnavailableError) {
      for (const { reject } of uses) reject(error);
      return;
    }
    const middle = Math.ceil(uses.length / 2);
    await this.#commit(uses.slice(0, middle), waits);
    await this.#commit(uses.slice(middle), waits);
  }
}

const delay = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
