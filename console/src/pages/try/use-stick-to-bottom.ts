import { createContext, type RefObject, useCallback, useEffect, useRef, useState } from 'react';

const NEAR = 32;

/** Whether the reader is at the end of what grows. */
export const AtEnd = createContext(true);

/** What scrolls: the element, or the page where there is no room for an element that scrolls within it. */
const scrollerOf = (element: Element): Element =>
  getComputedStyle(element).overflowY === 'auto' ? element : document.documentElement;

interface Stick {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** Whether the reader is at the end. */
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
}

/** Follows what grows for as long as the reader is at its end; a reader who has gone up is left there. */
export function useStickToBottom(): Stick {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const lastTop = useRef(0);
  /** Until there is something to follow, the page stays at its beginning. */
  const hasBegun = useRef(false);
  const [isAtEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    hasBegun.current = true;
    sticks.current = true;
    setAtEnd(true);
    goToEnd(scrollerOf(element));
  }, []);

  useEffect(() => {
    const element = scroller.current;
    const grown = content.current;
    if (!element || !grown) return;
    // After layout and before paint: what has grown is never seen out of its place.
    const observer = new ResizeObserver(() => {
      if (!sticks.current || !hasBegun.current) return;
      const scrolled = scrollerOf(element);
      goToEnd(scrolled);
      lastTop.current = scrolled.scrollTop;
    });
    const onScroll = (): void => {
      if (!hasBegun.current) return;
      const { scrollTop, scrollHeight, clientHeight } = scrollerOf(element);
      // More may have come since the page itself went to the end: only who goes up leaves it.
      if (scrollHeight - scrollTop - clientHeight < NEAR) sticks.current = true;
      else if (scrollTop < lastTop.current) sticks.current = false;
      lastTop.current = scrollTop;
      setAtEnd(sticks.current);
    };
    observer.observe(grown);
    observer.observe(element);
    const scrolled = [element, document];
    for (const each of scrolled) each.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      for (const each of scrolled) each.removeEventListener('scroll', onScroll);
    };
  }, []);
  return { scroller, content, isAtEnd, toEnd };
}

function goToEnd(scrolled: Element): void {
  scrolled.scrollTop = scrolled.scrollHeight;
}
