import { Injectable } from '@nestjs/common';
import type { SealedEnvelope } from '../crypto/envelope.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import { type ApiKey as ApiKeyRow, Prisma } from '../prisma/generated/client.js';
import type { Statement } from '../prisma/statement.js';
import { type ProviderId, providerIdsOf } from '../providers/registry/provider-ids.js';
import type { ApiKeyStatus } from './api-key.model.js';
import type { SealedRecord } from './key-fault.js';

const LIVE: ApiKeyStatus[] = ['ACTIVE', 'DISABLED'];

/** A key of a provider that this version knows. */
export type StoredKey = Omit<ApiKeyRow, 'provider' | 'health'> & {
  readonly provider: ProviderId;
  /** A newer version may have stored one that this version does not know. */
  readonly health: string;
  readonly sealedKey: SealedRecord | null;
};

/** What the audit trail says of a key that was replaced or deleted. */
export type EndedKey = Pick<ApiKeyRow, 'id' | 'provider' | 'maskedKey'>;

/** What resolution needs to know of one live key. */
export interface ResolvableKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly maskedKey: string;
  readonly sealedKey: SealedRecord | null;
}

/** A record as {@link keysWithRecords} joins it to its key. */
interface RecordColumns {
  readonly envelope: string | null;
  readonly damagedDigest: string | null;
}

type Joined<Key> = Omit<Key, 'sealedKey'> & RecordColumns;

/**
 * The one way to a key's record. One that does not say that it is the same user's is none, for a list as for a request.
 */
const keysWithRecords = Prisma.sql`
  api_keys LEFT JOIN sealed_keys ON key_id = api_keys.id AND sealed_keys.user_id = api_keys.user_id`;

const selectResolvable: Statement = {
  name: 'resolvable-keys',
  sql: `
  SELECT api_keys.id, provider, status::text, masked_key AS "maskedKey", envelope, damaged_digest AS "damagedDigest"
  FROM ${keysWithRecords.sql}
  WHERE api_keys.user_id = $1 AND status IN ('ACTIVE', 'DISABLED') AND provider = ANY($2)`,
};

const keyColumns = Prisma.sql`
  api_keys.id, api_keys.user_id AS "userId", provider, name, masked_key AS "maskedKey", status::text,
  health::text, health_reason AS "healthReason", health_checked_at AS "healthCheckedAt",
  created_at AS "createdAt", last_used_at AS "lastUsedAt", ended_at AS "endedAt", replaced_by_id AS "replacedById"`;

export interface NewKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly name: string | null;
  readonly maskedKey: string;
  readonly envelope: SealedEnvelope;
  readonly encryptionKeyId: string;
}

