import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import { describedEnum } from '../common/described-enum.js';
import { IsInt, IsOptional, Length, Matches, Max, Min } from 'class-validator';
import { KeySource } from '../common/key-source.enum.js';
import { MaxItems } from '../common/list-size.js';
import { LowerCase, Trimmed, UpperCase } from '../common/transforms.js';
import { describeOrder, type SearchProviderId } from '../providers/registry/provider-ids.js';
import { SearchProvider } from '../providers/registry/provider.enum.js';
import type {
  SafeSearch as SafeSearchId,
  SearchDepth as SearchDepthId,
} from '../providers/search/contract.js';

export const SafeSearch = describedEnum<SafeSearchId>(
  'SafeSearch',
  'How strictly adult content is kept out.',
  {
    OFF: 'Not at all.',
    MODERATE: 'Explicit pictures, or what the engine calls moderate.',
    STRICT: 'Everything explicit.',
  },
);

export const SearchDepth = describedEnum<SearchDepthId>('SearchDepth', 'How thoroughly to search.', {
  BASIC: 'Quick and cheap.',
  ADVANCED: 'Slower and more expensive, with snippets that fit the query better.',
});

/** The most results of one search. */
const MAX_RESULTS = 20;

/** The most characters that an engine is asked with. */
export const MAX_QUERY_LENGTH = 400;

const ENGINE_OPTION =
  'BAD_USER_INPUT where `provider` is named and has no such option; no effect where it is left out and the engine has none.';
const engineValue = (option: string): string =>
  `BAD_USER_INPUT where \`provider\` is named and has no such option or not this ${option}; no effect where it is left out and the engine lacks it.`;

@InputType({ description: 'What to search for, and how.' })
export class WebSearchInput {
  @Field({
    description:
      'The words to search for: 1 to 400 characters. BAD_USER_INPUT, with the limit, where the engine that would answer takes less, whether it is named or not: some take 50 words.',
  })
  @Trimmed()
  @Length(1, MAX_QUERY_LENGTH, { message: 'must have 1 to 400 characters' })
  query!: string;

  @Field(() => SearchProvider, {
    nullable: true,
    description: `The engine. Left out: the first with a key, in the order ${describeOrder('SEARCH')}.`,
  })
  @IsOptional()
  provider?: SearchProviderId | null;

  @Field(() => Int, { nullable: true, defaultValue: 5, description: 'The most results to return: 1 to 20.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_RESULTS)
  limit?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Whether to bring the pages' text as Markdown, where the engine gives it.",
  })
  includeContent?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: `Results for this country, ISO 3166-1 alpha-2: \`DE\`. ${engineValue('country')}`,
  })
  @IsOptional()
  @UpperCase()
  @Matches(/^[A-Z]{2}$/, { message: 'must be a country code of ISO 3166-1 alpha-2' })
  country?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Results in this language, ISO 639-1: \`de\`. ${engineValue('language')}`,
  })
  @IsOptional()
  @LowerCase()
  @Matches(/^[a-z]{2}$/, { message: 'must be a language code of ISO 639-1' })
  language?: string | null;

  @Field(() => SafeSearch, {
    nullable: true,
    description: `How strictly to keep adult content out. ${ENGINE_OPTION}`,
  })
  @IsOptional()
  safeSearch?: SafeSearchId | null;

  @Field(() => SearchDepth, { nullable: true, description: `How thoroughly to search. ${ENGINE_OPTION}` })
  @IsOptional()
  depth?: SearchDepthId | null;
}

@ObjectType({
  description:
    "One result of a web search. If the engine repeats the key that it was called with, the key is replaced by its masked form, or by `[key]` where it is the server's.",
})
export class SearchHit {
  @Field({ description: "The page's title, without markup." })
  title!: string;

  @Field({ description: "The page's address: http or https." })
  url!: string;

  @Field({ description: 'What the engine shows of the page, without markup.' })
  snippet!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The page's text as Markdown, where it was asked for and the engine gives it; over all results at most 24,000 characters. Untrusted: anyone may have written it.",
  })
  content!: string | null;

  @Field(() => Float, { nullable: true, description: 'Relevance, 0 to 1, where the engine reports it.' })
  score!: number | null;
}

@ObjectType({ description: 'What a web search found.' })
export class WebSearchResult {
  @Field({ description: 'The words that the engine was asked with: its own key in them is masked.' })
  query!: string;

  @Field(() => SearchProvider, { description: 'The engine that answered.' })
  provider!: SearchProviderId;

  @Field(() => KeySource, { description: 'Whose key paid.' })
  keySource!: KeySource;

  @MaxItems(MAX_RESULTS)
  @Field(() => [SearchHit], { description: 'The results, best first, each address once.' })
  results!: SearchHit[];

  @Field(() => Float, { description: 'Milliseconds that the engine took.' })
  tookMs!: number;
}
