import { createHash } from 'node:crypto';
import { EnvelopeError } from '../crypto/envelope-error.js';
import type { StoredKeyPlace } from '../crypto/seal-context.js';
import type { Vault } from '../crypto/vault.js';

/** What is stored of a live key, as far as reading it goes. */
export interface SealedRecord {
  readonly envelope: string;
  /** {@link digestOf} an envelope that did not open. */
  readonly damagedDigest: string | null;
  /** Whether the encryption key that it names was retired: then it does not open, although its key is there. */
  readonly isRetired: boolean;
}

/** Why a live key cannot be read. */
export type KeyFault = 'CIPHERTEXT_GONE' | 'ENCRYPTION_KEY_RETIRED' | 'ENCRYPTION_KEY_UNKNOWN' | 'DAMAGED';

/**
 * Names an envelope in its place, so that a verdict about it is not taken for one about another that stands there, nor
 * kept when it is put back where it belongs.
 */
export function digestOf({ userId, provider, id, endpoint }: StoredKeyPlace, envelope: string): string {
  const bound = endpoint ? [endpoint.name, endpoint.baseUrl] : [];
  return createHash('sha256')
    .update(JSON.stringify([userId, provider, id, envelope, ...bound]))
    .digest('hex');
}

/**
 * Why a live key cannot be read, as far as is known without decrypting it; null where no fault is known.
 *
 * This is the only place that decides it, so `apiKeys`, `providers`, `keyResolution` and requests cannot contradict each
 * other. An unknown encryption key is a fault of this server and is not stored: in a rolling change of keys another
 * server has it. A damaged envelope is found by the first request that tries it, which fails and uses no other key; the
 * verdict is stored then, for that very envelope.
 */
export function findFault(
  key: StoredKeyPlace & { readonly sealedKey: SealedRecord | null },
  vault: Vault,
): KeyFault | null {
  if (key.sealedKey === null) return 'CIPHERTEXT_GONE';
  const { envelope, damagedDigest, isRetired } = key.sealedKey;
  if (isRetired) return 'ENCRYPTION_KEY_RETIRED';
  // Hardly any record has a verdict against it: the digest is worth its time only for those.
  if (damagedDigest !== null && damagedDigest === digestOf(key, envelope)) return 'DAMAGED';
  try {
    return vault.hasKey(vault.keyIdOf(envelope)) ? null : 'ENCRYPTION_KEY_UNKNOWN';
  } catch (error) {
    if (error instanceof EnvelopeError) return 'DAMAGED';
    throw error;
  }
}
