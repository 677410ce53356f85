import { Field, ObjectType } from '@nestjs/graphql';
import { Cost } from '../common/cost.model.js';
import { describedEnum } from '../common/described-enum.js';
import { ID } from '../common/id.scalar.js';
import { DateTime } from '../common/date-time.scalar.js';
import { MaxItems } from '../common/list-size.js';
import { PageInfo } from '../common/pagination.js';
import { SafeInt } from '../common/safe-int.scalar.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';
import { AllowedUse } from './key-permission.js';
import { MAX_PATTERNS } from './model-patterns.js';

export const ApiKeyStatus = describedEnum('ApiKeyStatus', 'Whether a stored key can be used.', {
  ACTIVE: 'In use.',
  DISABLED: 'Disabled by its owner: treated as if it did not exist until it is enabled again.',
  REPLACED: 'A newer key took its place. Its ciphertext is destroyed.',
  DELETED: 'Deleted by its owner. Its ciphertext is destroyed.',
});
export type ApiKeyStatus = keyof typeof ApiKeyStatus;

export const KeyHealth = describedEnum('KeyHealth', 'What the last use or verification of a key showed.', {
  UNVERIFIED: 'Neither used nor verified yet.',
  VALID: 'The provider accepted it.',
  REJECTED: 'The provider refused it.',
  EXHAUSTED: 'The provider accepted it, but its quota or credit is spent.',
  RATE_LIMITED: 'The provider accepted it, and limits how often it may be used.',
  UNREADABLE: 'It cannot be decrypted: its owner has to store it again.',
});
export type KeyHealth = keyof typeof KeyHealth;

@ObjectType({ description: 'How much a key may be used in a calendar month, in UTC.' })
export class MonthlyLimit {
  @Field(() => SafeInt, { nullable: true, description: 'Tokens, read and written. Null: not limited.' })
  tokens!: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Chats and searches. Null: not limited.' })
  requests!: number | null;

  @Field(() => Cost, {
    nullable: true,
    description:
      'What its chats may cost. Only models with a known price may be used then. Null: not limited.',
  })
  cost!: Cost | null;
}

@ObjectType({ description: 'How much a key was used in this calendar month, in UTC.' })
export class MonthlyUse {
  @Field(() => SafeInt, { description: 'Tokens, read and written.' })
  tokens!: number;

  @Field(() => SafeInt, { description: 'Chats and searches.' })
  requests!: number;

  @Field(() => Cost, { description: 'What its chats with a known price have cost.' })
  cost!: Cost;

  @Field(() => DateTime, { description: 'When the next month begins.' })
  resetsAt!: Date;
}

@ObjectType({ description: 'An endpoint of your own.' })
export class Endpoint {
  @Field({ description: 'What you call it.' })
  name!: string;

  @Field({ description: 'Its address, in its one form. The key goes nowhere else.' })
  baseUrl!: string;
}

@ObjectType({ description: 'A stored key. The key itself is never given back.' })
export class ApiKey {
  @Field(() => ID, { description: "The key's id." })
  id!: string;

  @Field(() => Provider, { description: 'The provider that it unlocks.' })
  provider!: ProviderId;

  @Field(() => Endpoint, { nullable: true, description: 'Where it goes, with CUSTOM; else null.' })
  endpoint!: Endpoint | null;

  @Field(() => String, { nullable: true, description: "Its owner's name for it." })
  name!: string | null;

  @Field({ description: "The provider's public prefix and at most the last four characters." })
  maskedKey!: string;

  @Field(() => ApiKeyStatus, { description: 'Whether it can be used.' })
  status!: ApiKeyStatus;

  @Field(() => KeyHealth, { description: 'What its last use or verification showed.' })
  health!: KeyHealth;

  @Field(() => String, {
    nullable: true,
    description: 'The health in plain words, where there is more to say.',
  })
  healthReason!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the health was last seen.' })
  healthCheckedAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was stored.' })
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was last opened for a request.' })
  lastUsedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'From when on its owner does not want it used: requests that it would serve are KEY_EXPIRED then.',
  })
  expiresAt!: Date | null;

  @Field({ description: 'Whether it expires within seven days, or has expired.' })
  expiresSoon!: boolean;

  @Field(() => DateTime, {
    description:
      'When it should be replaced by a new one: 90 days after it was stored, or at `expiresAt` if that is earlier.',
  })
  rotateBy!: Date;

  @Field({ description: 'Whether it should be rotated: `rotateBy` has passed.' })
  shouldRotate!: boolean;

  @MaxItems(MAX_PATTERNS)
  @Field(() => [String], {
    nullable: true,
    description:
      'The models that it may be used for, as patterns in which `*` stands for any characters. Null: all.',
  })
  allowedModels!: readonly string[] | null;

  @MaxItems(Object.keys(AllowedUse).length)
  @Field(() => [AllowedUse], { nullable: true, description: 'What it may be used for. Null: everything.' })
  allowedUses!: readonly AllowedUse[] | null;

  @Field(() => MonthlyLimit, {
    nullable: true,
    description: 'How much it may be used in a calendar month, in UTC. Null: not limited.',
  })
  monthlyLimit!: MonthlyLimit | null;

  @Field(() => MonthlyUse, {
    nullable: true,
    description:
      'How much of this month is used, with what is reserved for chats that go on. Null where it is not limited.',
  })
  usedThisMonth!: MonthlyUse | null;
}

@ObjectType({ description: 'A key in a page of them.' })
export class ApiKeyEdge {
  @Field({ description: 'Where this key stands, for `after`.' })
  cursor!: string;

  @Field(() => ApiKey, { description: 'The key.' })
  node!: ApiKey;
}

@ObjectType({ description: 'A page of all keys ever stored, newest first.' })
export class ApiKeyConnection {
  @Field(() => [ApiKeyEdge], { description: 'The keys of this page.' })
  edges!: ApiKeyEdge[];

  @Field(() => PageInfo, { description: 'Where this page stands.' })
  pageInfo!: PageInfo;
}
