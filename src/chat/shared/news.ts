/** How long news are waited for before whoever waits looks for itself, in milliseconds: what is published may be lost. */
const LOOK_AGAIN_MS = 1_000;

/** Tells one who waits that something has happened, also where it happened before they waited. */
export class News {
  #isFresh = false;
  #wake: (() => void) | null = null;

  tell(): void {
    this.#isFresh = true;
    this.#wake?.();
  }

  /** Resolves with the next news since the last time, when the signal aborts, or when it is time to look. */
  async wait(signal: AbortSignal, timeoutMs = LOOK_AGAIN_MS): Promise<void> {
    if (!this.#isFresh && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs).unref();
        signal.addEventListener('abort', done);
        this.#wake = done;
      });
    }
    this.#isFresh = false;
  }
}
