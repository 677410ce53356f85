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

export type ResolvableRow = WithTexts<Joined<ResolvableKey>, 'expiresAt'> & Omit<ResolutionRow, 'userKeys'>;

/** Moments as the database gives them. */
type WithTexts<Row, Moment extends keyof Row> = Omit<Row, Moment> & {
  readonly [Name in Moment]: null extends Row[Name] ? string | null : string;
};

export function toStoredKey({
  createdAt,
  lastUsedAt,
  healthCheckedAt,
  expiresAt,
  ...row
}: KeyRow): StoredKey {
  return {
    ...withRecord(row),
    createdAt: new Date(createdAt),
    lastUsedAt: momentOf(lastUsedAt),
    healthCheckedAt: momentOf(healthCheckedAt),
    expiresAt: momentOf(expiresAt),
  };
}

export const toResolvableKey = ({ expiresAt, ...row }: ResolvableRow): ResolvableKey => ({
  ...withRecord(row),
  expiresAt: momentOf(expiresAt),
});

function withRecord<Row extends RecordColumns & EndpointColumns & AmountColumns>({
  envelope,
  damagedDigest,
  isRetired,
  endpointName: name,
  endpointUrl: baseUrl,
  costLimit,
  monthCost,
  ...key
}: Row): Omit<Row, keyof RecordColumns | keyof EndpointColumns | keyof AmountColumns> &
  Pick<StoredKey, 'sealedKey' | 'endpoint' | keyof AmountColumns> {
  return {
    ...key,
    costLimit: costLimit === null ? null : picosIn(costLimit),
    monthCost: picosIn(monthCost),
    sealedKey: envelope === null ? null : { envelope, damagedDigest, isRetired },
    endpoint: baseUrl === null ? null : { name, baseUrl },
  };
}

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** @param amount as the database writes one */
function picosIn(amount: string): bigint {
  const picos = picosOf(amount);
  if (picos === null) throw new Error('The database has an amount that is none.');
  return picos;
}
