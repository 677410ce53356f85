import type { EventSource } from '../../common/event-source.js';
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
  /** Aborts when the client's connection is lost or closes, before {@link ChatWatch.leave} is called. */
  readonly connection: AbortSignal;
  /** Called whenever the watcher asks for more: all before `cursor` has reached its client's socket. */
  readonly onPull: (watch: ChatWatch) => void;
  /** Called once. */
  readonly onEnd: (watch: ChatWatch, ending: WatchEnding) => void;
}

const NOTHING: FeedPage = { events: [], isLast: false };

/**
 * One subscription's view of a run: it holds a place in the run's events, and takes them as fast as its client reads. The
 * deltas that wait for it are one event.
 */
export class ChatWatch implements EventSource<ChatEvent>, AsyncIterable<ChatEvent> {
  /** Resolves when it is over, in whatever way. */
  readonly ended: Promise<WatchEnding>;
  #resolveEnded: (ending: WatchEnding) => void = () => undefined;
  readonly #settings: WatchSettings;
  #cursor: number;
  /** What was read last, and how much of it the client was given: a long page is read, and opened, once. */
  #page = NOTHING;
  #next = 0;
  #isReading = false;
  /** What the feed failed with while it was read. */
  #failure: { readonly error: unknown } | null = null;
  #ending: WatchEnding | null = null;
  #onReady: (() => void) | null = null;

  constructor(settings: WatchSettings) {
    this.#settings = settings;
    this.#cursor = settings.afterSeq;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  /** The number of the last event that the client was given. */
  get cursor(): number {
    return this.#cursor;
  }

  get isOver(): boolean {
    return this.#ending !== null;
  }

  /**
   * @throws what its feed throws, unless the client has left: that is the end of this watch, not of the run, so it is no
   *   event of the run
   */
  take(): ChatEvent | null {
    if (this.isOver) return null;
    if (this.#isTaken && this.#page.isLast) {
      this.#end('finished');
      return null;
    }
    this.#settings.onPull(this);
    if (this.#isTaken && !this.#isReading) this.#read();
    if (this.#failure) {
      this.#end('failed');
      throw this.#failure.error;
    }
    if (!this.#isTaken) return this.#takeFromPage();
    if (this.#page.isLast) this.#end('finished');
    return null;
  }

  whenReady(onReady: () => void): void {
    this.#onReady = onReady;
    if (!this.#isReading && !this.isOver) this.#settings.feed.wait(this.#onMore);
  }

  /** The client leaves. */
  leave(): void {
    this.#end(this.#settings.connection.aborted ? 'disconnected' : 'unsubscribed');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChatEvent, void> {
    try {
      for (;;) {
        const event = this.take();
        if (event) yield event;
        else if (this.isOver) return;
        else await new Promise<void>((resolve) => this.whenReady(resolve));
      }
    } finally {
      this.leave();
    }
  }

  /** Whether the client was given all of the page. */
  get #isTaken(): boolean {
    return this.#next >= this.#page.events.length;
  }

  #read(): void {
    try {
      const page = this.#settings.feed.read(this.#cursor);
      if (page instanceof Promise) this.#await(page);
      else this.#turnTo(page);
    } catch (error) {
      this.#failure = { error };
    }
  }

  #await(reading: Promise<FeedPage>): void {
    this.#isReading = true;
    reading
      .then(
        (page) => this.#turnTo(page),
        (error: unknown) => (this.#failure = { error }),
      )
      .finally(() => {
        this.#isReading = false;
        if (!this.#onReady) return;
        const isEmpty = this.#isTaken && !this.#page.isLast && !this.#failure;
        if (isEmpty) this.#settings.feed.wait(this.#onMore);
        else this.#callBack();
      });
  }

  #turnTo(page: FeedPage): void {
    this.#page = page;
    this.#next = 0;
  }

  #takeFromPage(): ChatEvent {
    const { event, count } = joinDeltas(this.#page.events, this.#next);
    this.#next += count;
    this.#cursor = event.seq;
    return event;
  }

  readonly #onMore = (): void => this.#callBack();

  #callBack(): void {
    const onReady = this.#onReady;
    this.#onReady = null;
    onReady?.();
  }

  #end(ending: WatchEnding): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    this.#page = NOTHING;
    this.#settings.feed.stopWaiting(this.#onMore);
    this.#settings.onEnd(this, ending);
    this.#resolveEnded(ending);
    this.#callBack();
  }
}
