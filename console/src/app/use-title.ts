import { useEffect } from 'react';
import { showTitle } from './first-title';

/** Names the page that is shown, and again when the language changes. */
export function useTitle(page: string): void {
  useEffect(() => showTitle(page), [page]);
}
