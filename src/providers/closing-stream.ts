/** How long a response may take to end after its closing event before its connection is given up. */
const GRACE_MS = 1000;

/**
 * A provider's events, of which one is known to be the last. Leaving the iteration after it lets the response end by
 * itself, so that its connection can be used again; leaving it earlier closes the connection.
 */
export class ClosingStream<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #events: AsyncIterator<Event>;
  #isComplete = false;

  /**
   * @param signal checked around each event: packages end their loops silently after an abort
   * @param close closes the connection at once, also while the next event is awaited
   */
  constructor(
    events: AsyncIterable<Event>,
    private readonly signal: AbortSignal,
    private readonly close: () => void,
  ) {
    this.#events = events[Symbol.asyncIterator]();
  }

  /** The closing event was seen. */
  complete(): void {
    this.#isComplete = true;
  }

  async next(): Promise<IteratorResult<Event, undefined>> {
    this.signal.throwIfAborted();
    const result = await this.#events.next();
    this.signal.throwIfAborted();
    return result.done === true ? { done: true, value: undefined } : result;
  }

  async return(): Promise<IteratorResult<Event, undefined>> {
    if (this.#isComplete) void this.#drain();
    else {
      this.close();
      await this.#events.return?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #drain(): Promise<void> {
    const timer = setTimeout(this.close, GRACE_MS).unref();
    try {
      while ((await this.#events.next()).done !== true);
    } catch {
      // The answer is complete: how its connection ends is nobody's concern.
    } finally {
      clearTimeout(timer);
    }
  }
}
