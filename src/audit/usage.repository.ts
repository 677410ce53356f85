import { Injectable } from '@nestjs/common';
import type { KeySource } from '../common/key-source.enum.js';
import { DatabaseService } from '../prisma/database.service.js';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import type { ProviderId } from '../registry/provider-ids.js';
import type { UsageBucketSize } from './usage.model.js';

/** What one ended chat or search adds to the roll-up of its hour. */
export interface UsageIncrement {
  readonly provider: ProviderId;
  readonly keySource: KeySource;
  readonly chats: number;
  readonly searches: number;
  readonly failures: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

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

  async add(userId: string, at: Date, usage: UsageIncrement, transaction: DatabaseClient): Promise<void> {
    const { provider, keySource, chats, searches, failures, inputTokens, outputTokens } = usage;
    await transaction.$executeRaw`
      INSERT INTO usage_hours AS roll_up
        (user_id, hour, provider, key_source, chats, searches, failures, input_tokens, output_tokens)
      VALUES (
        ${userId}, date_trunc('hour', ${at}::timestamptz, 'UTC'), ${provider}, ${keySource}::"KeySource",
        ${chats}, ${searches}, ${failures}, ${inputTokens}, ${outputTokens}
      )
      ON CONFLICT (user_id, hour, provider, key_source) DO UPDATE SET
        chats = roll_up.chats + excluded.chats,
        searches = roll_up.searches + excluded.searches,
        failures = roll_up.failures + excluded.failures,
        input_tokens = roll_up.input_tokens + excluded.input_tokens,
        output_tokens = roll_up.output_tokens + excluded.output_tokens`;
  }

  /** Sums by bucket, provider and key source; buckets without use have no row. One query, whatever the range. */
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
