import { secondsToRetryAfterMs } from '../../../outbound/retry-after.js';
import { ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import { defineSearchEngine, type SearchHit, type SearchRequest } from '../contract.js';
import { EngineClient, type FailureDialect } from '../engine-client.js';
import { fieldOf, listOrNoneOf, textOf } from '../json-fields.js';
import { braveCountries, braveLanguages, EVERY_COUNTRY, toSearchLanguage } from './brave-codes.js';

const failures: FailureDialect = {
  // A 422 is about the key or about a parameter, a 429 about the second's rate or about the month's quota.
  table: {
    codes: {
      SUBSCRIPTION_TOKEN_INVALID: 'keyRejected',
      SUBSCRIPTION_NOT_FOUND: 'keyRejected',
      RATE_LIMITED: 'rateLimited',
      QUOTA_LIMITED: 'keyExhausted',
      USAGE_LIMIT_EXCEEDED: 'keyExhausted',
    },
  },
  // The reference shows a list of errors, the service sends one.
  codesOf: (body) => {
    const errors = fieldOf(body, 'errors');
    return [textOf(fieldOf(body, 'error'), 'code'), textOf(Array.isArray(errors) ? errors[0] : null, 'code')];
  },
  statusIn: (body) => fieldOf(fieldOf(body, 'error'), 'status'),
  retryAfterMs: untilWindowsReset,
};

/** Brave's `GET /res/v1/web/search`: https://api-dashboard.search.brave.com/api-reference/web/search/get */
export const brave = defineSearchEngine({
  id: 'BRAVE',
  kind: 'SEARCH',
  displayName: 'Brave Search',
  description: "Brave's own index of the web. It gives no page text.",
  environment: {
    apiKey: 'BRAVE_API_KEY',
    endpoints: {
      api: {
        variable: 'BRAVE_BASE_URL',
        default: 'https://api.search.brave.com',
        acceptedSuffix: '/res/v1',
      },
    },
  },
  keyPrefixes: { public: ['BSA'], unmistakable: [] },
  options: ['country', 'language', 'safeSearch'],
  countries: braveCountries,
  languages: braveLanguages,
  queryLimit: { characters: 400, words: 50 },
  textFormat: 'HTML',
  createAdapter(settings, http) {
    const client = new EngineClient(http, settings, failures);
    return {
      async search(request, key, signal) {
        const answer = await client.call(
          {
            method: 'GET',
            path: `/res/v1/web/search?${toQuery(request).toString()}`,
            headers: { 'x-subscription-token': key.reveal() },
          },
          signal,
        );
        return resultsOf(answer).map(toHit);
      },
      /** Brave has no call that is free: the smallest search. */
      async check(key, signal) {
        await this.search({ query: 'a', limit: 1, includeContent: false }, key, signal);
        return 'The engine accepted it: it may search. This has cost one search.';
      },
    };
  },
});

function toQuery({ query, limit, country, language, safeSearch }: SearchRequest): URLSearchParams {
  const searchLanguage = toSearchLanguage(language, country);
  return new URLSearchParams({
    q: query,
    count: String(limit),
    text_decorations: 'false',
    result_filter: 'web',
    ...(country !== undefined && { country: braveCountries.has(country) ? country : EVERY_COUNTRY }),
    ...(searchLanguage !== undefined && { search_lang: searchLanguage }),
    ...(safeSearch !== undefined && { safesearch: safeSearch.toLowerCase() }),
  });
}

/** An answer without results has no part `web` at all. */
function resultsOf(answer: unknown): readonly unknown[] {
  if (textOf(answer, 'type') !== 'search') throw new ProviderUnavailableError();
  return listOrNoneOf(fieldOf(answer, 'web'), 'results');
}

function toHit(result: unknown): SearchHit {
  return {
    title: textOf(result, 'title') ?? '',
    url: textOf(result, 'url') ?? '',
    snippet: textOf(result, 'description') ?? '',
    content: null,
    score: null,
  };
}

/**
 * Brave names each window's limit (0 where there is none), what is left of it, and the seconds until it begins anew:
 * `1, 15000`, `0, 14523` and `1, 1419704`. A retry makes sense when all that are used up have begun anew.
 */
function untilWindowsReset(headers: Headers): number | null {
  const limits = numbersIn(headers.get('x-ratelimit-limit'));
  const remaining = numbersIn(headers.get('x-ratelimit-remaining'));
  const isUsedUp = (index: number): boolean => remaining[index] === 0 && limits[index] !== 0;
  const resets = numbersIn(headers.get('x-ratelimit-reset')).filter((_, index) => isUsedUp(index));
  return resets.length === 0 ? null : secondsToRetryAfterMs(Math.max(...resets));
}

function numbersIn(list: string | null): number[] {
  return list?.split(',').map(Number) ?? [];
}
