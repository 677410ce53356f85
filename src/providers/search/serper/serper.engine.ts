import { ProviderTimeoutError, ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import type { Secret } from '../../../common/secret.js';
import { defineSearchEngine, type SearchHit, type SearchRequest } from '../contract.js';
import { withDeadline } from '../../../common/deadline.js';
import { EngineClient, type FailureDialect } from '../engine-client.js';
import { checkBalance } from '../check-balance.js';
import { fieldOf, hasOneOf, listOrNoneOf, textOf } from '../json-fields.js';
import { mapConcurrently } from '../map-concurrently.js';
import { selectHits } from '../select-hits.js';

const failures: FailureDialect = {
  // Spent credit is a 400 that differs from a bad request only in its message.
  table: { codes: { 'Not enough credits': 'keyExhausted', 'Unauthorized.': 'keyRejected' } },
  codesOf: (body) => [textOf(body, 'message')],
  statusIn: (body) => fieldOf(body, 'statusCode'),
};

/** Pages that are fetched at the same time. */
const CONCURRENT_PAGES = 5;
/** The part of a search's time after which pages that are not there yet are done without. */
const TIME_FOR_PAGES = 0.8;

/** Serper's `POST /search`, Google's results, and its scraping service for the pages' text: https://serper.dev */
export const serper = defineSearchEngine({
  id: 'SERPER',
  kind: 'SEARCH',
  displayName: 'Serper',
  description:
    "Google's results through Serper, which can bring the pages' text at the price of a request for each.",
  environment: {
    apiKey: 'SERPER_API_KEY',
    endpoints: {
      api: { variable: 'SERPER_BASE_URL', default: 'https://google.serper.dev' },
      scrape: { variable: 'SERPER_SCRAPE_BASE_URL', default: 'https://scrape.serper.dev' },
    },
  },
  keyPrefixes: { public: [], unmistakable: [] },
  options: ['country', 'language'],
  // Google's search pages take no longer words than that.
  queryLimit: { characters: 2048 },
  textFormat: 'TEXT',
  createAdapter(settings, http) {
    const client = new EngineClient(http, settings, failures);
    return {
      async search(request, key, signal, onLoss) {
        const pagesUntil = performance.now() + settings.firstByteTimeoutMs * TIME_FOR_PAGES;
        const hits = await searchGoogle(client, request, key, signal);
        const timeForPages = pagesUntil - performance.now();
        if (!request.includeContent || timeForPages <= 0) return hits;
        // Each page is paid for: none is fetched that would not be shown.
        return addContent(client, selectHits(hits, request.limit), key, signal, timeForPages, onLoss);
      },
      /** `GET /account`: what is left, at no cost. */
      async check(key, signal) {
        const headers = { 'x-api-key': key.reveal() };
        const answer = await client.call({ method: 'GET', path: '/account', headers }, signal);
        checkBalance(fieldOf(answer, 'balance'));
        return 'The engine accepted it: it has credit.';
      },
    };
  },
});

async function searchGoogle(
  client: EngineClient,
  { query, limit, country, language }: SearchRequest,
  key: Secret,
  signal: AbortSignal,
): Promise<SearchHit[]> {
  const answer = await client.call(
    {
      method: 'POST',
      path: '/search',
      headers: { 'x-api-key': key.reveal() },
      body: {
        q: query,
        num: limit,
        ...(country !== undefined && { gl: country.toLowerCase() }),
        ...(language !== undefined && { hl: language }),
      },
    },
    signal,
  );
  return resultsOf(answer).map(toHit);
}

/** The parts of an answer beside the results. Which of them are there depends on what Google shows. */
const OTHER_PARTS = [
  'searchParameters',
  'credits',
  'answerBox',
  'knowledgeGraph',
  'peopleAlsoAsk',
  'relatedSearches',
  'topStories',
  'images',
  'videos',
  'places',
  'shopping',
];

/** An answer without results has no part `organic`: there is only an answer box, or nothing but what was asked. */
function resultsOf(answer: unknown): readonly unknown[] {
  if (!hasOneOf(answer, ['organic', ...OTHER_PARTS])) throw new ProviderUnavailableError();
  return listOrNoneOf(answer, 'organic');
}

function toHit(result: unknown): SearchHit {
  return {
    title: textOf(result, 'title') ?? '',
    url: textOf(result, 'link') ?? '',
    snippet: textOf(result, 'snippet') ?? '',
    content: null,
    score: null,
  };
}

/** The results are paid for: a page that fails or comes late only leaves its own text away. */
async function addContent(
  client: EngineClient,
  hits: readonly SearchHit[],
  key: Secret,
  signal: AbortSignal,
  milliseconds: number,
  onLoss: (error: unknown) => void = () => undefined,
): Promise<SearchHit[]> {
  const withContent = await withDeadline(
    milliseconds,
    signal,
    () => new ProviderTimeoutError(),
    (inTime) =>
      mapConcurrently(hits, CONCURRENT_PAGES, async (hit) => ({
        ...hit,
        content: await scrape(client, hit.url, key, inTime).catch((error: unknown) => {
          onLoss(error);
          return null;
        }),
      })),
  );
  signal.throwIfAborted();
  return withContent;
}

async function scrape(
  client: EngineClient,
  url: string,
  key: Secret,
  signal: AbortSignal,
): Promise<string | null> {
  const answer = await client.call(
    {
      method: 'POST',
      endpoint: 'scrape',
      path: '/',
      headers: { 'x-api-key': key.reveal() },
      body: { url, includeMarkdown: true },
    },
    signal,
  );
  return textOf(answer, 'markdown') ?? textOf(answer, 'text');
}
