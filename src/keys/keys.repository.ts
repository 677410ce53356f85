import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { SealedEnvelope } from '../crypto/envelope.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { ApiKey as ApiKeyRow } from '../prisma/generated/client.js';
import type { Statement, StatementValue } from '../prisma/statement.js';
import { type ProviderId, providerIdsOf } from '../providers/registry/provider-ids.js';
import type { SealedRecord } from './key-fault.js';
import type { KeyLimits } from './key-permission.js';
import type { ProbeResult } from './key-prober.js';
import {
  deleteKey,
  LAST_ID,
  refuseKey,
  selectHistory,
  selectLive,
  selectOne,
  selectProvider,
  selectResolvable,
  storeKey,
  updateKey,
  verifyKey,
} from './key-statements.js';

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
    /** A newer version may have stored one that this version does not know. */
    readonly health: string;
    readonly sealedKey: SealedRecord | null;
  };

/** What resolution needs to know of one live key. */
export interface ResolvableKey extends KeyLimits {
  readonly id: string;
  readonly provider: ProviderId;
  readonly status: 'ACTIVE' | 'DISABLED';
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

export interface NewKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly name: string | null;
  readonly maskedKey: string;
  readonly envelope: SealedEnvelope;
  readonly encryptionKeyId: string;
  readonly expiresAt: Date | null;
  /** Null where it was not verified. */
  readonly probe: ProbeResult | null;
  readonly limits: LimitChanges;
}

/** What is left out stays as it is; a key that replaces another one takes it over. Null: not limited. */
export interface LimitChanges {
  readonly allowedModels?: readonly string[] | null | undefined;
  readonly allowedUses?: readonly string[] | null | undefined;
  readonly monthlyLimit?:
    | {
        readonly tokens?: number | null | undefined;
        readonly requests?: number | null | undefined;
      }
    | null
    | undefined;
}

/** What is left out stays as it is. */
export interface KeyChanges extends LimitChanges {
  readonly name?: string | null;
  readonly status?: 'ACTIVE' | 'DISABLED';
  readonly expiresAt?: Date | null;
}

/** A record as {@link withRecords} joins it to its key. */
interface RecordColumns {
  readonly envelope: string | null;
  readonly damagedDigest: string | null;
  readonly isRetired: boolean;
}

type Joined<Key> = Omit<Key, 'sealedKey'> & RecordColumns;

/** A {@link StoredKey} as the database gives it. */
type KeyRow = WithTexts<Joined<StoredKey>, 'createdAt' | 'lastUsedAt' | 'healthCheckedAt' | 'expiresAt'>;

type ResolvableRow = WithTexts<Joined<ResolvableKey>, 'expiresAt'> & Omit<ResolutionRow, 'userKeys'>;

/** Moments as the database gives them. */
type WithTexts<Row, Moment extends keyof Row> = Omit<Row, Moment> & {
  readonly [Name in Moment]: null extends Row[Name] ? string | null : string;
};

/**
 * Invariants: every method takes the user's id first and touches that user's rows only. A change and its audit event are
 * one statement, and so one transaction.
 */
