import { turnIsOver } from '../common/event-loop-turn.js';
import type { ChatEvent } from './chat-event.js';
import type { EventFeed, FeedPage } from './event-feed.js';
import { joinDeltas } from './join-deltas.js';

/**
 * Why a watcher is over: it has seen the end; its client unsubscribed; its client was lost; its feed failed.
 */
export type WatchEnding = 'finished' | 'unsubscribed' | 'disconnected' | 'failed';

export interface WatchSettings {
  readonly feed: EventFeed;
  readonly afterSeq: number;
  /** Aborts when the client's connection is lost or closes, before {@link ChatWatch.return} is called. */
  readonly connection: AbortSignal;
  /** Called whenever the watcher asks for more: all before `cursor` has reached its client's socket. */
  readonly onPull: (watch: ChatWatch) => void;
  /** Called once. */
  readonly onEnd: (watch: ChatWatch, ending: WatchEnding) => void;
}

/**
 * One subscription's view of a run: it holds a place in the run's events, and pulls them as fast as its client reads.
 *
 * It is an iterator of its own, not a generator, whose `return()` would wait for a silent run's next event.
 */
export class ChatWatch implements AsyncIterableIterator<ChatEvent> {
  /** Resolves when it is over, in whatever way. */
  readonly ended: Promise<WatchEnding>;
  #tellEnded: (ending: WatchEnding) => void = () => undefined;
  readonly #settings: WatchSettings;
  readonly #controller = new AbortController();
  #cursor: number;
  /** What was read last, and how much of it the client was given: a long page is read, and opened, once. */
  #page: FeedPage = { events: [], isLast: false };
  #next = 0;
  #isLast = false;
  #ending: WatchEnding | null = null;

  constructor(settings: WatchSettings) {
    this.#settings = settings;
    this.#cursor = settings.afterSeq;
    this.ended = new Promise((resolve) => (this.#tellEnded = resolve));
  }

  /** The number of the last event that the client was given. */
  get cursor(): number {
    return this.#cursor;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * @throws what its feed throws, unless the client has left: that is the end of this watch, not of the run, so it is no
   *   event of the run
   */
  async next(): Promise<IteratorResult<ChatEvent, undefined>> {
    try {
      const event = this.#isLast ? null : await this.#pull();
      if (event) return { done: false, value: event };
    } catch (error) {
      if (this.#ending === null) {
        this.#isLast = true;
        this.#end('failed');
        throw error;
      }
    }
    this.#end('finished');
    return { done: true, value: undefined };
  }

  /** The client leaves: what is awaited resolves at once. */
  return(): Promise<IteratorResult<ChatEvent, undefined>> {
    this.#end(this.#settings.connection.aborted ? 'disconnected' : 'unsubscribed');
    this.#controller.abort();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(): Promise<IteratorResult<ChatEvent, undefined>> {
    return this.return();
  }

  async #pull(): Promise<ChatEvent | null> {
    const { feed, onPull } = this.#settings;
    const { signal } = this.#controller;
    while (!signal.aborted) {
      onPull(this);
      const pause = this.#isTaken ? null : turnIsOver();
      if (pause) await pause;
      if (this.#isTaken) {
        this.#page = await feed.read(this.#cursor);
        this.#next = 0;
      }
      // Whoever left meanwhile is given nothing more.
      if (this.#ending !== null) return null;
      if (!this.#isTaken) return this.#take();
      if (this.#page.isLast) return null;
      await feed.wait(this.#cursor, signal);
    }
    return null;
  }

  /** Whether the client was given all of the page. */
  get #isTaken(): boolean {
    return this.#next >= this.#page.events.length;
  }

  #take(): ChatEvent {
    const { events, isLast } = this.#page;
    const { event, count } = joinDeltas(events, this.#next);
    this.#next += count;
    this.#cursor = event.seq;
    this.#isLast = isLast && this.#isTaken;
    return event;
  }

  #end(ending: WatchEnding): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    this.#settings.onEnd(this, ending);
    this.#tellEnded(ending);
  }
}
