/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Calls at a time of this browser's clock, in milliseconds.
 *
 * @returns what takes it back
 */
export function at(time: number, call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const left = time - Date.now();
    timer =
      left > LONGEST_TIMER_MS ? setTimeout(wait, LONGEST_TIMER_MS) : setTimeout(call, Math.max(0, left));
  };
  wait();
  return () => clearTimeout(timer);
}
