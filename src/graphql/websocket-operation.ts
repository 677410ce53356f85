import type { ResultStream } from './subscriptions.js';

/** One subscription of a connection, from the client's `subscribe` to its end on either side. */
export class WebSocketOperation {
  #isOver = false;
  #stream: ResultStream | null = null;

  /** @param id the client's, which may name another operation as soon as this one is over */
  constructor(readonly id: string) {}

  /** Nothing more is sent of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Its source is there: ended at once where the client has left meanwhile. */
  async begin(stream: ResultStream): Promise<void> {
    this.#stream = stream;
    if (this.#isOver) await stream.return();
  }

  /** Its last message is sent. */
  finish(): void {
    this.#isOver = true;
  }

  /** Ends its source, also while that is silent. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#stream?.return();
  }
}
