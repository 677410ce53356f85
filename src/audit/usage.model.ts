import { ArgsType, Field, ObjectType } from '@nestjs/graphql';
import { describedEnum } from '../common/described-enum.js';
import { IsOptional } from 'class-validator';
import { Cost } from '../common/cost.model.js';
import { DateTime } from '../common/date-time.scalar.js';
import { ID } from '../common/id.scalar.js';
import { IsMoment } from '../common/is-moment.js';
import { KeySource } from '../common/key-source.enum.js';
import { MaxItems } from '../common/list-size.js';
import { SafeInt } from '../common/safe-int.scalar.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';
import { registry } from '../providers/registry/registry.js';

export const UsageBucketSize = describedEnum(
  'UsageBucketSize',
  'The size of the buckets in a usage report.',
  {
    HOUR: 'By hour, UTC.',
    DAY: 'By day, UTC.',
  },
);
export type UsageBucketSize = keyof typeof UsageBucketSize;

/** Models with a line of their own in a report. */
export const MOST_MODELS = 100;
/** Keys with a line of their own in a report. */
export const MOST_KEYS = 100;

@ObjectType({ description: 'Sums over a period.' })
export class UsageTotals {
  @Field(() => SafeInt, { description: 'Chats that ended, successfully or not.' })
  chats!: number;

  @Field(() => SafeInt, { description: 'Web searches that ended, successfully or not.' })
  searches!: number;

  @Field(() => SafeInt, { description: 'Chats and searches that failed. Cancelled ones are no failures.' })
  failures!: number;

  @Field(() => SafeInt, { description: 'Tokens read by models, as the providers count them.' })
  inputTokens!: number;

  @Field(() => SafeInt, { description: 'Tokens written by models, as the providers count them.' })
  outputTokens!: number;

  @Field(() => SafeInt, {
    description: "Of the input, tokens read from the providers' caches, as far as they told.",
  })
  cachedInputTokens!: number;

  @Field(() => SafeInt, {
    description: "Of the input, tokens written to the providers' caches, as far as they told.",
  })
  cacheWriteInputTokens!: number;

  @Field(() => Cost, {
    nullable: true,
    description:
      'What the chats with a known price cost, each at its price then: one that was refused cost nothing. Null where none has one.',
  })
  cost!: Cost | null;

  @Field(() => SafeInt, {
    description: 'Chats whose cost is not known: they are in no sum of costs.',
  })
  unpricedChats!: number;
}

@ObjectType({ description: "What was used of one provider with one source's keys." })
export class ProviderUsage {
  @Field(() => Provider, { description: 'The provider.' })
  provider!: ProviderId;

  @Field(() => KeySource, { description: 'Whose keys.' })
  keySource!: KeySource;

  @Field(() => UsageTotals, { description: 'Its sums over the whole range.' })
  totals!: UsageTotals;
}

@ObjectType({ description: "What was used of one model with one source's keys." })
export class ModelUsage {
  @Field(() => Provider, { description: 'The provider.' })
  provider!: ProviderId;

  @Field(() => KeySource, { description: 'Whose keys.' })
  keySource!: KeySource;

  @Field(() => String, {
    nullable: true,
    description: `The model as chats named it. Null: all that brought no answer, and those beyond the ${MOST_MODELS} with the most tokens.`,
  })
  model!: string | null;

  @Field(() => UsageTotals, { description: 'Its sums over the whole range.' })
  totals!: UsageTotals;
}

@ObjectType({ description: 'What one key was used for.' })
export class KeyUsage {
  @Field(() => ID, {
    nullable: true,
    description: `The stored key: \`apiKeyHistory\` has it, also where it was replaced or deleted. Null: the server's keys; and of the caller's, those beyond the ${MOST_KEYS} with the most tokens, and what was used before keys were counted.`,
  })
  keyId!: string | null;

  @Field(() => Provider, { description: 'The provider.' })
  provider!: ProviderId;

  @Field(() => KeySource, { description: 'Whose key it is.' })
  keySource!: KeySource;

  @Field(() => UsageTotals, { description: 'Its sums over the whole range.' })
  totals!: UsageTotals;
}

@ObjectType({ description: 'What was used in one hour or one day.' })
export class UsageBucket {
  @Field(() => DateTime, { description: 'When the bucket begins, UTC.' })
  start!: Date;

  @Field(() => UsageTotals, { description: 'Its sums.' })
  totals!: UsageTotals;
}

@ObjectType({ description: "The caller's use of providers over a range of time." })
export class UsageReport {
  @Field(() => UsageTotals, { description: 'Sums over the whole range.' })
  totals!: UsageTotals;

  // For each provider, the user's keys and the server's.
  @MaxItems(2 * registry.length)
  @Field(() => [ProviderUsage], { description: 'The sums by provider and by whose key was used.' })
  byProvider!: ProviderUsage[];

  @MaxItems(MOST_MODELS + 2 * registry.length)
  @Field(() => [ModelUsage], {
    description: 'The sums by model, provider and by whose key was used, the most tokens first.',
  })
  byModel!: ModelUsage[];

  @MaxItems(MOST_KEYS + 2 * registry.length)
  @Field(() => [KeyUsage], {
    description: 'The sums by key, the most tokens first: together those by provider.',
  })
  byKey!: KeyUsage[];

  @Field(() => [UsageBucket], { description: 'The sums by hour or day, oldest first and without gaps.' })
  buckets!: UsageBucket[];
}

@ArgsType()
export class UsageArgs {
  @Field(() => DateTime, {
    nullable: true,
    description:
      'The beginning, inclusive, rounded down to a whole bucket. Default: 30 days (DAY) or 48 hours (HOUR) before the end.',
  })
  @IsOptional()
  @IsMoment()
  from?: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The end, exclusive, rounded up to a whole bucket. Default: now.',
  })
  @IsOptional()
  @IsMoment()
  to?: Date | null;

  @Field(() => UsageBucketSize, {
    nullable: true,
    defaultValue: 'DAY',
    description: 'The size of the buckets.',
  })
  @IsOptional()
  bucket?: UsageBucketSize | null;
}
