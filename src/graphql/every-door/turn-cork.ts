import type { Writable } from 'node:stream';

/**
 * Collects what is written to a connection until the work at hand is done, and sends it with one call of the system: of
 * several events of several operations there is often more than one. No later turn of the event loop is waited for.
 */
export class TurnCork {
  #isCorked = false;

  constructor(private readonly stream: Writable) {}

  /** Call it before a write. */
  hold(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.stream.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.stream.uncork();
    });
  }
}
