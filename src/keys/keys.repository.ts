import { Injectable } from '@nestjs/common';
import type { SealedEnvelope } from '../crypto/envelope.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import type { ApiKey as ApiKeyRow } from '../prisma/generated/client.js';
import type { ProviderId } from '../registry/provider-ids.js';
import type { ApiKeyStatus, KeyHealth } from './api-key.model.js';

const LIVE: ApiKeyStatus[] = ['ACTIVE', 'DISABLED'];

export type StoredKey = ApiKeyRow & { readonly sealedKey: { readonly encryptionKeyId: string } | null };

/** What resolution needs to know of one live key. */
export interface ResolvableKey {
  readonly id: string;
  readonly provider: ProviderId;
  readonly status: 'ACTIVE' | 'DISABLED';
  readonly maskedKey: string;
  readonly health: KeyHealth;
  readonly envelope: string | null;
  readonly encryptionKeyId: string | null;
}

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
  findResolvable(userId: string, providers: readonly ProviderId[]): Promise<ResolvableKey[]> {
    return this.database.client.$queryRaw<ResolvableKey[]>`
      SELECT api_keys.id, provider, status::text, masked_key AS "maskedKey", health::text,
        envelope, encryption_key_id AS "encryptionKeyId"
      FROM api_keys LEFT JOIN sealed_keys ON key_id = api_keys.id AND sealed_keys.user_id = api_keys.user_id
      WHERE api_keys.user_id = ${userId} AND status IN ('ACTIVE', 'DISABLED') AND provider = ANY(${[...providers]})`;
  }

  findLive(userId: string): Promise<StoredKey[]> {
    return this.database.client.apiKey.findMany({
      where: { userId, status: { in: LIVE } },
      include: { sealedKey: { select: { encryptionKeyId: true } } },
    });
  }

  findById(userId: string, id: string): Promise<StoredKey | null> {
    return this.database.client.apiKey.findFirst({
      where: { userId, id, status: { not: 'DELETED' } },
      include: { sealedKey: { select: { encryptionKeyId: true } } },
    });
  }

  /** Newest first, at most `limit`, older than the key `afterId`. */
  listHistory(userId: string, limit: number, afterId: string | null): Promise<StoredKey[]> {
    return this.database.client.apiKey.findMany({
      where: { userId, ...(afterId && { id: { lt: afterId } }) },
      include: { sealedKey: { select: { encryptionKeyId: true } } },
      orderBy: { id: 'desc' },
      take: limit,
    });
  }

  /**
   * Makes changes to one user's key of one provider wait for each other until the transaction ends. The partial unique
   * index keeps the rule even without it; with it, the second of two stores waits instead of failing.
   */
  async lockProvider(userId: string, provider: ProviderId, transaction: DatabaseClient): Promise<void> {
    const name = JSON.stringify([userId, provider]);
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`;
  }

  findLiveOf(userId: string, provider: ProviderId, transaction: DatabaseClient): Promise<ApiKeyRow | null> {
    return transaction.apiKey.findFirst({ where: { userId, provider, status: { in: LIVE } } });
  }

  findLiveById(userId: string, id: string, transaction: DatabaseClient): Promise<ApiKeyRow | null> {
    return transaction.apiKey.findFirst({ where: { userId, id, status: { in: LIVE } } });
  }

  async insert(userId: string, key: NewKey, transaction: DatabaseClient): Promise<StoredKey> {
    const { envelope, encryptionKeyId, ...columns } = key;
    return transaction.apiKey.create({
      data: {
        ...columns,
        userId,
        status: 'ACTIVE',
        sealedKey: { create: { userId, envelope, encryptionKeyId } },
      },
      include: { sealedKey: { select: { encryptionKeyId: true } } },
    });
  }

  /** Ends a key and destroys its ciphertext. @returns whether it was live */
  async end(
    userId: string,
    id: string,
    ending: { status: 'REPLACED'; replacedById: string } | { status: 'DELETED' },
    transaction: DatabaseClient,
  ): Promise<boolean> {
    await transaction.sealedKey.deleteMany({ where: { userId, keyId: id } });
    const { count } = await transaction.apiKey.updateMany({
      where: { userId, id, status: { in: LIVE } },
      data: { ...ending, endedAt: new Date() },
    });
    return count === 1;
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
      include: { sealedKey: { select: { encryptionKeyId: true } } },
    });
  }

  async recordUse(userId: string, id: string, transaction: DatabaseClient): Promise<void> {
    await transaction.apiKey.updateMany({ where: { userId, id }, data: { lastUsedAt: new Date() } });
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
