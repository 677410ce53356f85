import { useEffect } from 'react';

/** Calls while it is wanted when Escape is pressed, unless the key closes something else, or ends a word. */
export function useEscape(isWanted: boolean, call: () => void): void {
  useEffect(() => {
    if (!isWanted) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || isSomethingOpen()) return;
      call();
    };
    // Before all others: what the key is about to close is still open.
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [isWanted, call]);
}

const isSomethingOpen = (): boolean =>
  document.querySelector('[role=dialog], [aria-expanded=true][aria-haspopup]') !== null;
