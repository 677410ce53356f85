import type {
  OperatorVariables,
  ProviderDefinition,
  ProviderSettings,
} from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import type { OutboundHttp } from '../../outbound/outbound-http.js';

export type SafeSearch = 'OFF' | 'MODERATE' | 'STRICT';
export type SearchDepth = 'BASIC' | 'ADVANCED';

/** What an engine writes its titles and snippets in: `HTML` has entities, and perhaps tags; `TEXT` has neither. */
export type TextFormat = 'HTML' | 'TEXT';

/** Options that not every engine has. */
export type SearchOption = 'country' | 'language' | 'safeSearch' | 'depth';

export interface QueryLimit {
  /** In code points. */
  readonly characters: number;
  /** Runs of characters other than white space; absent: any number. */
  readonly words?: number;
}

/** A web search in no engine's dialect. What is undefined is left to the engine. */
export interface SearchRequest {
  readonly query: string;
  /** 1 to 20. */
  readonly limit: number;
  /** Whether to bring the pages' text, as Markdown, where the engine gives it. */
  readonly includeContent: boolean;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string | undefined;
  /** ISO 639-1, lower case. */
  readonly language?: string | undefined;
  readonly safeSearch?: SafeSearch | undefined;
  readonly depth?: SearchDepth | undefined;
}

/** One result. An engine returns it as it came; SearchService cleans it (see normalise-hits.ts). */
export interface SearchHit {
  readonly title: string;
  readonly url: string;
  readonly snippet: string;
  /** The page's text as Markdown; null where it was not asked for or the engine has none. */
  readonly content: string | null;
  /** Relevance, 0 to 1, higher is better; null where the engine gives none. */
  readonly score: number | null;
}

/**
 * One search engine's dialect. It holds no state between calls, keeps nothing of the key, and leaves out what the engine
 * has no such option or value for.
 */
export interface SearchEngine {
  /**
   * @param onLoss called with a failure that costs no more than the text of a page
   * @throws UpstreamError, rebuilt from an allow-list: KEY_REJECTED, KEY_EXHAUSTED, PROVIDER_BAD_REQUEST,
   * PROVIDER_RATE_LIMITED, PROVIDER_UNAVAILABLE, PROVIDER_TIMEOUT, PROVIDER_TRUNCATED
   */
  search(
    request: SearchRequest,
    key: Secret,
    signal: AbortSignal,
    onLoss?: (error: unknown) => void,
  ): Promise<SearchHit[]>;

  /**
   * Makes the engine's cheapest call that a good key is needed for.
   *
   * @returns what its answer proves
   * @throws as {@link search}
   */
  check(key: Secret, signal: AbortSignal): Promise<string>;
}

/** A search engine's entry in the registry. */
export interface SearchEngineEntry<Id extends string = string> extends ProviderDefinition<Id> {
  readonly kind: 'SEARCH';
  readonly environment: OperatorVariables;
  /** The options that take effect here; naming this engine with another one is BAD_USER_INPUT. */
  readonly options: readonly SearchOption[];
  /**
   * The countries (ISO 3166-1 alpha-2) and languages (ISO 639-1) that it takes, where these are not all. Naming this
   * engine with another one is BAD_USER_INPUT; where it was not named, its adapter leaves the value out, or says "all"
   * where the engine has a word for it.
   */
  readonly countries?: ReadonlySet<string>;
  readonly languages?: ReadonlySet<string>;
  /** How long the words may be that it is asked with. */
  readonly queryLimit: QueryLimit;
  readonly textFormat: TextFormat;
  createAdapter(settings: ProviderSettings, http: OutboundHttp): SearchEngine;
}

/** Gives an entry its type and keeps its id literal. */
export function defineSearchEngine<const Id extends string>(
  entry: SearchEngineEntry<Id>,
): SearchEngineEntry<Id> {
  return entry;
}
