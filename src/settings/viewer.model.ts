import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, IsOptional, ValidateIf } from 'class-validator';
import { describedEnum } from '../common/described-enum.js';
import { MaxItems } from '../common/list-size.js';
import { ID } from '../common/id.scalar.js';
import type { SearchProviderId } from '../providers/registry/provider-ids.js';
import { SearchProvider } from '../providers/registry/provider.enum.js';

/** More than there are rules: a newer version may have more. */
export const MOST_MUTED = 50;

export const FallbackPolicy = describedEnum(
  'FallbackPolicy',
  "Whether the caller's requests may fall back to the server's keys.",
  {
    USE_SERVER:
      "A request for which the caller has no key may use the server's, where the operator allows it.",
    NEVER: "No request of the caller ever spends a key of the server's.",
  },
);
export type FallbackPolicy = keyof typeof FallbackPolicy;

@ObjectType({ description: 'The caller.' })
export class Viewer {
  @Field(() => ID, { description: "The caller's id: the token's `sub`." })
  id!: string;

  @Field(() => FallbackPolicy, {
    description: "Whether the caller's requests may fall back to the server's keys.",
  })
  fallbackPolicy!: FallbackPolicy;

  @Field(() => SearchProvider, {
    nullable: true,
    description:
      'The search engine that a search which names none tries first. Null: the first with a key, in the order of SearchProvider.',
  })
  defaultSearchProvider!: SearchProviderId | null;

  @Field(() => [String], {
    description:
      'The rules of whose alerts the caller wants to hear nothing. The audit trail has what they find all the same.',
  })
  @MaxItems(MOST_MUTED)
  mutedRules!: readonly string[];
}

@InputType({ description: 'What to change of the settings. What is left out stays as it is.' })
export class UpdateSettingsInput {
  @Field(() => FallbackPolicy, {
    nullable: true,
    description:
      "Whether the caller's requests may fall back to the server's keys. Null: USE_SERVER, the default.",
  })
  @ValidateIf(() => false)
  fallbackPolicy?: FallbackPolicy | null;

  @Field(() => SearchProvider, {
    nullable: true,
    description: 'The search engine to try first where a search names none. Null: none.',
  })
  @ValidateIf(() => false)
  defaultSearchProvider?: SearchProviderId | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'The rules whose alerts are to be silent, as `KeyAlert.rule` names them, in the place of those that were. Null: none. It silences only `keyAlerts` and `keyAlertHistory`: the audit trail and the operator hear of everything.',
  })
  @IsOptional()
  @ArrayMaxSize(MOST_MUTED)
  mutedRules?: readonly string[] | null;
}

@ObjectType({ description: 'The settings as they are now.' })
export class UpdateSettingsPayload {
  @Field(() => Viewer, { description: 'The caller.' })
  viewer!: Viewer;
}
