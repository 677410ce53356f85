import { ChatNotFoundError } from './chat.errors.js';
import type { ChatEvent } from './chat-event.js';
import type { EventFeed, FeedPage } from './event-feed.js';

export interface LogLimits {
  /** About how many bytes of events are kept. What is older and was taken by every watcher goes first. */
  readonly maxBytes: number;
  /** About how many bytes may be there that the slowest watcher has not taken, before the provider waits. */
  readonly maxAheadBytes: number;
}

export const logLimits: LogLimits = { maxBytes: 8 * 1024 * 1024, maxAheadBytes: 1024 * 1024 };

/** What an event without its texts takes in memory, about, in bytes. */
const EVENT_BYTES = 200;
/** How many events a watcher is shown at a time. */
const PAGE_LENGTH = 1_000;

interface Entry {
  readonly event: ChatEvent;
  /** Bytes of all events up to this one, from the first ever. */
  readonly end: number;
}

/**
 * The events of one run, in order, in this process.
 *
 * Invariants: the event at index i has the number `firstSeq + i`. Watchers see no event before {@link show} has passed
 * it. An event that not every watcher has taken is not dropped: the writer waits for {@link room} instead.
 */
export class RunLog implements EventFeed {
  #entries: Entry[] = [];
  #firstSeq = 1;
  /** Where the first event that is kept begins, and the last one ends, in bytes from the first ever. */
  #start = 0;
  #end = 0;
  #shownSeq = 0;
  #takenSeq = 0;
  #isComplete = false;
  readonly #waiting = new Set<() => void>();
  #onRoom: (() => void) | null = null;

  constructor(private readonly limits: LogLimits = logLimits) {}

  /** The number of the last event; 0 where there is none. */
  get lastSeq(): number {
    return this.#firstSeq + this.#entries.length - 1;
  }

  /** The number of the first event that is kept. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** The number of the last event that watchers may see. */
  get shownSeq(): number {
    return this.#shownSeq;
  }

  /** Bytes that are kept, about. */
  get bytes(): number {
    return this.#end - this.#start;
  }

  /** The terminal event was appended. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the slowest watcher is so near that the writer may go on. */
  get hasRoom(): boolean {
    return this.#end - this.#endOf(this.#takenSeq) <= this.limits.maxAheadBytes;
  }

  append(event: ChatEvent): void {
    this.#end += sizeOf(event);
    this.#entries.push({ event, end: this.#end });
    this.#drop();
  }

  /** Puts other events in the place of those after a number, of which none was shown. */
  replaceAfter(seq: number, events: readonly ChatEvent[]): void {
    this.#end = this.#endOf(seq);
    this.#entries.length = seq + 1 - this.#firstSeq;
    for (const event of events) this.append(event);
  }

  /** No event comes after those that were appended. */
  complete(): void {
    this.#isComplete = true;
    this.#wake();
  }

  /** Lets watchers see the events up to this number. */
  show(seq: number): void {
    if (seq <= this.#shownSeq) return;
    this.#shownSeq = seq;
    this.#wake();
  }

  /** The slowest watcher has taken the events up to this number. */
  take(seq: number): void {
    this.#takenSeq = seq;
    this.#drop();
    if (this.hasRoom) this.#onRoom?.();
  }

  /** Resolves when the slowest watcher has caught up so far that the writer may go on, or when the signal aborts. */
  room(signal: AbortSignal): Promise<void> | null {
    if (this.hasRoom || signal.aborted) return null;
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.#onRoom = null;
        resolve();
      };
      signal.addEventListener('abort', done);
      this.#onRoom = done;
    });
  }

  /** The events after a number, shown or not; at most `maxBytes` of them, but at least one where there is one. */
  after(seq: number, maxBytes: number): ChatEvent[] {
    const from = seq + 1 - this.#firstSeq;
    if (from < 0) throw new ChatNotFoundError();
    const limit = this.#endOf(seq) + maxBytes;
    const events: ChatEvent[] = [];
    for (let index = from; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (!entry || (events.length > 0 && entry.end > limit)) break;
      events.push(entry.event);
    }
    return events;
  }

  read(afterSeq: number): FeedPage {
    const from = afterSeq + 1 - this.#firstSeq;
    if (from < 0) throw new ChatNotFoundError();
    const to = Math.min(this.#shownSeq + 1 - this.#firstSeq, from + PAGE_LENGTH);
    const events = this.#entries.slice(from, to).map(({ event }) => event);
    return { events, isLast: this.#isComplete && afterSeq + events.length >= this.lastSeq };
  }

  wait(onMore: () => void): void {
    this.#waiting.add(onMore);
  }

  stopWaiting(onMore: () => void): void {
    this.#waiting.delete(onMore);
  }

  /** Those that wait again are called for what comes next. */
  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const onMore of waiting) onMore();
  }

  /** Where an event ends, in bytes from the first ever. What was dropped ends where the first that is kept begins. */
  #endOf(seq: number): number {
    return this.#entries[Math.min(seq, this.lastSeq) - this.#firstSeq]?.end ?? this.#start;
  }

  #drop(): void {
    const excess = this.bytes - this.limits.maxBytes;
    // Many at a time: dropping moves all that are left.
    if (excess <= this.limits.maxBytes / 8) return;
    const until = this.#start + excess;
    let count = 0;
    while (count < this.#entries.length - 1) {
      const entry = this.#entries[count];
      if (!entry || entry.event.seq > this.#takenSeq || entry.event.seq > this.#shownSeq) break;
      if (count > 0 && (this.#entries[count - 1]?.end ?? 0) >= until) break;
      count += 1;
    }
    this.#start = this.#endOf(this.#firstSeq + count - 1);
    this.#entries.splice(0, count);
    this.#firstSeq += count;
  }
}

function sizeOf(event: ChatEvent): number {
  if ('text' in event) return EVENT_BYTES + event.text.length;
  return EVENT_BYTES + JSON.stringify(event).length;
}
