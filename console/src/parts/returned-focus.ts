import { useEffect, useRef } from 'react';

/**
 * Gives the focus back to where it came from when what took it is gone: a dialog that is rendered as long as it is open.
 *
 * @param returnTo ids of what is focused then, the first that is there, where what opened it is gone
 */
export function useReturnedFocus(returnTo: readonly string[] = []): void {
  const ids = useRef(returnTo);
  useEffect(() => {
    // The dialog takes the focus a moment after this.
    const opener = document.activeElement;
    const fallbacks = ids.current;
    return () => {
      // What the change brings about on the page comes first.
      requestAnimationFrame(() => {
        const places = [opener, ...fallbacks.map((id) => document.getElementById(id))];
        const place = places.find((element) => element?.isConnected && element !== document.body);
        if (place instanceof HTMLElement) place.focus();
      });
    };
  }, []);
}
