import { Field, ObjectType } from '@nestjs/graphql';
import { describedEnum } from '../common/described-enum.js';
import { ID } from '../common/id.scalar.js';
import { DateTime } from '../common/date-time.scalar.js';
import { PageInfo } from '../common/pagination.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';

export const ApiKeyStatus = describedEnum('ApiKeyStatus', 'Whether a stored key can be used.', {
  ACTIVE: 'In use.',
  DISABLED: 'Disabled by its owner: treated as if it did not exist until it is enabled again.',
  REPLACED: 'A newer key took its place. Its ciphertext is destroyed.',
  DELETED: 'Deleted by its owner. Its ciphertext is destroyed.',
});
export type ApiKeyStatus = keyof typeof ApiKeyStatus;

export const KeyHealth = describedEnum('KeyHealth', 'What the last use of a key showed.', {
  UNVERIFIED: 'Not used yet.',
  VALID: 'The provider accepted it.',
  REJECTED: 'The provider refused it.',
  EXHAUSTED: 'The provider accepted it, but its quota or credit is spent.',
  UNREADABLE: 'It cannot be decrypted: its owner has to store it again.',
});
export type KeyHealth = keyof typeof KeyHealth;

@ObjectType({ description: 'A stored key. The key itself is never given back.' })
export class ApiKey {
  @Field(() => ID, { description: "The key's id." })
  id!: string;

  @Field(() => Provider, { description: 'The provider that it unlocks.' })
  provider!: ProviderId;

  @Field(() => String, { nullable: true, description: "Its owner's name for it." })
  name!: string | null;

  @Field({ description: "The provider's public prefix and at most the last four characters." })
  maskedKey!: string;

  @Field(() => ApiKeyStatus, { description: 'Whether it can be used.' })
  status!: ApiKeyStatus;

  @Field(() => KeyHealth, { description: 'What its last use showed.' })
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
