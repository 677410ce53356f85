import { LONGEST_TIMER_MS } from '../../config/parsers.js';

/**
 * Calls back when a token ends, however far away that is; at once where it has ended already.
 *
 * @returns stops waiting
 */
export function atExpiry(expiresAt: Date, onExpiry: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    const left = expiresAt.getTime() - Date.now();
    if (left <= 0) onExpiry();
    else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
  };
  wait();
  return () => clearTimeout(timer);
}
