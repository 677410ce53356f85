import { createContext, useContext } from 'react';
import type { Key, Place, Places } from './places';

/** What a dialog is about; one is open at a time. */
export type OpenDialog =
  | { readonly kind: 'STORE' | 'RENAME' | 'LIMITS' | 'SWITCH_OFF' | 'DELETE'; readonly place: Place }
  | { readonly kind: 'ADD_ENDPOINT' }
  | { readonly kind: 'HISTORY' };

/** What a verification has shown. */
export interface Found {
  /** The card that it is shown on. */
  readonly placeId: string;
  readonly health: Key['health'];
  readonly reason: string | null;
  /** Why it showed nothing. */
  readonly warning: string | null;
}

/** What the parts of the page share. */
export interface KeysPageState {
  readonly places: Places;
  /** @returns whether the page shows what is there now */
  readonly refresh: () => Promise<boolean>;
  readonly open: (dialog: OpenDialog) => void;
  readonly found: Found | null;
  readonly show: (found: Found | null) => void;
}

export const KeysContext = createContext<KeysPageState | null>(null);

export function useKeysPage(): KeysPageState {
  const state = useContext(KeysContext);
  if (state === null) throw new Error('useKeysPage needs the page of keys around it.');
  return state;
}
