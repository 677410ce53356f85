import { useSyncExternalStore } from 'react';
import type { Held } from './held';

export const useHeld = <State extends object>(held: Held<State>): State =>
  useSyncExternalStore(held.subscribe, held.state);
