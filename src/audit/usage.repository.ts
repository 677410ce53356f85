import { Injectable } from '@nestjs/common';
import { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { ModelHour, UsageHour } from '../prisma/generated/client.js';
import type { UsageBucketSize } from './usage.model.js';

export type { ModelHour, UsageHour };

export interface UsageRow {
  readonly start: Date;
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
}

const knownSources = Object.values(KeySource);

@Injectable()
export class UsageRepository {
  constructor(private readonly database: DatabaseService) {}

  /**
   * Hour by hour, the oldest first, at most `limit` rows after one of them. Those of a source that this version does not
   * know are left out, as in the trail.
   */
  listHours(userId: string, limit: number, after: UsageHour | null): Promise<UsageHour[]> {
    return this.database.client.usageHour.findMany({
      where: { userId, keySource: { in: knownSources } },
      orderBy: [{ hour: 'asc' }, { provider: 'asc' }, { keySource: 'asc' }],
      take: limit,
      ...(after && {
        cursor: { userId_hour_provider_keySource: { userId, ...placeOf(after) } },
        skip: 1,
      }),
    });
  }

  /** The same for chats by model. */
  listModelHours(userId: string, limit: number, after: ModelHour | null): Promise<ModelHour[]> {
    return this.database.client.modelHour.findMany({
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
  }

  /** Sums by bucket, provider and key source; buckets without use have no row. One query for any range. */
  sum(userId: string, from: Date, to: Date, bucket: UsageBucketSize): Promise<UsageRow[]> {
    const unit = bucket.toLowerCase();
    return this.database.client.$queryRaw<UsageRow[]>`
      SELECT date_trunc(${unit}, hour, 'UTC') AS start, provider, key_source::text AS "keySource",
        sum(chats)::bigint AS chats, sum(searches)::bigint AS searches, sum(failures)::bigint AS failures,
        sum(input_tokens)::bigint AS "inputTokens", sum(output_tokens)::bigint AS "outputTokens",
        sum(cached_input_tokens)::bigint AS "cachedInputTokens",
        sum(cache_write_input_tokens)::bigint AS "cacheWriteInputTokens"
      FROM usage_hours
      WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to}
      GROUP BY 1, 2, 3`;
  }
}

const placeOf = ({ hour, provider, keySource }: UsageHour | ModelHour) => ({ hour, provider, keySource });
