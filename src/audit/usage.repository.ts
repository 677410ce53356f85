import { Injectable } from '@nestjs/common';
import { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import { Prisma } from '../prisma/generated/client.js';
import { providerIdsOf } from '../providers/registry/provider-ids.js';
import { registry } from '../providers/registry/registry.js';
import type { UsageBucketSize } from './usage.model.js';
import { SERVER_KEY } from './writer/roll-up.js';

export interface UsageSums {
  /** As it is stored: a newer version may know more providers and sources than this one. */
  readonly provider: string;
  readonly keySource: string;
  readonly chats: bigint;
  readonly searches: bigint;
  readonly failures: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly cacheWriteInputTokens: bigint;
  readonly pricedChats: bigint;
  /** In dollars; null where nothing has a price. */
  readonly cost: string | null;
}

export interface UsageRow extends UsageSums {
  readonly start: Date;
}

export interface ModelRow extends UsageSums {
  /** Null for all that have no line of their own. */
  readonly model: string | null;
}

export interface KeyRow extends UsageSums {
  /** Null for all that have no line of their own. */
  readonly keyId: string | null;
}

/** What a report sums up. */
const counts = {
  chats: 'chats',
  searches: 'searches',
  failures: 'failures',
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  cached_input_tokens: 'cachedInputTokens',
  cache_write_input_tokens: 'cacheWriteInputTokens',
  priced_chats: 'pricedChats',
} as const;
const columns = [...Object.keys(counts), 'cost'];
const summed = Prisma.raw(columns.map((column) => `sum(${column}) AS ${column}`).join(', '));
const subtracted = Prisma.raw(columns.map((column) => `-${column}`).join(', '));
const listed = Prisma.raw(columns.join(', '));
/** model_hours has chats only. */
const listedOfChats = Prisma.raw(
  columns.map((column) => (column === 'searches' ? '0::bigint' : column)).join(', '),
);
const counted = Prisma.raw(
  Object.entries(counts)
    .map(([column, name]) => `sum(${column})::bigint AS "${name}"`)
    .join(', '),
);

const chatProviders: readonly string[] = providerIdsOf('CHAT');
const allProviders: readonly string[] = registry.map(({ id }) => id);
const knownSources = Object.values(KeySource);

@Injectable()
export class UsageRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Sums by bucket, provider and key source; buckets without use have no row. One query for any range. */
  sum(userId: string, from: Date, to: Date, bucket: UsageBucketSize): Promise<UsageRow[]> {
    const unit = bucket.toLowerCase();
    return this.database.client.$queryRaw<UsageRow[]>`
      SELECT date_trunc(${unit}, hour, 'UTC') AS start, provider, key_source::text AS "keySource",
        ${counted}, sum(cost)::text AS cost
      FROM usage_hours
      WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to}
      GROUP BY 1, 2, 3`;
  }

  /**
   * Sums by model, provider and key source, those with the most tokens first: so many models at the most, and for each
   * provider and source one more row for all others.
   */
  sumByModel(userId: string, from: Date, to: Date, most: number): Promise<ModelRow[]> {
    return this.database.client.$queryRaw<ModelRow[]>`
      WITH hours (user_id, hour, provider, key_source, model, ${listed}) AS (
        SELECT user_id, hour, provider, key_source, model, ${listed} FROM key_hours
        UNION ALL
        SELECT user_id, hour, provider, key_source,
          -- Servers of a version before wrote down any model that a chat named, here alone.
          CASE WHEN output_tokens > 0 OR chats > failures THEN model ELSE '' END, ${listedOfChats}
        FROM model_hours
      ), models AS (
        SELECT provider, key_source::text AS source, nullif(model, '') AS model, ${summed}
        FROM hours
        WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to}
          AND provider = ANY(${chatProviders}) AND key_source::text = ANY(${knownSources})
        GROUP BY 1, 2, 3
      ), placed AS (
        SELECT *, row_number() OVER (
          ORDER BY model IS NULL, input_tokens + output_tokens DESC, chats DESC, provider, source, model
        ) AS place
        FROM models
      ), folded AS (
        SELECT *, CASE WHEN model IS NOT NULL AND place <= ${most} THEN place END AS line FROM placed
      )
      SELECT provider, source AS "keySource", CASE WHEN line IS NOT NULL THEN model END AS model,
        ${counted}, sum(cost)::text AS cost
      FROM folded
      GROUP BY 1, 2, 3, line
      ORDER BY line NULLS LAST, 1, 2`;
  }

  /**
   * Sums by stored key, those with the most tokens first: so many keys at the most, and for each provider and source one more
   * row for all that is in none of these.
   */
  sumByKey(userId: string, from: Date, to: Date, most: number): Promise<KeyRow[]> {
    return this.database.client.$queryRaw<KeyRow[]>`
      WITH keys AS (
        SELECT provider, key_source, key_id, ${summed}
        FROM key_hours
        WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to} AND key_id <> ${SERVER_KEY}::uuid
          AND provider = ANY(${allProviders}) AND key_source::text = ANY(${knownSources})
        GROUP BY 1, 2, 3
        ORDER BY sum(input_tokens) + sum(output_tokens) DESC, sum(chats) + sum(searches) DESC, key_id DESC
        LIMIT ${most}
      ), parts AS (
        SELECT provider, key_source, key_id, ${listed} FROM keys
        UNION ALL
        SELECT provider, key_source, NULL, ${listed} FROM usage_hours
        WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to}
        UNION ALL
        SELECT provider, key_source, NULL, ${subtracted} FROM keys
      )
      SELECT provider, key_source::text AS "keySource", key_id::text AS "keyId",
        ${counted}, CASE WHEN sum(priced_chats) > 0 THEN sum(cost)::text END AS cost
      FROM parts
      GROUP BY provider, key_source, key_id
      HAVING sum(chats) + sum(searches) > 0
      ORDER BY key_id IS NULL, sum(input_tokens) + sum(output_tokens) DESC,
        sum(chats) + sum(searches) DESC, provider, key_source, key_id DESC`;
  }
}
