import type { DatabaseService } from '../../prisma/database.service.js';
import type { SealedEvent } from './trail-event.js';
import { selectExisting } from './chain-statements.js';

/** How long a statement without an answer may still be at work, in milliseconds, and how many rows are looked for. */
const AT_WORK_MS = 30_000;
const MOST = 10_000;
const BATCH = 500;

/** Rows whose statement got no answer: nobody knows whether they were committed. */
export class DoubtfulRows {
  /** Until when each may still come, by the clock that never goes back. */
  readonly #rows = new Map<SealedEvent, number>();

  get size(): number {
    return this.#rows.size;
  }

  /** Of too many, the next start finds the rest. */
  add(events: readonly SealedEvent[]): void {
    const until = performance.now() + AT_WORK_MS;
    for (const event of events) if (this.#rows.size < MOST) this.#rows.set(event, until);
  }

  /** Those that are there by now. Those that can no longer come are forgotten. @throws DatabaseUnavailableError */
  async findWritten(database: DatabaseService): Promise<SealedEvent[]> {
    const written: SealedEvent[] = [];
    const now = performance.now();
    const rows = [...this.#rows];
    for (let place = 0; place < rows.length; place += BATCH) {
      const batch = rows.slice(place, place + BATCH);
      const found = await database.run<{ id: string }>(selectExisting, [batch.map(([{ id }]) => id)]);
      const ids = new Set(found.map(({ id }) => id));
      for (const [event, until] of batch) {
        if (ids.has(event.id)) written.push(event);
        if (ids.has(event.id) || until < now) this.#rows.delete(event);
      }
    }
    return written;
  }
}
