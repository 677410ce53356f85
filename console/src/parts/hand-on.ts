import { type RefObject, useCallback } from 'react';

/** The ref of a button that goes with what it does: the focus that it has then goes to what it was in, where the next Tab goes on from. */
export const handOnAround = (element: HTMLButtonElement) => () => {
  if (document.activeElement !== element) return;
  element.parentElement?.closest<HTMLElement>('[tabindex]')?.focus({ preventScroll: true });
};

/** The same, for a button whose focus goes on to another element. */
export const useHandOn = (to: RefObject<HTMLElement | null>, options?: FocusOptions) =>
  useCallback(
    (element: HTMLButtonElement) => () => {
      if (document.activeElement === element) to.current?.focus(options);
    },
    [to, options],
  );
