import { Injectable } from '@nestjs/common';
import { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import {
  type ModelHour as ModelHourRow,
  Prisma,
  type UsageHour as UsageHourRow,
} from '../prisma/generated/client.js';
import type { Cost } from '../common/cost.js';
import { providerIdsOf } from '../providers/registry/provider-ids.js';
import { costIn } from './cost-in.js';
import type { UsageBucketSize } from './usage.model.js';

type WithCost<Row> = Omit<Row, 'cost'> & { readonly cost: Cost | null };
export type UsageHour = WithCost<UsageHourRow>;
export type ModelHour = WithCost<ModelHourRow>;

interface UsageSums {
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

/** What a report sums up, of usage_hours as of model_hours. */
const counts = {
  chats: 'chats',
  failures: 'failures',
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  cached_input_tokens: 'cachedInputTokens',
  cache_write_input_tokens: 'cacheWriteInputTokens',
  priced_chats: 'pricedChats',
} as const;
const summed = [...Object.keys(counts), 'cost'].map((column) => `sum(${column}) AS ${column}`);
const sums = Prisma.raw(
  [
    ...Object.entries(counts).map(([column, name]) => `sum(${column})::bigint AS "${name}"`),
    'sum(cost)::text AS cost',
  ].join(', '),
);

const chatProviders: readonly string[] = providerIdsOf('CHAT');
const knownSources = Object.values(KeySource);

@Injectable()
export class UsageRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * Hour by hour, the oldest first, at most `limit` rows after one of them. Those of a source that this version does not
   * know are left out, as in the trail.
   */
  async listHours(userId: string, limit: number, after: UsageHour | null): Promise<UsageHour[]> {
    const rows = await this.database.client.usageHour.findMany({
      where: { userId, keySource: { in: knownSources } },
      orderBy: [{ hour: 'asc' }, { provider: 'asc' }, { keySource: 'asc' }],
      take: limit,
      ...(after && {
        cursor: { userId_hour_provider_keySource: { userId, ...placeOf(after) } },
        skip: 1,
      }),
    });
    return rows.map((row) => ({ ...row, cost: costIn(row.cost) }));
  }

  /** The same for chats by model. */
  async listModelHours(userId: string, limit: number, after: ModelHour | null): Promise<ModelHour[]> {
    const rows = await this.database.client.modelHour.findMany({
      where: { userId, keySource: { in: knownSources } },
      orderBy: [{ hour: 'asc' }, { provider: 'asc' }, { keySource: 'asc' }, { model: 'asc' }],
      take: limit,
      ...(after && {
        cursor: {
          userId_hour_provider_keySource_model: { userId, ...placeOf(after), model: after.model },
        },
        skip: 1,
      }),
    });
    return rows.map((row) => ({ ...row, cost: costIn(row.cost) }));
  }

  /** Sums by bucket, provider and key source; buckets without use have no row. One query for any range. */
  sum(userId: string, from: Date, to: Date, bucket: UsageBucketSize): Promise<UsageRow[]> {
    const unit = bucket.toLowerCase();
    return this.database.client.$queryRaw<UsageRow[]>`
      SELECT date_trunc(${unit}, hour, 'UTC') AS start, provider, key_source::text AS "keySource",
        sum(searches)::bigint AS searches, ${sums}
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
      WITH models AS (
        SELECT provider, key_source::text AS source,
          -- Servers of the version before wrote down any model that a chat named.
          CASE WHEN output_tokens > 0 OR chats > failures THEN nullif(model, '') END AS model,
          ${Prisma.raw(summed.join(', '))}
        FROM model_hours
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
        0::bigint AS searches, ${sums}
      FROM folded
      GROUP BY 1, 2, 3, line
      ORDER BY line NULLS LAST, 1, 2`;
  }
}

const placeOf = ({ hour, provider, keySource }: UsageHour | ModelHour) => ({ hour, provider, keySource });
