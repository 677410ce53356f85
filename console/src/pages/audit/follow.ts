const EVERY_MS = 3_000;
const LONGEST_MS = 60_000;

/** A document, as far as it says whether it can be seen. */
export interface Visibility extends Pick<EventTarget, 'addEventListener' | 'removeEventListener'> {
  readonly hidden: boolean;
}

/**
 * Looks for what is new every few seconds while the page can be seen, and at once when it can be seen again. After a failure
 * it waits longer from time to time.
 *
 * @param look resolves when it has looked; its signal says that the result is not wanted any more
 * @param onWait told how long it waits after a failure, in milliseconds; null: it is well again
 * @returns what ends it
 */
export function follow(
  look: (signal: AbortSignal) => Promise<void>,
  onWait: (milliseconds: number | null) => void,
  visibility: Visibility = document,
): () => void {
  const ended = new AbortController();
  let failures = 0;
  let isLooking = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (milliseconds: number): void => {
    clearTimeout(timer);
    if (!ended.signal.aborted && !visibility.hidden) timer = setTimeout(() => void run(), milliseconds);
  };
  const run = async (): Promise<void> => {
    isLooking = true;
    try {
      await look(ended.signal);
      if (failures > 0) onWait(null);
      failures = 0;
    } catch {
      failures += 1;
      if (!ended.signal.aborted) onWait(pauseAfter(failures));
    }
    isLooking = false;
    wait(pauseAfter(failures));
  };
  const onVisibility = (): void => {
    clearTimeout(timer);
    if (!visibility.hidden && !isLooking) wait(0);
  };
  visibility.addEventListener('visibilitychange', onVisibility);
  wait(EVERY_MS);
  return () => {
    ended.abort();
    clearTimeout(timer);
    visibility.removeEventListener('visibilitychange', onVisibility);
  };
}

const pauseAfter = (failures: number): number => Math.min(LONGEST_MS, EVERY_MS * 2 ** failures);