@Injectable()
export class KeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Every chat begins with it. */
  async findResolvable(userId: string, providers: readonly ProviderId[]): Promise<ResolutionRow> {
    const rows = await this.database.run<ResolvableRow>(selectResolvable, [userId, providers]);
    const { fallbackPolicy = null, defaultSearchProvider = null } = rows[0] ?? {};
    const userKeys = rows
      .filter(hasKey)
      .map(({ expiresAt, ...row }) => ({ ...withRecord(row), expiresAt: momentOf(expiresAt) }));
    return { userKeys, fallbackPolicy, defaultSearchProvider };
  }

  findLive(userId: string): Promise<StoredKey[]> {
    return this.select(selectLive, userId);
  }

  async findById(userId: string, id: string): Promise<StoredKey | null> {
    const [key] = await this.select(selectOne, userId, id);
    return key ?? null;
  }

  /** Newest first, at most `limit`, older than the key `afterId`. */
  listHistory(userId: string, limit: number, afterId: string | null): Promise<StoredKey[]> {
    return this.select(selectHistory, userId, afterId ?? LAST_ID, String(limit));
  }

  /** Whose key a live key is, also where this version does not know the provider. */
  async findLiveProvider(userId: string, id: string): Promise<string | null> {
    const [key] = await this.database.run<{ provider: string }>(selectProvider, [userId, id]);
    return key?.provider ?? null;
  }

  /**
   * Stores a key, ends the live one of its provider, and destroys that one's ciphertext.
   *
   * @throws an error of the code {@link UNIQUE_VIOLATION} where another server stored one at the same moment
   */
  async store(
    userId: string,
    { id, provider, name, maskedKey, envelope, encryptionKeyId, expiresAt, probe, limits }: NewKey,
  ): Promise<{ readonly stored: StoredKey; readonly replacedKeyId: string | null }> {
    const [row] = await this.database.run<KeyRow & { readonly replacedKeyId: string | null }>(storeKey, [
      ...[userId, provider, id, name, maskedKey, envelope, encryptionKeyId],
      ...[uuidv7(), uuidv7(), now()],
      ...[expiresAt?.toISOString() ?? null, probe?.verdict?.health ?? null, probe?.reason ?? null],
      ...valuesOf(limits),
      ...[uuidv7(), probe?.outcome ?? null, probe?.reason ?? null],
    ]);
    if (!row) throw new Error('The database did not return what it stored.');
    const { replacedKeyId, ...key } = row;
    return { stored: toStoredKey(key), replacedKeyId };
  }

  /** @param detail what the audit event says of the changes @returns null where there is no live key of the id */
  async update(
    userId: string,
    id: string,
    { name, status, expiresAt, ...limits }: KeyChanges,
    detail: string,
  ): Promise<StoredKey | null> {
    const [row] = await this.database.run<KeyRow>(updateKey, [
      ...[userId, id, String(name !== undefined), name ?? null, status ?? null],
      ...[uuidv7(), now(), detail],
      ...[String(expiresAt !== undefined), expiresAt?.toISOString() ?? null],
      ...valuesOf(limits),
    ]);
    return row ? toStoredKey(row) : null;
  }

  /** @returns null where there is no live key of the id */
  async recordProbe(
    userId: string,
    id: string,
    { verdict, reason, outcome }: ProbeResult,
  ): Promise<StoredKey | null> {
    const values = [userId, id, verdict?.health ?? null, reason, uuidv7(), now(), outcome];
    const [row] = await this.database.run<KeyRow>(verifyKey, values);
    return row ? toStoredKey(row) : null;
  }

  /** A key that was tried, and is not stored. */
  async recordRefusal(userId: string, provider: ProviderId, { outcome, reason }: ProbeResult): Promise<void> {
    await this.database.run(refuseKey, [userId, uuidv7(), now(), provider, outcome, `Not stored. ${reason}`]);
  }

  /** Ends the live key, and destroys its ciphertext. @returns its id; null where there is none */
  async delete(userId: string, id: string): Promise<string | null> {
    const [deleted] = await this.database.run<{ id: string }>(deleteKey, [userId, id, uuidv7(), now()]);
    return deleted?.id ?? null;
  }

  private async select(
    statement: Statement,
    userId: string,
    ...values: StatementValue[]
  ): Promise<StoredKey[]> {
    const known = [...providerIdsOf('CHAT'), ...providerIdsOf('SEARCH')];
    const rows = await this.database.run<KeyRow>(statement, [userId, known, ...values]);
    return rows.map(toStoredKey);
  }
}

const now = (): string => new Date().toISOString();

const momentOf = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** As `limitsAs` in key-statements.ts takes them. */
function valuesOf({ allowedModels, allowedUses, monthlyLimit }: LimitChanges): StatementValue[] {
  const { tokens, requests } = monthlyLimit ?? {};
  return [
    ...[String(allowedModels !== undefined), allowedModels ?? []],
    ...[String(allowedUses !== undefined), allowedUses ?? []],
    ...[String(monthlyLimit !== undefined), tokens?.toString() ?? null, requests?.toString() ?? null],
  ];
}

const hasKey = ({ id }: { readonly id: string | null }): boolean => id !== null;

function toStoredKey({ createdAt, lastUsedAt, healthCheckedAt, expiresAt, ...row }: KeyRow): StoredKey {
  return {
    ...withRecord(row),
    createdAt: new Date(createdAt),
    lastUsedAt: momentOf(lastUsedAt),
    healthCheckedAt: momentOf(healthCheckedAt),
    expiresAt: momentOf(expiresAt),
  };
}

function withRecord<Row extends RecordColumns>({
  envelope,
  damagedDigest,
  isRetired,
  ...key
}: Row): Omit<Row, keyof RecordColumns> & { readonly sealedKey: SealedRecord | null } {
  return { ...key, sealedKey: envelope === null ? null : { envelope, damagedDigest, isRetired } };
}