/** Invariant: every method takes the user's id first and touches that user's rows only. */
@Injectable()
export class KeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** One round trip, and the shortest: every chat begins with it. */
  async findResolvable(userId: string, providers: readonly ProviderId[]): Promise<ResolvableKey[]> {
    const rows = await this.database.run<Joined<ResolvableKey>>(selectResolvable, [userId, providers]);
    return rows.map(withRecord);
  }

  findLive(userId: string): Promise<StoredKey[]> {
    return this.select(userId, Prisma.sql`status IN ('ACTIVE', 'DISABLED')`);
  }

  async findById(
    userId: string,
    id: string,
    client: DatabaseClient = this.database.client,
  ): Promise<StoredKey | null> {
    const isShown = Prisma.sql`api_keys.id = ${id}::uuid AND status IN ('ACTIVE', 'DISABLED', 'REPLACED')`;
    const [key] = await this.select(userId, isShown, client);
    return key ?? null;
  }

  /** Newest first, at most `limit`, older than the key `afterId`. */
  listHistory(userId: string, limit: number, afterId: string | null): Promise<StoredKey[]> {
    const isOlder = afterId === null ? Prisma.empty : Prisma.sql`AND api_keys.id < ${afterId}::uuid`;
    return this.select(
      userId,
      Prisma.sql`status IN ('ACTIVE', 'DISABLED', 'REPLACED', 'DELETED') ${isOlder}
        ORDER BY api_keys.id DESC LIMIT ${limit}`,
    );
  }

  /**
   * The keys that this version knows the provider of. A row of a newer version's is left out here, where pages are cut,
   * and what is read is text: the database's enums may have more values than this version knows.
   */
  private async select(
    userId: string,
    condition: Prisma.Sql,
    client: DatabaseClient = this.database.client,
  ): Promise<StoredKey[]> {
    const known = [...providerIdsOf('CHAT'), ...providerIdsOf('SEARCH')];
    const rows = await client.$queryRaw<Joined<StoredKey>[]>`
      SELECT ${keyColumns}, envelope, damaged_digest AS "damagedDigest"
      FROM ${keysWithRecords}
      WHERE api_keys.user_id = ${userId} AND provider = ANY(${known}) AND ${condition}`;
    return rows.map(withRecord);
  }

  /**
   * Makes changes to one user's key of one provider wait for each other until the transaction ends, on other servers,
   * too. The partial unique index keeps the rule even without it; with it, the second of two stores waits instead of
   * failing. A statement of its own: one that waited would not see what it waited for.
   */
  async lockProvider(userId: string, provider: string, transaction: DatabaseClient): Promise<void> {
    const name = JSON.stringify([userId, provider]);
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  }

  /** Whose key a live key is, also where this version does not know the provider. */
  findLiveProvider(userId: string, id: string): Promise<{ readonly provider: string } | null> {
    return this.database.client.apiKey.findFirst({
      where: { userId, id, status: { in: LIVE } },
      select: { provider: true },
    });
  }

  async findLiveById(userId: string, id: string, transaction: DatabaseClient): Promise<StoredKey | null> {
    const key = await this.findById(userId, id, transaction);
    return key && LIVE.includes(key.status) ? key : null;
  }

  /** The key and its ciphertext, in one round trip. */
  async insert(userId: string, key: NewKey, transaction: DatabaseClient): Promise<StoredKey> {
    const { id, provider, name, maskedKey, envelope, encryptionKeyId } = key;
    const [row] = await transaction.$queryRaw<Omit<StoredKey, 'sealedKey'>[]>`
      WITH stored AS (
        INSERT INTO api_keys (id, user_id, provider, name, masked_key)
        VALUES (${id}::uuid, ${userId}, ${provider}, ${name}, ${maskedKey})
        RETURNING *
      ), sealed AS (
        INSERT INTO sealed_keys (key_id, user_id, envelope, encryption_key_id)
        SELECT id, user_id, ${envelope}, ${encryptionKeyId} FROM stored
      )
      SELECT ${keyColumns} FROM stored AS api_keys`;
    if (!row) throw new Error('The database did not return what it stored.');
    return { ...row, sealedKey: { envelope, damagedDigest: null } };
  }

  /** Ends the live key, and destroys its ciphertext, in one round trip. @returns null where there was none */
  async end(
    userId: string,
    which: { readonly id: string } | { readonly provider: ProviderId },
    ending: { readonly replacedById: string } | 'DELETED',
    transaction: DatabaseClient,
  ): Promise<EndedKey | null> {
    const condition =
      'id' in which ? Prisma.sql`id = ${which.id}::uuid` : Prisma.sql`provider = ${which.provider}`;
    const [status, replacedById] =
      ending === 'DELETED' ? [ending, null] : (['REPLACED', ending.replacedById] as const);
    const [ended] = await transaction.$queryRaw<EndedKey[]>`
      WITH ended AS (
        UPDATE api_keys
        SET status = ${status}::"ApiKeyStatus", replaced_by_id = ${replacedById}::uuid,
          ended_at = clock_timestamp()
        WHERE user_id = ${userId} AND ${condition} AND status IN ('ACTIVE', 'DISABLED')
        RETURNING id, provider, masked_key
      ), destroyed AS (
        DELETE FROM sealed_keys USING ended WHERE key_id = ended.id
      )
      SELECT id, provider, masked_key AS "maskedKey" FROM ended`;
    return ended ?? null;
  }

  async update(
    userId: string,
    id: string,
    changes: { name?: string | null; status?: 'ACTIVE' | 'DISABLED' },
    transaction: DatabaseClient,
  ): Promise<StoredKey> {
    await transaction.apiKey.updateMany({ where: { userId, id }, data: changes });
    const key = await this.findById(userId, id, transaction);
    if (!key) throw new Error('A key vanished while it was changed.');
    return key;
  }
}

function withRecord<Row extends RecordColumns>({
  envelope,
  damagedDigest,
  ...key
}: Row): Omit<Row, keyof RecordColumns> & { readonly sealedKey: SealedRecord | null } {
  return { ...key, sealedKey: envelope === null ? null : { envelope, damagedDigest } };
}
