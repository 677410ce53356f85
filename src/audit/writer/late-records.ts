import { Logger } from '@nestjs/common';
import { BoundedLines } from '../../common/bounded-lines.js';
import type { UseRecord } from './use-record.js';

/** How often records are tried again that could not be written, in milliseconds, and for how long. */
const RETRY_INTERVAL_MS = 2_000;
const GIVE_UP_MS = 600_000;
/** Tried together. */
const MAX_BATCH = 100;
/** So many are kept for the trail; the rest stand in the log alone. */
const MAX_LATE = 10_000;

/** Ends of chats and searches that could not be written, until they are. The caller has logged each one already. */
export class LateRecords {
  readonly #logger = new Logger(LateRecords.name);
  readonly #lines = new BoundedLines(this.#logger);
  /** With the `performance.now()` at which each is given up. */
  readonly #late = new Map<UseRecord, number>();
  #timer: NodeJS.Timeout | undefined;
  #trying: Promise<void> | null = null;

  /** @param write rejects where a record cannot be written now, either */
  constructor(private readonly write: (record: UseRecord) => Promise<unknown>) {}

  add(record: UseRecord): void {
    if (this.#late.size >= MAX_LATE) {
      this.#lines.warn('Too many ends wait for the audit trail: the log alone has this one');
      return;
    }
    this.#late.set(record, performance.now() + GIVE_UP_MS);
    this.#timer ??= setInterval(() => void this.tryAgain(), RETRY_INTERVAL_MS).unref();
  }

  /** Some at a time: a database that is not well yet is asked once, not for all of them. */
  tryAgain(): Promise<void> {
    return (this.#trying ??= this.#writeAll().finally(() => (this.#trying = null)));
  }

  /** Tries a last time, and no more. */
  async stop(): Promise<void> {
    await this.tryAgain();
    clearInterval(this.#timer);
    this.#lines.flush();
  }

  async #writeAll(): Promise<void> {
    while (await this.#writeSome());
    if (this.#late.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** @returns whether it is worth going on */
  async #writeSome(): Promise<boolean> {
    const some = [...this.#late].slice(0, MAX_BATCH);
    const tries = await Promise.all(some.map(([record, giveUpAt]) => this.#isWritten(record, giveUpAt)));
    return tries.includes(true);
  }

  async #isWritten(record: UseRecord, giveUpAt: number): Promise<boolean> {
    try {
      await this.write(record);
    } catch {
      this.#late.delete(record);
      // Behind the others: they may be written where this one is at fault.
      if (performance.now() < giveUpAt) this.#late.set(record, giveUpAt);
      return false;
    }
    this.#late.delete(record);
    const what = record.event?.kind === 'SEARCH_FINISHED' ? 'search' : 'chat';
    this.#logger.log(
      { chatId: record.event?.chatId ?? null },
      `The end of a ${what} was written to the audit trail at last`,
    );
    return true;
  }
}
