import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { addKeyEvents } from '../audit/key-events.js';
import type { SealedEnvelope } from '../crypto/envelope.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { ApiKey as ApiKeyRow } from '../prisma/generated/client.js';
import type { Statement, StatementValue } from '../prisma/statement.js';
import { type ProviderId, providerIdsOf } from '../providers/registry/provider-ids.js';
import type { SealedRecord } from './key-fault.js';

/** A key of a provider that this version knows. */
export type StoredKey = Omit<ApiKeyRow, 'provider' | 'health' | 'endedAt' | 'replacedById'> & {
  readonly provider: ProviderId;
  /** A newer version may have stored one that this version does not know. */
  readonly health: string;
  readonly sealedKey: SealedRecord | null;
};

/** What resolution needs to know of one live key. */
export interface ResolvableKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly maskedKey: string;
  readonly sealedKey: SealedRecord | null;
}

export interface NewKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly name: string | null;
  readonly maskedKey: string;
  readonly envelope: SealedEnvelope;
  readonly encryptionKeyId: string;
}

/** What is left out stays as it is. */
export interface KeyChanges {
  readonly name?: string | null;
  readonly status?: 'ACTIVE' | 'DISABLED';
}

/** A record as {@link withRecords} joins it to its key. */
interface RecordColumns {
  readonly envelope: string | null;
  readonly damagedDigest: string | null;
  readonly isRetired: boolean;
}

type Joined<Key> = Omit<Key, 'sealedKey'> & RecordColumns;

/** A {@link StoredKey} as the database gives it. */
type KeyRow = Omit<Joined<StoredKey>, 'createdAt' | 'lastUsedAt' | 'healthCheckedAt'> & {
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly healthCheckedAt: string | null;
};

const isLive = "status IN ('ACTIVE', 'DISABLED')";

/**
 * The one way to a key's record. One that does not say that it is the same user's is none, for a list as for a request.
 */
const withRecords = (keys: string): string => `
  ${keys} AS api_keys
  LEFT JOIN sealed_keys ON key_id = api_keys.id AND sealed_keys.user_id = api_keys.user_id`;

/** With it, so that it holds at once: whether its encryption key was retired. The key id is an envelope's second part. */
const recordColumns = `envelope, damaged_digest AS "damagedDigest",
  EXISTS (SELECT FROM retired_encryption_keys WHERE id = split_part(envelope, '.', 2)) AS "isRetired"`;

/** As text where it is an enum: the database's may have more values than this version knows. */
const keyColumns = `
  api_keys.id, api_keys.user_id AS "userId", provider, name, masked_key AS "maskedKey", status::text,
  health::text, health_reason AS "healthReason", health_checked_at AS "healthCheckedAt",
  created_at AS "createdAt", last_used_at AS "lastUsedAt"`;

/** The keys of $1 that this version knows the provider of. A newer version's are left out here, where pages are cut. */
const selecting = (name: string, condition: string): Statement => ({
  name,
  sql: `
  SELECT ${keyColumns}, ${recordColumns}
  FROM ${withRecords('api_keys')}
  WHERE api_keys.user_id = $1 AND provider = ANY($2) AND ${condition}`,
});

const selectLive = selecting('live-keys', isLive);
const selectOne = selecting('key', "api_keys.id = $3::uuid AND status IN ('ACTIVE', 'DISABLED', 'REPLACED')");
const selectHistory = selecting(
  'key-history',
  `status IN ('ACTIVE', 'DISABLED', 'REPLACED', 'DELETED') AND api_keys.id < $3::uuid
  ORDER BY api_keys.id DESC LIMIT $4::integer`,
);

/** No key's id comes after it. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const selectResolvable: Statement = {
  name: 'resolvable-keys',
  sql: `
  SELECT api_keys.id, provider, status::text, masked_key AS "maskedKey", ${recordColumns}
  FROM ${withRecords('api_keys')}
  WHERE api_keys.user_id = $1 AND ${isLive} AND provider = ANY($2)`,
};

const selectProvider: Statement = {
  name: 'provider-of-key',
  sql: `SELECT provider FROM api_keys WHERE user_id = $1 AND id = $2::uuid AND ${isLive}`,
};

/** Ends live keys, and destroys their ciphertext: the first parts of a statement. */
const ending = (condition: string, changes: string): string => `
  ended AS (
    UPDATE api_keys SET ${changes}, ended_at = clock_timestamp()
    WHERE user_id = $1 AND ${condition} AND ${isLive}
    RETURNING id, user_id, provider, masked_key
  ), destroyed AS (
    DELETE FROM sealed_keys USING ended WHERE key_id = ended.id
  )`;

