import { ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import { defineSearchEngine, type SearchHit, type SearchRequest } from '../contract.js';
import { EngineClient, type FailureDialect } from '../engine-client.js';
import { checkBalance } from '../check-balance.js';
import { fieldOf, hasOneOf, listOrNoneOf, textOf } from '../json-fields.js';
import { tavilyCountries } from './tavily-countries.js';

const failures: FailureDialect = {
  // 432: the plan's limit; 433: the limit of what is paid as one goes.
  table: { codes: {}, statuses: { 432: 'keyExhausted', 433: 'keyExhausted' } },
  codesOf: () => [],
};

/** Tavily's `POST /search`: https://docs.tavily.com/documentation/api-reference/endpoint/search */
export const tavily = defineSearchEngine({
  id: 'TAVILY',
  kind: 'SEARCH',
  displayName: 'Tavily',
  description: "Tavily's search for language models: results have a score, and can bring the pages' text.",
  environment: {
    apiKey: 'TAVILY_API_KEY',
    endpoints: { api: { variable: 'TAVILY_BASE_URL', default: 'https://api.tavily.com' } },
  },
  keyPrefixes: { public: ['tvly-dev-', 'tvly-'], unmistakable: ['tvly-'] },
  options: ['country', 'depth'],
  countries: new Set(tavilyCountries.keys()),
  // "Query is too long. Max query length is 400 characters."
  queryLimit: { characters: 400 },
  textFormat: 'TEXT',
  createAdapter(settings, http) {
    const client = new EngineClient(http, settings, failures);
    return {
      async search(request, key, signal) {
        const answer = await client.call(
          {
            method: 'POST',
            path: '/search',
            headers: { authorization: `Bearer ${key.reveal()}` },
            body: toBody(request),
          },
          signal,
        );
        return resultsOf(answer).map(toHit);
      },
      /** `GET /usage`, at no cost: https://docs.tavily.com/documentation/api-reference/endpoint/usage */
      async check(key, signal) {
        const headers = { authorization: `Bearer ${key.reveal()}` };
        const answer = await client.call({ method: 'GET', path: '/usage', headers }, signal);
        checkBalance(leftOf(answer));
        return 'The engine accepted it: it has credit.';
      },
    };
  },
});

function toBody({ query, limit, includeContent, country, depth }: SearchRequest): Record<string, unknown> {
  const countryName = country === undefined ? undefined : tavilyCountries.get(country);
  return {
    query,
    topic: 'general',
    max_results: limit,
    include_raw_content: includeContent ? 'markdown' : false,
    ...(depth !== undefined && { search_depth: depth.toLowerCase() }),
    ...(countryName !== undefined && { country: countryName }),
  };
}

/** What is left of the key's own limit and of its account's plan, with what is paid as one goes. No limit is no number. */
function leftOf(answer: unknown): unknown {
  const [key, account] = [fieldOf(answer, 'key'), fieldOf(answer, 'account')];
  if (typeof fieldOf(key, 'usage') !== 'number') return undefined;
  const left = (part: unknown, usage: string, limit: string): number => {
    const [used, most] = [fieldOf(part, usage), fieldOf(part, limit)];
    return typeof used === 'number' && typeof most === 'number' ? most - used : Number.POSITIVE_INFINITY;
  };
  const ofPlan = Math.max(0, left(account, 'plan_usage', 'plan_limit'));
  return Math.min(left(key, 'usage', 'limit'), ofPlan + left(account, 'paygo_usage', 'paygo_limit'));
}

/** An answer without results may have no list, or null in its place. */
function resultsOf(answer: unknown): readonly unknown[] {
  if (!hasOneOf(answer, ['results', 'query', 'response_time', 'request_id'])) {
    throw new ProviderUnavailableError();
  }
  return listOrNoneOf(answer, 'results');
}

function toHit(result: unknown): SearchHit {
  const score = fieldOf(result, 'score');
  return {
    title: textOf(result, 'title') ?? '',
    url: textOf(result, 'url') ?? '',
    snippet: textOf(result, 'content') ?? '',
    content: textOf(result, 'raw_content'),
    score: typeof score === 'number' ? score : null,
  };
}
