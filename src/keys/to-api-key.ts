import { costOfPicos } from '../common/cost.js';
import type { Vault } from '../crypto/vault.js';
import { type ApiKey, KeyHealth } from './api-key.model.js';
import { findFault, type KeyFault } from './key-fault.js';
import { AllowedUse } from './key-permission.js';
import type { StoredKey } from './stored-key.js';

const faultReasons: Record<KeyFault, string> = {
  CIPHERTEXT_GONE: 'Its ciphertext is gone. Store it again.',
  ENCRYPTION_KEY_RETIRED: 'It was sealed under an encryption key that was retired. Store it again.',
  ENCRYPTION_KEY_UNKNOWN: 'It was sealed under an encryption key that this server does not have.',
  DAMAGED: 'It cannot be decrypted. Store it again.',
};

const DAY_MS = 24 * 60 * 60 * 1_000;
/** After so long a key should be rotated. */
const ROTATE_AFTER_MS = 90 * DAY_MS;
const SOON_MS = 7 * DAY_MS;

/** The stored health is the provider's verdict on the key; whether it can be read is always seen from the record. */
function healthOf(row: StoredKey, fault: KeyFault | null): Pick<ApiKey, 'health' | 'healthReason'> {
  if (fault) return { health: 'UNREADABLE', healthReason: faultReasons[fault] };
  if (row.health === 'UNREADABLE') return { health: 'UNVERIFIED', healthReason: null };
  if (!isKeyHealth(row.health)) return { health: 'UNVERIFIED', healthReason: UNKNOWN_HEALTH };
  return { health: row.health, healthReason: row.healthReason };
}

type Dates = Pick<ApiKey, 'expiresSoon' | 'rotateBy' | 'shouldRotate'>;

function datesOf({ createdAt, expiresAt }: StoredKey): Dates {
  const expiry = expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const rotateBy = new Date(Math.min(createdAt.getTime() + ROTATE_AFTER_MS, expiry));
  return {
    expiresSoon: expiry - Date.now() <= SOON_MS,
    rotateBy,
    shouldRotate: rotateBy.getTime() <= Date.now(),
  };
}

/** What its owner should do, where nothing else is to be said of the key. */
function advice(row: StoredKey, { expiresSoon, shouldRotate }: Dates): string | null {
  const { expiresAt } = row;
  if (expiresAt && expiresAt.getTime() <= Date.now()) return 'It has expired.';
  if (expiresAt && expiresSoon) return `It expires on ${expiresAt.toISOString().slice(0, 10)}.`;
  return shouldRotate ? 'It should be rotated: it is older than 90 days.' : null;
}

type Limits = Pick<ApiKey, 'allowedModels' | 'allowedUses' | 'monthlyLimit' | 'usedThisMonth'>;

function limitsOf(row: StoredKey): Limits {
  const { tokenLimit: tokens, requestLimit: requests, monthTokens, monthRequests, monthCost } = row;
  const cost = row.costLimit === null ? null : costOfPicos(row.costLimit);
  const isLimited = tokens !== null || requests !== null || cost !== null;
  return {
    allowedModels: row.allowedModels.length > 0 ? row.allowedModels : null,
    allowedUses: row.allowedUses.length > 0 ? row.allowedUses.filter(isAllowedUse) : null,
    monthlyLimit: isLimited ? { tokens, requests, cost } : null,
    usedThisMonth: isLimited
      ? {
          tokens: monthTokens,
          requests: monthRequests,
          cost: costOfPicos(monthCost),
          resetsAt: nextMonth(new Date()),
        }
      : null,
  };
}

const nextMonth = (now: Date): Date => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));

const UNKNOWN_HEALTH = 'A newer version of this server recorded a health that this one does not know.';

const isAllowedUse = (use: string): use is AllowedUse => Object.hasOwn(AllowedUse, use);

const isKeyHealth = (health: string): health is KeyHealth => Object.hasOwn(KeyHealth, health);

export const isLive = ({ status }: StoredKey): boolean => status === 'ACTIVE' || status === 'DISABLED';

/** What its owner sees of a key. */
export function toApiKey(row: StoredKey, vault: Vault): ApiKey {
  const { health, healthReason } = healthOf(row, isLive(row) ? findFault(row, vault) : null);
  const dates = datesOf(row);
  return {
    id: row.id,
    provider: row.provider,
    endpoint: row.endpoint,
    name: row.name,
    maskedKey: row.maskedKey,
    status: row.status,
    health,
    healthReason: healthReason ?? (isLive(row) ? advice(row, dates) : null),
    healthCheckedAt: row.healthCheckedAt,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    expiresAt: row.expiresAt,
    ...dates,
    ...limitsOf(row),
  };
}