const storeKey: Statement = {
  name: 'store-key',
  // What is stored asks how many have ended: it has to come after, for the index allows one live key.
  sql: `
  WITH ${ending('provider = $2', `status = 'REPLACED', replaced_by_id = $3::uuid`)},
  stored AS (
    INSERT INTO api_keys (id, user_id, provider, name, masked_key)
    SELECT $3::uuid, $1, $2, $4, $5 WHERE (SELECT count(*) FROM ended) <= 1
    RETURNING *
  ), sealed AS (
    INSERT INTO sealed_keys (key_id, user_id, envelope, encryption_key_id)
    SELECT id, user_id, $6, $7 FROM stored
    RETURNING envelope, damaged_digest
  ), events AS (${addKeyEvents(`
    SELECT $8::uuid AS event_id, user_id, 'KEY_REPLACED'::"AuditKind" AS kind, $10::timestamptz AS at, provider,
      id AS key_id, masked_key AS detail
    FROM ended
    UNION ALL
    SELECT $9::uuid, user_id, 'KEY_STORED', $10::timestamptz, provider, id, masked_key FROM stored`)}
  )
  SELECT ${keyColumns}, ${recordColumns}, (SELECT id FROM ended) AS "replacedKeyId"
  FROM stored AS api_keys, sealed`,
};

const updateKey: Statement = {
  name: 'update-key',
  sql: `
  WITH updated AS (
    UPDATE api_keys SET
      name = CASE WHEN $3::boolean THEN $4 ELSE name END,
      status = coalesce($5::"ApiKeyStatus", status)
    WHERE user_id = $1 AND id = $2::uuid AND ${isLive}
    RETURNING *
  ), events AS (${addKeyEvents(`
    SELECT $6::uuid AS event_id, user_id, 'KEY_UPDATED'::"AuditKind" AS kind, $7::timestamptz AS at, provider,
      id AS key_id, $8 AS detail
    FROM updated`)}
  )
  SELECT ${keyColumns}, ${recordColumns} FROM ${withRecords('updated')}`,
};

const deleteKey: Statement = {
  name: 'delete-key',
  sql: `
  WITH ${ending('id = $2::uuid', `status = 'DELETED'`)},
  events AS (${addKeyEvents(`
    SELECT $3::uuid AS event_id, user_id, 'KEY_DELETED'::"AuditKind" AS kind, $4::timestamptz AS at, provider,
      id AS key_id, masked_key AS detail
    FROM ended`)}
  )
  SELECT id FROM ended`,
};

/**
 * Invariants: every method takes the user's id first and touches that user's rows only. A change and its audit event are
 * one statement, and so one transaction.
 */
@Injectable()
export class KeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Every chat begins with it. */
  async findResolvable(userId: string, providers: readonly ProviderId[]): Promise<ResolvableKey[]> {
    const rows = await this.database.run<Joined<ResolvableKey>>(selectResolvable, [userId, providers]);
    return rows.map(withRecord);
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
    { id, provider, name, maskedKey, envelope, encryptionKeyId }: NewKey,
  ): Promise<{ readonly stored: StoredKey; readonly replacedKeyId: string | null }> {
    const [row] = await this.database.run<KeyRow & { readonly replacedKeyId: string | null }>(storeKey, [
      ...[userId, provider, id, name, maskedKey, envelope, encryptionKeyId],
      ...[uuidv7(), uuidv7(), now()],
    ]);
    if (!row) throw new Error('The database did not return what it stored.');
    const { replacedKeyId, ...key } = row;
    return { stored: toStoredKey(key), replacedKeyId };
  }

  /** @param detail what the audit event says of the changes @returns null where there is no live key of the id */
  async update(
    userId: string,
    id: string,
    { name, status }: KeyChanges,
    detail: string,
  ): Promise<StoredKey | null> {
    const [row] = await this.database.run<KeyRow>(updateKey, [
      ...[userId, id, String(name !== undefined), name ?? null, status ?? null],
      ...[uuidv7(), now(), detail],
    ]);
    return row ? toStoredKey(row) : null;
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

function toStoredKey({ createdAt, lastUsedAt, healthCheckedAt, ...row }: KeyRow): StoredKey {
  return {
    ...withRecord(row),
    createdAt: new Date(createdAt),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
    healthCheckedAt: healthCheckedAt === null ? null : new Date(healthCheckedAt),
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
