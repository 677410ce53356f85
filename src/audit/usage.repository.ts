import { Injectable } from '@nestjs/common';
import { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import {
  type ModelHour as ModelHourRow,
  Prisma,
  type UsageHour as UsageHourRow,
} from '../prisma/generated/client.js';
import type { Cost } from '../common/cost.js';
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
  readonly unpricedChats: bigint;
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
const sums = Prisma.raw(`
        sum(chats)::bigint AS chats, sum(failures)::bigint AS failures,
        sum(input_tokens)::bigint AS "inputTokens", sum(output_tokens)::bigint AS "outputTokens",
        sum(cached_input_tokens)::bigint AS "cachedInputTokens",
        sum(cache_write_input_tokens)::bigint AS "cacheWriteInputTokens",
        sum(unpriced_chats)::bigint AS "unpricedChats", sum(cost)::text AS cost`);

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
      WITH hours AS (
        SELECT provider, key_source, nullif(model, '') AS model, chats, failures, input_tokens, output_tokens,
          cached_input_tokens, cache_write_input_tokens, unpriced_chats, cost
        FROM model_hours
        WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to}
      ), ranked AS (
        SELECT provider, key_source, model, row_number() OVER (
          ORDER BY sum(input_tokens + output_tokens) DESC, sum(chats) DESC, provider, key_source, model
        ) AS rank
        FROM hours WHERE model IS NOT NULL
        GROUP BY 1, 2, 3
      ), placed AS (
        SELECT hours.*, CASE WHEN rank <= ${most} THEN rank END AS place
        FROM hours LEFT JOIN ranked USING (provider, key_source, model)
      )
      SELECT provider, key_source::text AS "keySource", CASE WHEN place IS NOT NULL THEN model END AS model,
        0::bigint AS searches, ${sums}
      FROM placed
      GROUP BY 1, 2, 3, place
      ORDER BY place NULLS LAST, 1, 2`;
  }
}

const placeOf = ({ hour, provider, keySource }: UsageHour | ModelHour) => ({ hour, provider, keySource });
