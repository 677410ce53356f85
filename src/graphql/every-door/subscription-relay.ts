import { turnIsOver } from '../../common/event-loop-turn.js';
import type { RunningSubscription } from './subscriptions.js';

/** Where a subscription's results go: one operation of a client. */
export interface ResultSink {
  /**
   * Sends a result, which is JSON.
   *
   * @returns a promise while the client has no room for the next one
   */
  next(result: string): Promise<void> | void;
  /** The subscription is over: it has an end, or an error. */
  complete(): void;
  fail(error: unknown): void;
}

/**
 * Hands on the results of one subscription, as fast as its client reads: each in the turn of the event loop in which its
 * event comes. The next event is taken when the one before has its room.
 */
export class SubscriptionRelay {
  #isOver = false;

  constructor(
    private readonly subscription: RunningSubscription,
    private readonly sink: ResultSink,
  ) {}

  readonly start = (): void => {
    try {
      const pause = this.#handOn();
      pause?.then(this.start, this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  };

  /** The client has left: its source is over at once, also while it is silent. */
  stop(): void {
    this.#isOver = true;
    this.subscription.source.leave();
  }

  /** @returns what has to be waited for before it goes on; null where it is called back, or over */
  #handOn(): Promise<void> | null {
    const { source } = this.subscription;
    while (!this.#isOver) {
      const event = source.take();
      if (event === null) {
        if (source.isOver) this.#complete();
        else source.whenReady(this.start);
        return null;
      }
      const room = this.#send(this.subscription.toText(event)) ?? turnIsOver();
      if (room) return room;
    }
    return null;
  }

  #send(text: string | Promise<string>): Promise<void> | null {
    if (typeof text === 'string') return this.sink.next(text) ?? null;
    return text.then((result) => (this.#isOver ? undefined : this.sink.next(result)));
  }

  #complete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.sink.complete();
  }

  readonly #fail = (error: unknown): void => {
    if (this.#isOver) return;
    this.stop();
    this.sink.fail(error);
  };
}
