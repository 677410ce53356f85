/** How long a notification is waited for before it is time to look, in milliseconds: what is published may be lost. */
const LOOK_AGAIN_MS = 1_000;

/** Wakes its one waiter when something has happened, also where it happened before the wait. */
export class Notifier {
  #isNotified = false;
  #wake: (() => void) | null = null;

  notify(): void {
    this.#isNotified = true;
    this.#wake?.();
  }

  /** Resolves with the next notification since the last time, when the signal aborts, or when it is time to look. */
  async wait(signal: AbortSignal | null, timeoutMs = LOOK_AGAIN_MS): Promise<void> {
    if (!this.#isNotified && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs).unref();
        signal?.addEventListener('abort', done);
        this.#wake = done;
      });
    }
    this.#isNotified = false;
  }
}
