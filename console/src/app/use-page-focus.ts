import { type RefObject, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/** Addresses of no page of their own, which lead on to another one by themselves. */
export const leadingOn: readonly string[] = ['/', '/signed-in'];

/** Focuses the page after a link in the one before: with that the link is gone, and the next Tab would begin at the top. */
export function usePageFocus(page: RefObject<HTMLElement | null>): void {
  const [path] = useLocation();
  const before = useRef<string | null>(null);
  useEffect(() => {
    const isFirst = before.current === null || leadingOn.includes(before.current);
    const isSame = before.current === path;
    before.current = path;
    if (isFirst || isSame || document.activeElement !== document.body) return;
    page.current?.focus({ preventScroll: true });
  }, [path, page]);
}
