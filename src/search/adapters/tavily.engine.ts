import { defineSearchEngine, type SearchHit, type SearchRequest } from '../contract.js';
import { EngineClient, type FailureDialect } from '../engine-client.js';
import { fieldOf, listOf, textOf } from '../json-fields.js';

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
        return listOf(answer, 'results').map(toHit);
      },
    };
  },
});

function toBody({ query, limit, includeContent, country, depth }: SearchRequest): Record<string, unknown> {
  return {
    query,
    topic: 'general',
    max_results: limit,
    include_raw_content: includeContent ? 'markdown' : false,
    ...(depth !== undefined && { search_depth: depth.toLowerCase() }),
    ...(country !== undefined && { country: toCountryName(country) }),
  };
}

/** Where Tavily's name of a country is not the one that the Unicode consortium's data have. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  CG: 'congo',
  CZ: 'czech republic',
  MM: 'myanmar',
  TR: 'turkey',
};

const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** Tavily takes English names in lower case; one that it does not know it refuses as a bad request. */
function toCountryName(code: string): string {
  const name = OTHER_NAMES[code] ?? countryNames.of(code) ?? code;
  return name.toLowerCase().replace('&', 'and');
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
