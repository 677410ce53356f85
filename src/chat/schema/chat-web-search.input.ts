import { Field, InputType, Int } from '@nestjs/graphql';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { describeOrder, type SearchProviderId } from '../../providers/registry/provider-ids.js';
import { SearchProvider } from '../../providers/registry/provider.enum.js';

export const DEFAULT_MAX_SEARCHES = 3;

@InputType({
  description:
    "How the model may search the web, with the caller's search keys or, where the caller has none, the server's. Each search costs money of its own.",
})
export class ChatWebSearchInput {
  @Field(() => SearchProvider, {
    nullable: true,
    description: `The engine. Left out: the first with a key, in the order ${describeOrder('SEARCH')}, at each search.`,
  })
  @IsOptional()
  provider?: SearchProviderId | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_MAX_SEARCHES,
    description:
      'The most searches in the whole chat: 1 to 10. When they are used up, the model has to answer with what it has.',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10)
  maxSearches?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      "Whether to bring the pages' text, where the engine gives it: for the model, and in SearchFinished.",
  })
  includeContent?: boolean | null;
}
