import type { Vault } from '../crypto/vault.js';
import { type ApiKey, KeyHealth } from './api-key.model.js';
import { findFault, type KeyFault } from './key-fault.js';
import type { StoredKey } from './keys.repository.js';

const faultReasons: Record<KeyFault, string> = {
  CIPHERTEXT_GONE: 'Its ciphertext is gone. Store it again.',
  ENCRYPTION_KEY_RETIRED: 'It was sealed under an encryption key that was retired. Store it again.',
  ENCRYPTION_KEY_UNKNOWN: 'It was sealed under an encryption key that this server does not have.',
  DAMAGED: 'It cannot be decrypted. Store it again.',
};

/** The stored health is the provider's verdict on the key; whether it can be read is always seen from the record. */
function healthOf(row: StoredKey, fault: KeyFault | null): Pick<ApiKey, 'health' | 'healthReason'> {
  if (fault) return { health: 'UNREADABLE', healthReason: faultReasons[fault] };
  if (row.health === 'UNREADABLE') return { health: 'UNVERIFIED', healthReason: null };
  if (!isKeyHealth(row.health)) return { health: 'UNVERIFIED', healthReason: UNKNOWN_HEALTH };
  return { health: row.health, healthReason: row.healthReason };
}

const UNKNOWN_HEALTH = 'A newer version of this server recorded a health that this one does not know.';

const isKeyHealth = (health: string): health is KeyHealth => Object.hasOwn(KeyHealth, health);

export const isLive = ({ status }: StoredKey): boolean => status === 'ACTIVE' || status === 'DISABLED';

/** What its owner sees of a key. */
export function toApiKey(row: StoredKey, vault: Vault): ApiKey {
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    maskedKey: row.maskedKey,
    status: row.status,
    ...healthOf(row, isLive(row) ? findFault(row, vault) : null),
    healthCheckedAt: row.healthCheckedAt,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
  };
}
