import { picosOf } from '../common/dollars.js';
import type { KeyEndpoint } from '../crypto/seal-context.js';
import type { ApiKey as ApiKeyRow } from '../prisma/generated/client.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import type { SealedRecord } from './key-fault.js';
import type { KeyLimits } from './key-permission.js';

/** A key of a provider that this version knows. */
export type StoredKey = Pick<
  ApiKeyRow,
  | 'id'
  | 'userId'
  | 'name'
  | 'maskedKey'
  | 'status'
  | 'healthReason'
  | 'healthCheckedAt'
  | 'createdAt'
  | 'lastUsedAt'
  | 'expiresAt'
> &
  KeyLimits & {
    readonly provider: ProviderId;
    /** Null for a provider's key. */
    readonly endpoint: KeyEndpoint | null;
    /** A newer version may have stored one that this version does not know. */
    readonly health: string;
    readonly sealedKey: SealedRecord | null;
  };

/** What resolution needs to know of one live key. */
export interface ResolvableKey extends KeyLimits {
  readonly id: string;
  /** Of whom it was asked for: a record of anybody else's does not open. */
  readonly userId: string;
  readonly provider: ProviderId;
  /** Null for a provider's key. */
  readonly endpoint: KeyEndpoint | null;
  readonly status: 'ACTIVE' | 'DISABLED';
  /** What its provider last said of it, as it is stored: a newer version may know more. */
  readonly health: string;
  readonly maskedKey: string;
  readonly expiresAt: Date | null;
  readonly sealedKey: SealedRecord | null;
}

/** What the key of a request is decided on. */
export interface ResolutionRow {
  readonly userKeys: readonly ResolvableKey[];
  readonly fallbackPolicy: string | null;
  /** As it is stored: a newer version may know others. */
  readonly defaultSearchProvider: string | null;
}

/** A record as `withRecords` in key-statements.ts joins it to its key. */
interface RecordColumns {
  readonly envelope: string | null;
  readonly damagedDigest: string | null;
  readonly isRetired: boolean;
}

/** Both are there, or neither is: the database keeps it so. */
interface EndpointColumns {
  readonly endpointName: string;
  readonly endpointUrl: string | null;
}

/** In dollars. */
interface AmountColumns {
  readonly costLimit: string | null;
  readonly monthCost: string;
}

type Joined<Key> = Omit<Key, 'sealedKey' | 'endpoint' | keyof AmountColumns> &
  RecordColumns &
  EndpointColumns &
  AmountColumns;

/** A {@link StoredKey} as the database gives it. */
export type KeyRow = WithTexts<
  Joined<StoredKey>,
  'createdAt' | 'lastUsedAt' | 'healthCheckedAt' | 'expiresAt'
>;

export type ResolvableRow = WithTexts<Joined<Omit<ResolvableKey, 'userId'>>, 'expiresAt'> &
  Omit<ResolutionRow, 'userKeys'>;

/** Moments as the database gives them. */
type WithTexts<Row, Moment extends keyof Row> = Omit<Row, Moment> & {
  readonly [Name in Moment]: null extends Row[Name] ? string | null : string;
};

// What is spread comes last: names that are added behind it take V8 ten times as long, and every chat does this.

export const toStoredKey = (row: KeyRow): StoredKey => ({
  userId: row.userId,
  name: row.name,
  status: row.status,
  healthReason: row.healthReason,
  healthCheckedAt: momentOf(row.healthCheckedAt),
  createdAt: new Date(row.createdAt),
  lastUsedAt: momentOf(row.lastUsedAt),
  ...toKey(row),
});

export const toResolvableKey = (row: ResolvableRow, userId: string): ResolvableKey => ({
  userId,
  status: row.status,
  ...toKey(row),
});

type Shared = Omit<ResolvableKey, 'status' | 'userId'>;

/** Name by name: to copy all but some of them takes as long. */
const toKey = (row: WithTexts<Joined<Shared>, 'expiresAt'>): Shared => ({
  id: row.id,
  provider: row.provider,
  endpoint: row.endpointUrl === null ? null : { name: row.endpointName, baseUrl: row.endpointUrl },
  health: row.health,
  maskedKey: row.maskedKey,
  expiresAt: momentOf(row.expiresAt),
  sealedKey:
    row.envelope === null
      ? null
      : { envelope: row.envelope, damagedDigest: row.damagedDigest, isRetired: row.isRetired },
  allowedModels: row.allowedModels,
  allowedUses: row.allowedUses,
  tokenLimit: row.tokenLimit,
  requestLimit: row.requestLimit,
  costLimit: row.costLimit === null ? null : picosIn(row.costLimit),
  monthTokens: row.monthTokens,
  monthRequests: row.monthRequests,
  monthCost: picosIn(row.monthCost),
});

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** @param amount as the database writes one */
function picosIn(amount: string): bigint {
  const picos = picosOf(amount);
  if (picos === null) throw new Error('The database has an amount that is none.');
  return picos;
}
