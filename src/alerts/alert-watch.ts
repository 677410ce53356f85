import type { EventSource } from '../common/event-source.js';
import type { KeyAlert } from './key-alert.model.js';
import type { WrittenAlert } from './key-alerts.repository.js';

/** Alerts that are read at a time, and so the most that wait for a client. */
export const PAGE = 50;
/**
 * Rows become visible in another order than they were written, for as long as a transaction takes: so far back is looked
 * again, in milliseconds.
 */
const OVERLAP_MS = 10_000;
/** Alerts of the overlap that are known as seen. There are hardly ever more than a few. */
const MOST_SEEN = 500;

export interface AlertWatchSettings {
  /** When the subscription began, by the database's clock. */
  readonly since: string;
  /** What was written after a moment, oldest first, but for the known ones: at most {@link PAGE}. */
  readonly read: (after: string, known: readonly string[]) => Promise<readonly WrittenAlert[]>;
  /** Called once, when it is over. */
  readonly onEnd: () => void;
}

/**
 * One subscription's alerts: read from the database when there is news, no more than its client has room for. The
 * database keeps the rest.
 */
export class AlertWatch implements EventSource<KeyAlert>, AsyncIterable<KeyAlert> {
  #page: KeyAlert[] = [];
  /** There may be more than was read. */
  #hasNews = false;
  #isReading = false;
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #onReady: (() => void) | null = null;
  /** Those that were read and would be read again: their ids, and when they were written. */
  readonly #seen = new Map<string, string>();
  #after: string;

  constructor(private readonly settings: AlertWatchSettings) {
    this.#after = settings.since;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** There may be alerts to read. */
  readonly notify = (): void => {
    this.#hasNews = true;
    if (this.#onReady) this.#read();
  };

  take(): KeyAlert | null {
    if (this.#isOver) return null;
    if (this.#failure) {
      const { error } = this.#failure;
      this.leave();
      throw error;
    }
    return this.#page.shift() ?? null;
  }

  whenReady(onReady: () => void): void {
    this.#onReady = onReady;
    if (this.#isOver || this.#page.length > 0) this.#callBack();
    else if (this.#hasNews) this.#read();
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#page = [];
    this.settings.onEnd();
    this.#callBack();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KeyAlert, void> {
    try {
      for (;;) {
        const alert = this.take();
        if (alert) yield alert;
        else if (this.#isOver) return;
        else await new Promise<void>((resolve) => this.whenReady(resolve));
      }
    } finally {
      this.leave();
    }
  }

  #read(): void {
    if (this.#isReading || this.#isOver) return;
    this.#isReading = true;
    this.#hasNews = false;
    this.settings
      .read(this.#after, [...this.#seen.keys()])
      .then((rows) => this.#turnTo(rows))
      .catch((error: unknown) => (this.#failure = { error }))
      .finally(() => {
        this.#isReading = false;
        if (this.#page.length > 0 || this.#failure) this.#callBack();
        else if (this.#hasNews) this.#read();
      });
  }

  #turnTo(rows: readonly WrittenAlert[]): void {
    this.#page = this.#isOver ? [] : rows.map(({ alert }) => alert);
    if (rows.length === PAGE) this.#hasNews = true;
    for (const { alert, writtenAt } of rows) this.#seen.set(alert.id, writtenAt);
    const last = rows.at(-1);
    if (last) this.#moveOn(last.writtenAt);
  }

  #moveOn(last: string): void {
    this.#forgetUntil(toMicroseconds(new Date(Date.parse(last) - OVERLAP_MS)));
    const tooMany = this.#seen.size - MOST_SEEN;
    if (tooMany > 0) this.#forgetUntil([...this.#seen.values()].sort()[tooMany - 1] ?? '');
  }

  /** What was written until then is not read any more. Never back behind the beginning: that is history. */
  #forgetUntil(moment: string): void {
    if (moment > this.#after) this.#after = moment;
    for (const [id, writtenAt] of this.#seen) if (writtenAt <= this.#after) this.#seen.delete(id);
  }

  #callBack(): void {
    const onReady = this.#onReady;
    this.#onReady = null;
    onReady?.();
  }
}

/** As the database writes moments: their texts have the order of the moments. */
const toMicroseconds = (moment: Date): string => moment.toISOString().replace('Z', '000Z');
