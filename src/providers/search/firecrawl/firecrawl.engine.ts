import { ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import { defineSearchEngine, type SearchHit, type SearchRequest } from '../contract.js';
import { EngineClient, type FailureDialect } from '../engine-client.js';
import { checkBalance } from '../check-balance.js';
import { fieldOf, listOrNoneOf, textOf } from '../json-fields.js';

/** Firecrawl's statuses mean what they usually do; its errors hold a text and no code that says more. */
const failures: FailureDialect = { table: { codes: {} }, codesOf: () => [] };

/** The part of a search's time that one page may take: without it, one slow page would cost all results. */
const TIME_FOR_A_PAGE = 0.6;
/** Firecrawl refuses a shorter one, in milliseconds. */
const SHORTEST_TIME_FOR_A_PAGE = 1_000;

/**
 * Firecrawl's `POST /v2/search`: https://docs.firecrawl.dev/api-reference/endpoint/search. It refuses a body with a field
 * that it does not know.
 */
export const firecrawl = defineSearchEngine({
  id: 'FIRECRAWL',
  kind: 'SEARCH',
  displayName: 'Firecrawl',
  description: "Firecrawl's search, which can bring the pages' text as Markdown.",
  environment: {
    apiKey: 'FIRECRAWL_API_KEY',
    endpoints: {
      api: {
        variable: 'FIRECRAWL_BASE_URL',
        default: 'https://api.firecrawl.dev',
        acceptedSuffix: '/v2',
      },
    },
  },
  keyPrefixes: { public: ['fc-'], unmistakable: ['fc-'] },
  options: ['country', 'language'],
  queryLimit: { characters: 500 },
  textFormat: 'TEXT',
  createAdapter(settings, http) {
    const client = new EngineClient(http, settings, failures);
    const pageTimeoutMs = Math.max(
      SHORTEST_TIME_FOR_A_PAGE,
      Math.floor(settings.firstByteTimeoutMs * TIME_FOR_A_PAGE),
    );
    return {
      async search(request, key, signal) {
        const answer = await client.call(
          {
            method: 'POST',
            path: '/v2/search',
            headers: { authorization: `Bearer ${key.reveal()}` },
            body: toBody(request, pageTimeoutMs),
          },
          signal,
        );
        return resultsOf(answer).map(toHit);
      },
      /** `GET /v2/team/credit-usage`, at no cost: https://docs.firecrawl.dev/api-reference/endpoint/credit-usage */
      async check(key, signal) {
        const headers = { authorization: `Bearer ${key.reveal()}` };
        const answer = await client.call({ method: 'GET', path: '/v2/team/credit-usage', headers }, signal);
        checkBalance(fieldOf(fieldOf(answer, 'data'), 'remainingCredits'));
        return 'The engine accepted it: it has credit.';
      },
    };
  },
});

function toBody(
  { query, limit, includeContent, country, language }: SearchRequest,
  pageTimeoutMs: number,
): Record<string, unknown> {
  return {
    query,
    limit,
    ...(country !== undefined && { country }),
    ...(language !== undefined && { lang: language }),
    ...(includeContent && { scrapeOptions: { formats: ['markdown'], timeout: pageTimeoutMs } }),
  };
}

/**
 * The results stand in one list for each source asked; a source that found nothing may have none. Where it is the only
 * one, older versions give its list alone.
 */
function resultsOf(answer: unknown): readonly unknown[] {
  if (fieldOf(answer, 'success') !== true) throw new ProviderUnavailableError();
  const data = fieldOf(answer, 'data');
  return Array.isArray(data) ? (data as unknown[]) : listOrNoneOf(data, 'web');
}

function toHit(result: unknown): SearchHit {
  return {
    title: textOf(result, 'title') ?? '',
    url: textOf(result, 'url') ?? '',
    snippet: textOf(result, 'description') ?? '',
    content: textOf(result, 'markdown'),
    score: null,
  };
}
