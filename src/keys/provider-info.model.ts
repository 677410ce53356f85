import { Field, ObjectType } from '@nestjs/graphql';
import type { ProviderKind as ProviderKindId } from '../common/provider-definition.js';
import { KeySource } from '../common/key-source.enum.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider, ProviderKind } from '../providers/registry/provider.enum.js';

@ObjectType({ description: 'A provider, and whether the caller can use it now.' })
export class ProviderInfo {
  @Field(() => Provider, { description: 'The provider.' })
  provider!: ProviderId;

  @Field(() => ProviderKind, { description: 'What it is for.' })
  kind!: ProviderKindId;

  @Field({ description: 'Its display name.' })
  displayName!: string;

  @Field(() => KeySource, {
    nullable: true,
    description:
      'Whose key a request that names this provider would use now, with CUSTOM any of your endpoints; null where there is none to use.',
  })
  keySource!: KeySource | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The model of a chat that names none; null for search engines, and for CUSTOM, which has none.',
  })
  defaultModel!: string | null;
}
