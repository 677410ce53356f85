import { Field, ObjectType } from '@nestjs/graphql';
import type { Cost as CostShape } from './cost.js';

@ObjectType({
  description:
    'What something costs, at list prices. Discounts, taxes and free allowances are not known here.',
})
export class Cost implements CostShape {
  @Field({ description: 'The amount, as an exact decimal number: `0.00125`.' })
  amount!: string;

  @Field(() => String, { description: 'The currency, as ISO 4217 has it: `USD`.' })
  currency!: CostShape['currency'];
}
