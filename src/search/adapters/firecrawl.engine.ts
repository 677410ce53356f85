import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { defineSearchEngine, type SearchHit } from '../contract.js';
import { EngineClient, type FailureDialect } from '../engine-client.js';
import { fieldOf, listOrNoneOf, textOf } from '../json-fields.js';

/** Firecrawl's statuses mean what they usually do; its errors hold a text and no code that says more. */
const failures: FailureDialect = { table: { codes: {} }, codesOf: () => [] };

/** Firecrawl's `POST /v2/search`: https://docs.firecrawl.dev/api-reference/endpoint/search */
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
  options: ['country'],
  createAdapter(settings, http) {
    const client = new EngineClient(http, settings, failures);
    return {
      async search({ query, limit, includeContent, country }, key, signal) {
        const answer = await client.call(
          {
            method: 'POST',
            path: '/v2/search',
            headers: { authorization: `Bearer ${key.reveal()}` },
            body: {
              query,
              limit,
              ...(country !== undefined && { country }),
              ...(includeContent && { scrapeOptions: { formats: ['markdown'] } }),
            },
          },
          signal,
        );
        return resultsOf(answer).map(toHit);
      },
    };
  },
});

/** The results stand in one list for each source asked; a source that found nothing may have none. */
function resultsOf(answer: unknown): readonly unknown[] {
  if (fieldOf(answer, 'success') !== true) throw new ProviderUnavailableError();
  return listOrNoneOf(fieldOf(answer, 'data'), 'web');
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
