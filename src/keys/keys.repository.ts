import { Injectable } from '@nestjs/common';
import type { SealedEnvelope } from '../crypto/envelope.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import { type ApiKey as ApiKeyRow, Prisma } from '../prisma/generated/client.js';
import type { ProviderId } from '../registry/provider-ids.js';
import type { ApiKeyStatus, KeyHealth } from './api-key.model.js';
import { digestOf, type SealedRecord } from './key-fault.js';

const LIVE: ApiKeyStatus[] = ['ACTIVE', 'DISABLED'];

const withRecord = { sealedKey: { select: { envelope: true, damagedDigest: true } } } as const;

export type StoredKey = ApiKeyRow & { readonly sealedKey: SealedRecord | null };

/** What the audit trail tells of a key that was replaced or deleted. */
export type EndedKey = Pick<ApiKeyRow, 'id' | 'provider' | 'maskedKey'>;

/** What resolution needs to know of one live key. */
export interface ResolvableKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly maskedKey: string;
  readonly sealedKey: SealedRecord | null;
}

type ResolvableRow = Omit<ResolvableKey, 'sealedKey'> & {
  readonly envelope: string | null;
  readonly damagedDigest: string | null;
};

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

  /** One round trip. Not through Prisma's relations: they take two. */
  async findResolvable(userId: string, providers: readonly ProviderId[]): Promise<ResolvableKey[]> {
    const rows = await this.database.client.$queryRaw<ResolvableRow[]>`
      SELECT api_keys.id, provider, status::text, masked_key AS "maskedKey",
        envelope, damaged_digest AS "damagedDigest"
      FROM api_keys LEFT JOIN sealed_keys ON key_id = api_keys.id AND sealed_keys.user_id = api_keys.user_id
      WHERE api_keys.user_id = ${userId} AND status IN ('ACTIVE', 'DISABLED') AND provider = ANY(${[...providers]})`;
    return rows.map(({ envelope, damagedDigest, ...key }) => ({
      ...key,
      sealedKey: envelope === null ? null : { envelope, damagedDigest },
    }));
  }

  findLive(userId: string): Promise<StoredKey[]> {
    return this.database.client.apiKey.findMany({
      where: { userId, status: { in: LIVE } },
      include: withRecord,
    });
  }

  findById(userId: string, id: string): Promise<StoredKey | null> {
    return this.database.client.apiKey.findFirst({
      where: { userId, id, status: { not: 'DELETED' } },
      include: withRecord,
    });
  }

  /** Newest first, at most `limit`, older than the key `afterId`. */
  listHistory(userId: string, limit: number, afterId: string | null): Promise<StoredKey[]> {
    return this.database.client.apiKey.findMany({
      where: { userId, ...(afterId && { id: { lt: afterId } }) },
      include: withRecord,
      orderBy: { id: 'desc' },
      take: limit,
    });
  }

  /**
   * Makes changes to one user's key of one provider wait for each other until the transaction ends, on other servers,
   * too. The partial unique index keeps the rule even without it; with it, the second of two stores waits instead of
   * failing. A statement of its own: one that waited would not see what it waited for.
   */
  async lockProvider(userId: string, provider: ProviderId, transaction: DatabaseClient): Promise<void> {
    const name = JSON.stringify([userId, provider]);
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  }

  findLiveById(
    userId: string,
    id: string,
    client: DatabaseClient = this.database.client,
  ): Promise<ApiKeyRow | null> {
    return client.apiKey.findFirst({ where: { userId, id, status: { in: LIVE } } });
  }

  /** The key and its ciphertext, in one round trip. */
  async insert(userId: string, key: NewKey, transaction: DatabaseClient): Promise<StoredKey> {
    const { id, provider, name, maskedKey, envelope, encryptionKeyId } = key;
    const [row] = await transaction.$queryRaw<ApiKeyRow[]>`
      WITH stored AS (
        INSERT INTO api_keys (id, user_id, provider, name, masked_key)
        VALUES (${id}::uuid, ${userId}, ${provider}, ${name}, ${maskedKey})
        RETURNING *
      ), sealed AS (
        INSERT INTO sealed_keys (key_id, user_id, envelope, encryption_key_id)
        SELECT id, user_id, ${envelope}, ${encryptionKeyId} FROM stored
      )
      SELECT id, user_id AS "userId", provider, name, masked_key AS "maskedKey", status::text, health::text,
        health_reason AS "healthReason", health_checked_at AS "healthCheckedAt", created_at AS "createdAt",
        last_used_at AS "lastUsedAt", ended_at AS "endedAt", replaced_by_id AS "replacedById"
      FROM stored`;
    if (!row) throw new Error('The database did not tell what it stored.');
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
    return transaction.apiKey.update({
      where: { userId, id },
      data: changes,
      include: withRecord,
    });
  }

  /** @returns whether the key is still ACTIVE; until the transaction ends it stays so */
  async recordUse(userId: string, id: string, transaction: DatabaseClient): Promise<boolean> {
    const { count } = await transaction.apiKey.updateMany({
      where: { userId, id, status: 'ACTIVE' },
      data: { lastUsedAt: new Date() },
    });
    return count === 1;
  }

  /** Remembers of this very envelope that it did not open. @returns whether the key is still ACTIVE */
  async recordDamage(
    userId: string,
    { id, provider }: Pick<ResolvableKey, 'id' | 'provider'>,
    envelope: string,
    transaction: DatabaseClient,
  ): Promise<boolean> {
    const { count } = await transaction.apiKey.updateMany({
      where: { userId, id, status: 'ACTIVE' },
      data: { healthCheckedAt: new Date() },
    });
    const damagedDigest = digestOf({ userId, provider, id }, envelope);
    await transaction.sealedKey.updateMany({ where: { userId, keyId: id }, data: { damagedDigest } });
    return count === 1;
  }

  /** Only a live key has a health: one that was replaced in the meantime keeps what it had. */
  async recordHealth(
    userId: string,
    id: string,
    health: { health: KeyHealth; healthReason: string | null },
    transaction: DatabaseClient,
  ): Promise<void> {
    await transaction.apiKey.updateMany({
      where: { userId, id, status: { in: LIVE } },
      data: { ...health, healthCheckedAt: new Date() },
    });
  }
}
