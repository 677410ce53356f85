import { KeyMask } from '../common/key-mask.js';
import { getProviderEntry } from '../providers/registry/provider-ids.js';
import type { ResolvedKey } from './key-resolution.service.js';

/** In place of a key of the server, whose form is the operator's business. */
const SERVER_MASK = '[key]';

/** Takes an opened key out of what its provider says: what is shown, kept or sent elsewhere goes through this. */
export function maskOf({ provider, maskedKey, secret }: ResolvedKey): KeyMask {
  const publicPrefixes = getProviderEntry(provider).keyPrefixes.public;
  return new KeyMask(secret, { mask: maskedKey ?? SERVER_MASK, publicPrefixes });
}
