import type { Logger } from '@nestjs/common';
import { SlidingWindow, WINDOW_MS } from './sliding-window.js';

/** What a line says beside its message. No field may hold what a client sent, unless that is bounded. */
export type LineFields = Readonly<Record<string, string | number | null>>;

export interface LineBounds {
  /** How many lines of a kind there may be in an interval. */
  readonly most?: number;
  readonly intervalMs?: number;
}

const MOST_LINES = 10;
/** Some hundred kilobytes at most. Of further kinds, the oldest are forgotten. */
const MOST_KINDS = 1_000;

type Level = 'log' | 'warn';

interface HeldLines {
  readonly level: Level;
  readonly kind: LineFields;
  readonly message: string;
  readonly timer: NodeJS.Timeout;
  count: number;
}

/**
 * Lines of the log that many requests would write again and again: of each kind ten a minute. When there are more, one
 * line follows after a minute with their `count`.
 *
 * A kind is a message and the fields that stand in all of its lines.
 */
export class BoundedLines {
  readonly #intervalMs: number;
  readonly #written: SlidingWindow;
  /** Those that were not written, by their kind. */
  readonly #held = new Map<string, HeldLines>();

  constructor(
    private readonly logger: Pick<Logger, Level>,
    { most = MOST_LINES, intervalMs = WINDOW_MS }: LineBounds = {},
  ) {
    this.#intervalMs = intervalMs;
    this.#written = new SlidingWindow(most, () => performance.now(), MOST_KINDS, intervalMs);
  }

  /** @param details what differs between lines of one kind */
  warn(message: string, kind: LineFields = {}, details: LineFields = {}): void {
    this.#add('warn', message, kind, details);
  }

  /** Likewise, at the level `info`. */
  log(message: string, kind: LineFields = {}, details: LineFields = {}): void {
    this.#add('log', message, kind, details);
  }

  /** Writes at once how many lines were held back: before the process ends. */
  flush(): void {
    for (const id of [...this.#held.keys()]) this.#release(id);
  }

  #add(level: Level, message: string, kind: LineFields, details: LineFields): void {
    const id = JSON.stringify([message, kind]);
    const held = this.#held.get(id);
    if (held) held.count += 1;
    else if (this.#written.take(id) === 0) this.#write(level, message, { ...kind, ...details });
    else if (this.#held.size < MOST_KINDS) {
      const timer = setTimeout(() => this.#release(id), this.#intervalMs).unref();
      this.#held.set(id, { level, kind, message, timer, count: 1 });
    }
  }

  #release(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    clearTimeout(held.timer);
    const { level, kind, message, count } = held;
    this.#write(level, `${message.replace(/\.$/, '')}: ${count} more like this`, { ...kind, count });
  }

  #write(level: Level, message: string, fields: LineFields): void {
    if (Object.keys(fields).length > 0) this.logger[level](fields, message);
    else this.logger[level](message);
  }
}
