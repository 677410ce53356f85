import { Field, Int, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../common/date-time.scalar.js';
import { describedEnum } from '../common/described-enum.js';
import { ID } from '../common/id.scalar.js';
import { MaxItems } from '../common/list-size.js';
import { MAX_MODELS } from '../providers/chat/list-models.js';
import { type Modality as ModalityId, modalities } from '../providers/chat/listed-model.js';

export const Modality = describedEnum<ModalityId>('Modality', 'What may go into a model.', {
  TEXT: 'Text.',
  IMAGE: 'Pictures.',
  FILE: 'Files, such as PDF.',
  AUDIO: 'Sound.',
});

export const ModelListSource = describedEnum('ModelListSource', 'Where a list of models comes from.', {
  LIVE: 'The provider, asked with the key that a chat would use.',
  CATALOGUE:
    'What this server knows: there is no key, the key may not list models, or the provider had no answer to give.',
});
export type ModelListSource = keyof typeof ModelListSource;

@ObjectType({ description: 'What tokens of a model cost by the price list: decimal numbers as text.' })
export class ModelPrice {
  @Field({ description: 'The currency, ISO 4217: `USD`.' })
  currency!: string;

  @Field({ description: 'A million tokens that the model reads.' })
  inputPerMillion!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The same for those that are read from the provider's cache; null where they have no price of their own.",
  })
  cachedInputPerMillion!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The same for those that are written to the provider's cache; null where they have no price of their own.",
  })
  cacheWritePerMillion!: string | null;

  @Field({ description: 'A million tokens that the model writes.' })
  outputPerMillion!: string;
}

@ObjectType({ description: 'A model that a chat may name.' })
export class Model {
  @Field(() => ID, { description: 'Its name in a chat.' })
  id!: string;

  @Field({ description: 'Its name for people; the same as `id` where no other is known.' })
  displayName!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The most tokens that it can look at; null where that is not known.',
  })
  contextTokens!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The most tokens that it writes in one answer; null where that is not known.',
  })
  outputTokens!: number | null;

  @MaxItems(modalities.length)
  @Field(() => [Modality], { description: 'What may go in: TEXT, as far as nobody says more.' })
  input!: ModalityId[];

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it can call tools, such as a search; null where that is not known.',
  })
  tools!: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it can reason before it answers; null where that is not known.',
  })
  reasoning!: boolean | null;

  @Field(() => ModelPrice, {
    nullable: true,
    description: 'What its tokens cost; null where that is not known.',
  })
  price!: ModelPrice | null;
}

@ObjectType({ description: 'The models that a key may chat with.' })
export class ModelList {
  @Field(() => ModelListSource, { description: 'Where the list comes from.' })
  source!: ModelListSource;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the provider gave the list, up to ten minutes ago; null for CATALOGUE.',
  })
  fetchedAt!: Date | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The stored key that it is for; null for a key of the server, and where there is none.',
  })
  keyId!: string | null;

  @MaxItems(MAX_MODELS)
  @Field(() => [Model], {
    description: `Those that the key's allowedModels has, in the provider's order: ${MAX_MODELS.toLocaleString('en-GB')} at the most.`,
  })
  models!: Model[];
}
