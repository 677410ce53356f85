import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ID } from '../common/id.scalar.js';
import { READABLE_TEXT } from '../common/readable-text.js';
import { CleanKey, Trimmed } from '../common/transforms.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';
import { ApiKey } from './api-key.model.js';
import { KeyLimitsInput } from './key-limits.input.js';
import { IsWholeKey } from './whole-key.validator.js';

const NAME_DESCRIPTION = "The owner's name for the key: 1 to 100 characters.";

@InputType({ description: 'An endpoint of your own.' })
export class EndpointInput {
  @Field({ description: 'What you call it: 1 to 50 letters, digits, spaces and `-_.`. A chat names it so.' })
  @Trimmed()
  @IsString()
  @Matches(/^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,48}[\p{L}\p{N}])?$/u, {
    message:
      'must be 1 to 50 letters, digits, spaces, dots, hyphens and underscores, with a letter or digit at both ends',
  })
  name!: string;

  @Field({
    description:
      'Its address, as the `openai` package takes it: `/chat/completions` and `/models` are appended to it. No user, query or fragment. 500 characters at the most.',
  })
  @IsString()
  baseUrl!: string;
}

@InputType({
  description:
    'A key to store. Limits that are left out are those of the key that it replaces, with what is used of this month.',
})
export class StoreApiKeyInput extends KeyLimitsInput {
  @Field(() => Provider, { description: 'The provider that the key unlocks.' })
  provider!: ProviderId;

  @Field({
    description:
      'The key: 8 to 4,096 printable ASCII characters without spaces. What clearly does not belong to it is removed: white space and quotes around it, `Bearer`, the name of its variable or header, the comma at the end of a line. A masked key, a placeholder and several keys in one are BAD_USER_INPUT. Pass it as a variable, never in the query text.',
  })
  @CleanKey()
  @IsWholeKey()
  apiKey!: string;

  @Field(() => String, { nullable: true, description: NAME_DESCRIPTION })
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 100, { message: 'must have 1 to 100 characters' })
  @Matches(READABLE_TEXT, { message: 'must have no control characters' })
  name?: string | null;

  @Field(() => EndpointInput, {
    nullable: true,
    description:
      'Where the key goes, with CUSTOM: always then, and only then. One key is kept for each name, and 20 names.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => EndpointInput)
  endpoint?: EndpointInput | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'Whether to try the key first, at no cost where the provider allows it. One that the provider rejects is not stored (KEY_REJECTED), and the one before it stays.',
  })
  verify?: boolean | null;
}

@InputType({ description: 'Changes to a stored key. What is left out stays as it is.' })
export class UpdateApiKeyInput extends KeyLimitsInput {
  @Field(() => ID, { description: 'Which key.' })
  keyId!: string;

  @Field(() => String, { nullable: true, description: `${NAME_DESCRIPTION} Null removes the name.` })
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 100, { message: 'must have 1 to 100 characters' })
  @Matches(READABLE_TEXT, { message: 'must have no control characters' })
  name?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the key is enabled. A disabled key is treated as if it did not exist.',
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsBoolean({ message: 'must be true or false; leave it out to keep it as it is' })
  enabled?: boolean | null;
}

@ObjectType({ description: 'The key that was stored.' })
export class StoreApiKeyPayload {
  @Field(() => ApiKey, { description: 'The new key.' })
  apiKey!: ApiKey;

  @Field(() => ID, { nullable: true, description: 'The key that it replaced, if there was one.' })
  replacedKeyId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why its verification showed nothing; null where it showed something, or was not asked for.',
  })
  warning!: string | null;
}

@ObjectType({ description: 'The key that was verified.' })
export class VerifyApiKeyPayload {
  @Field(() => ApiKey, {
    description: 'The key as it is now: `health` and `healthReason` say what was found.',
  })
  apiKey!: ApiKey;

  @Field(() => String, {
    nullable: true,
    description:
      'Why the verification showed nothing, and left `health` as it was; null where it showed something.',
  })
  warning!: string | null;
}

@ObjectType({ description: 'The key that was changed.' })
export class UpdateApiKeyPayload {
  @Field(() => ApiKey, { description: 'The key as it is now.' })
  apiKey!: ApiKey;
}

@ObjectType({ description: 'The key that was deleted.' })
export class DeleteApiKeyPayload {
  @Field(() => ID, { description: 'Its id.' })
  deletedKeyId!: string;
}
