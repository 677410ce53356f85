import { Field, InputType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { CURRENCY } from '../common/cost.js';
import { IsAmount } from '../common/is-amount.js';
import { IsMoment } from '../common/is-moment.js';
import { DateTime } from '../common/date-time.scalar.js';
import { READABLE_TEXT } from '../common/readable-text.js';
import { SafeInt } from '../common/safe-int.scalar.js';
import { AllowedUse } from './key-permission.js';
import { MAX_PATTERN_LENGTH, MAX_PATTERNS } from './model-patterns.js';

const IsLimit = (): PropertyDecorator => (target, property) => {
  IsOptional()(target, property);
  IsInt()(target, property);
  Min(1)(target, property);
  Max(Number.MAX_SAFE_INTEGER)(target, property);
};

@InputType({ description: 'An amount of money.' })
export class CostInput {
  @Field({
    description:
      'The amount, as a decimal number: `20` or `0.5`. More than 0, at most 1,000,000,000, with 12 decimal places at the most.',
  })
  @IsAmount()
  amount!: string;

  @Field({ description: 'The currency, as ISO 4217 has it. It must be `USD`: prices are known in no other.' })
  @IsIn([CURRENCY], { message: `must be ${CURRENCY}: prices are known in no other currency` })
  currency!: string;
}

@InputType({
  description: 'How much a key may be used in a calendar month, in UTC: at least one of the three.',
})
export class MonthlyLimitInput {
  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Tokens, read and written, 1 or more; chat providers only. A chat reserves what it may need: a token for each three bytes of its messages, and `maxOutputTokens` or, where it has none, the smaller of 4,096 and a quarter of what is left. Running chats may use more than they reserved.',
  })
  @IsLimit()
  tokens?: number | null;

  @Field(() => SafeInt, { nullable: true, description: 'Chats and searches, 1 or more. Never exceeded.' })
  @IsLimit()
  requests?: number | null;

  @Field(() => CostInput, {
    nullable: true,
    description:
      'What chats may cost at list prices; chat providers only, and no endpoints. Then only models with a known price may be used. A chat reserves the price of the tokens that it may need, and where it has no `maxOutputTokens`, for its output the smaller of 4,096 tokens and a quarter of what is left.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => CostInput)
  cost?: CostInput | null;
}

/** What an owner may allow a key for. What is left out stays as it is, and null clears it. */
@InputType({ isAbstract: true })
export abstract class KeyLimitsInput {
  @Field(() => DateTime, {
    nullable: true,
    description:
      'From when on it must not be used: requests that it would serve are KEY_EXPIRED then. Null: never.',
  })
  @IsOptional()
  @IsMoment()
  expiresAt?: Date | null;

  @Field(() => [String], {
    nullable: true,
    description: `The only models that it may be used for: 1 to ${MAX_PATTERNS} patterns of 1 to ${MAX_PATTERN_LENGTH} characters, in which \`*\` stands for any characters. Chat providers only. Null: all models.`,
  })
  @IsOptional()
  @ArrayMinSize(1, { message: 'must have at least 1 pattern; null allows all models' })
  @ArrayMaxSize(MAX_PATTERNS, { message: `must have at most ${MAX_PATTERNS} patterns` })
  @IsString({ each: true })
  @Length(1, MAX_PATTERN_LENGTH, {
    each: true,
    message: `must have patterns of 1 to ${MAX_PATTERN_LENGTH} characters`,
  })
  @Matches(READABLE_TEXT, { each: true, message: 'must have no control characters' })
  allowedModels?: string[] | null;

  @Field(() => [AllowedUse], {
    nullable: true,
    description:
      'The only uses that it may be used for, at least one: CHAT for a chat provider, SEARCH and SEARCH_IN_CHAT for a search engine. Null: every use.',
  })
  @IsOptional()
  @ArrayMinSize(1, { message: 'must have at least 1 use; null allows every use' })
  @ArrayMaxSize(Object.keys(AllowedUse).length, { message: 'must not repeat uses' })
  allowedUses?: AllowedUse[] | null;

  @Field(() => MonthlyLimitInput, {
    nullable: true,
    description: 'How much it may be used in a calendar month, in UTC. Null: not limited.',
  })
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @ValidateNested()
  @Type(() => MonthlyLimitInput)
  monthlyLimit?: MonthlyLimitInput | null;
}
