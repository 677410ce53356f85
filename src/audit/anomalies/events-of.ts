import { MODELS, type UseRecord } from '../writer/use-record.js';
import type { WatchedEvent } from './watched-event.js';

/** What the rules look at of a record that was written. */
export function eventsOf({ userId, at, event, key, origin }: UseRecord): WatchedEvent[] {
  const { network = null, fault = null } = origin ?? {};
  const provider = event?.provider ?? origin?.provider ?? null;
  const keyId = key?.keyId ?? event?.keyId ?? null;
  const from = { at, network, userId, provider };
  if (event?.kind === 'KEY_USED' && event.outcome === 'OK') {
    const { keySource = 'USER', model = null } = event;
    const isList = event.detail === MODELS;
    return [{ type: 'KEY_USED', ...from, keyId, keySource, model, ...(isList && { isList }) }];
  }
  if (fault !== null && keyId !== null) return [{ type: 'KEY_UNREADABLE', ...from, keyId, fault }];
  if (key?.type === 'ENDED' && key.verdict?.health === 'REJECTED')
    return [{ type: 'KEY_REJECTED', ...from, keyId: key.keyId, name: key.keyId }];
  return [];
}
