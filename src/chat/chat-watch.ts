import { Logger } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { describeError } from '../common/describe-error.js';
import type { ChatEvent } from './chat-event.js';
import type { EventFeed } from './event-feed.js';
import { joinDeltas } from './join-deltas.js';

/**
 * Why a watcher is over: it has seen the end; its client unsubscribed; its client was lost; its feed failed.
 */
export type WatchEnding = 'finished' | 'unsubscribed' | 'disconnected' | 'failed';

export interface WatchSettings {
  readonly chatId: string;
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
  static readonly #logger = new Logger(ChatWatch.name);
  /** Resolves when it is over, in whatever way. */
  readonly ended: Promise<WatchEnding>;
  #tellEnded: (ending: WatchEnding) => void = () => undefined;
  readonly #settings: WatchSettings;
  readonly #controller = new AbortController();
  #cursor: number;
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

  async next(): Promise<IteratorResult<ChatEvent, undefined>> {
    const event = this.#isLast ? null : await this.#pull().catch((error: unknown) => this.#failed(error));
    if (event) return { done: false, value: event };
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
      const { events, isLast } = await feed.read(this.#cursor);
      // Whoever left meanwhile is given nothing more.
      if (this.#ending !== null) return null;
      if (events.length > 0) return this.#take(events, isLast);
      if (isLast) return null;
      await feed.wait(this.#cursor, signal);
    }
    return null;
  }

  #take(events: readonly ChatEvent[], isLast: boolean): ChatEvent {
    const event = joinDeltas(events);
    this.#cursor = event.seq;
    this.#isLast = isLast && event.seq === events.at(-1)?.seq;
    return event;
  }

  /** In mid-stream there is no other way to tell it: the run may go on, but not for this watcher. */
  #failed(error: unknown): ChatEvent | null {
    if (this.#ending !== null) return null;
    this.#end('failed');
    this.#isLast = true;
    const { chatId } = this.#settings;
    if (!(error instanceof AppError)) {
      ChatWatch.#logger.error({ err: error, chatId }, 'A chat could not be watched for a reason of our own');
    }
    return {
      __typename: 'ChatFailed',
      chatId,
      seq: this.#cursor + 1,
      error: describeError(error),
      usage: null,
    };
  }

  #end(ending: WatchEnding): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    this.#settings.onEnd(this, ending);
    this.#tellEnded(ending);
  }
}
