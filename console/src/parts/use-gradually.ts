import { startTransition, useDeferredValue, useEffect, useState } from 'react';

/** Counts from one up to a number, so that a long page comes in parts, and the browser answers to the person in between. */
export function useGradually(total: number): number {
  const [count, setCount] = useState(1);
  const isWhole = count >= total;
  useEffect(() => {
    if (isWhole) return;
    const timer = setTimeout(() => startTransition(() => setCount(count + 1)));
    return () => clearTimeout(timer);
  }, [isWhole, count]);
  return count;
}

/**
 * Whether to show what is there by now. It is made in short pieces the first time, when there is much of it, and nobody waits
 * for a change: React makes what a deferred value brings so that the browser can answer to the person in between.
 */
export const useShownLater = (isThere: boolean): boolean => useDeferredValue(isThere, false) && isThere;
