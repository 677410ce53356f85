import type { AppError } from '../../common/app-error.js';
import { ChatNotFoundError } from './chat.errors.js';
import type { ChatEvent } from './chat-event.js';
import type { EventFeed, FeedPage } from './event-feed.js';
import { EventList } from './event-list.js';

export interface LogLimits {
  /** About how many bytes of events are kept. What is older and was taken by every watcher goes first. */
  readonly maxBytes: number;
  /** About how many bytes may be there that the slowest watcher has not taken, before the provider waits. */
  readonly maxAheadBytes: number;
}

export const logLimits: LogLimits = { maxBytes: 8 * 1024 * 1024, maxAheadBytes: 1024 * 1024 };

/** How many events a watcher is shown at a time. */
const PAGE_LENGTH = 1_000;

/**
 * The events of one run, in order, in this process.
 *
 * Invariants: watchers see no event before {@link show} has passed it. An event that not every watcher has taken is not
 * dropped: the writer waits for {@link room} instead.
 */
export class RunLog implements EventFeed {
  readonly #events = new EventList();
  #shownSeq = 0;
  #takenSeq = 0;
  #isComplete = false;
  #failure: AppError | null = null;
  readonly #waiting = new Set<() => void>();
  #onRoom: (() => void) | null = null;

  constructor(private readonly limits: LogLimits = logLimits) {}

  /** The number of the last event; 0 where there is none. */
  get lastSeq(): number {
    return this.#events.lastSeq;
  }

  /** The number of the first event that is kept. */
  get firstSeq(): number {
    return this.#events.firstSeq;
  }

  /** The number of the last event that watchers may see. */
  get shownSeq(): number {
    return this.#shownSeq;
  }

  /** Watchers may see the terminal event. */
  get isEndShown(): boolean {
    return this.#isComplete && this.#shownSeq >= this.lastSeq;
  }

  /** Bytes that are kept, about. */
  get bytes(): number {
    return this.#events.bytes;
  }

  /** The terminal event was appended. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the slowest watcher is so near that the writer may go on. */
  get hasRoom(): boolean {
    return this.#events.bytesAfter(this.#takenSeq) <= this.limits.maxAheadBytes;
  }

  append(event: ChatEvent): void {
    this.#events.append(event);
    this.#drop();
  }

  /** Puts other events in the place of those after a number, of which none was shown. */
  replaceAfter(seq: number, events: readonly ChatEvent[]): void {
    this.#events.removeAfter(seq);
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
    this.#failure = null;
    this.#packTaken();
    this.#wake();
  }

  /** The terminal event; null where it is not shown yet. @throws what it was {@link fail failed} with */
  get shownEnd(): ChatEvent | null {
    if (this.#failure) throw this.#failure;
    return this.isEndShown ? (this.#events.at(this.lastSeq) ?? null) : null;
  }

  /** How it goes on is not known: watchers that have taken all that is shown get an error, until more is shown. */
  fail(error: AppError): void {
    this.#failure = error;
    this.#wake();
  }

  /** The slowest watcher has taken the events up to this number. */
  take(seq: number): void {
    this.#takenSeq = seq;
    this.#packTaken();
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
    if (seq + 1 < this.firstSeq) throw new ChatNotFoundError();
    const left = this.#events.bytesAfter(seq) - maxBytes;
    const events: ChatEvent[] = [];
    for (let next = seq + 1; next <= this.lastSeq; next += 1) {
      const event = this.#events.at(next);
      if (!event || (events.length > 0 && this.#events.bytesAfter(next) < left)) break;
      events.push(event);
    }
    return events;
  }

  /** @throws what it was {@link fail failed} with, where nothing is left that is shown */
  read(afterSeq: number): FeedPage {
    if (afterSeq + 1 < this.firstSeq) throw new ChatNotFoundError();
    const events: ChatEvent[] = [];
    const last = Math.min(this.#shownSeq, afterSeq + PAGE_LENGTH);
    for (let seq = afterSeq + 1; seq <= last; seq += 1) {
      const event = this.#events.at(seq);
      if (event) events.push(event);
    }
    if (this.#failure && events.length === 0) throw this.#failure;
    return { events, isLast: this.#isComplete && !this.#failure && afterSeq + events.length >= this.lastSeq };
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

  /** Packed events are made anew for each reader: not before all watchers have taken them, and at once where there is none. */
  #packTaken(): void {
    this.#events.pack(Math.min(this.#takenSeq, this.#shownSeq));
  }

  #drop(): void {
    const excess = this.bytes - this.limits.maxBytes;
    // Many at a time: dropping moves all that are left.
    if (excess > this.limits.maxBytes / 8)
      this.#events.removeFirst(excess, Math.min(this.#takenSeq, this.#shownSeq));
  }
}
