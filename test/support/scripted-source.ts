import type { EventSource } from '../../src/common/event-source.js';

/** The events of one subscription, which a test gives one by one: in the form of this project, and in GraphQL.js's. */
export class ScriptedSource implements EventSource<object>, AsyncIterable<object> {
  /** Resolves when its consumer wants no more. */
  readonly left: Promise<void>;
  #onLeave: () => void = () => undefined;
  readonly #events: object[] = [];
  #ending: { readonly error: Error | null } | null = null;
  #isOver = false;
  #onReady: (() => void) | null = null;

  constructor() {
    this.left = new Promise((resolve) => (this.#onLeave = resolve));
  }

  /** Gives a delta for each of these numbers. */
  say(...numbers: readonly number[]): void {
    this.#events.push(...numbers.map(delta));
    this.#callBack();
  }

  end(error: Error | null = null): void {
    this.#ending = { error };
    this.#callBack();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  take(): object | null {
    if (this.#isOver) return null;
    const event = this.#events.shift();
    if (event || !this.#ending) return event ?? null;
    this.#isOver = true;
    if (this.#ending.error) throw this.#ending.error;
    return null;
  }

  whenReady(onReady: () => void): void {
    this.#onReady = onReady;
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onLeave();
    this.#callBack();
  }

  /** No generator: its `return` would wait for an event. */
  [Symbol.asyncIterator](): AsyncIterator<object> {
    return {
      next: async () => {
        for (;;) {
          const value = this.take();
          if (value) return { value, done: false };
          if (this.#isOver) return { value: undefined, done: true };
          await new Promise<void>((resolve) => this.whenReady(resolve));
        }
      },
      return: () => {
        this.leave();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  #callBack(): void {
    const onReady = this.#onReady;
    this.#onReady = null;
    onReady?.();
  }
}

const delta = (seq: number) => ({
  __typename: 'TextDelta',
  chatId: 'chat-1',
  seq,
  fromSeq: seq,
  text: String(seq),
});
