const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** How many milliseconds to wait before an attempt: longer from one to the next, and by chance. */
export function waitBefore(attempts: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempts);
  return longest * (0.5 + Math.random() / 2);
}

/**
 * Waits so many milliseconds, and no longer than until the browser is online again.
 *
 * @param signal ends the waiting
 */
export function online(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}
