import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../prisma/database.service.js';
import type { UsageHour } from '../prisma/generated/client.js';
import type { UsageBucketSize } from './usage.model.js';

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
}

@Injectable()
export class UsageRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Hour by hour, the oldest first, at most `limit` rows after one of them. */
  listHours(userId: string, limit: number, after: UsageHour | null): Promise<UsageHour[]> {
    const { hour, provider, keySource } = after ?? {};
    return this.database.client.usageHour.findMany({
      where: { userId },
      orderBy: [{ hour: 'asc' }, { provider: 'asc' }, { keySource: 'asc' }],
      take: limit,
      ...(hour &&
        provider !== undefined &&
        keySource && {
          cursor: { userId_hour_provider_keySource: { userId, hour, provider, keySource } },
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
        sum(input_tokens)::bigint AS "inputTokens", sum(output_tokens)::bigint AS "outputTokens"
      FROM usage_hours
      WHERE user_id = ${userId} AND hour >= ${from} AND hour < ${to}
      GROUP BY 1, 2, 3`;
  }
}
