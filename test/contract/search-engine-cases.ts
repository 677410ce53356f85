import { braveErrors } from '../../demo/stand-in/brave.mjs';
import type { Reply } from '../../demo/stand-in/behaviours.mjs';
import { firecrawlErrors } from '../../demo/stand-in/firecrawl.mjs';
import { serperErrors } from '../../demo/stand-in/serper.mjs';
import { tavilyErrors } from '../../demo/stand-in/tavily.mjs';
import { brave } from '../../src/providers/search/brave/brave.engine.js';
import { firecrawl } from '../../src/providers/search/firecrawl/firecrawl.engine.js';
import { serper } from '../../src/providers/search/serper/serper.engine.js';
import { tavily } from '../../src/providers/search/tavily/tavily.engine.js';
import type { SearchEngineEntry, SearchHit, SearchRequest } from '../../src/providers/search/contract.js';

/** What one engine's wire looks like, for the suite that all of them pass. */
export interface EngineCase {
  readonly entry: SearchEngineEntry;
  readonly errors: Readonly<
    Record<'badKey' | 'exhausted' | 'rateLimit' | 'badRequest' | 'overloaded', (key: string | null) => Reply>
  >;
  /** Further refusals that only this engine has, and the code that each becomes. */
  readonly furtherErrors: readonly (readonly [string, Reply])[];
  /** Errors that come with the status 200, and the code that each becomes. */
  readonly okErrors: readonly (readonly [string, unknown])[];
  /** The milliseconds to wait that each answer gives; null for none. */
  readonly retries: readonly (readonly [number | null, Reply])[];
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly keyHeader: string;
  readonly keyScheme: string;
  /** What a search for `words`, with the limit 7 and nothing else, sends: the body, or the query's parameters. */
  readonly minimal: Readonly<Record<string, unknown>>;
  /** What an option adds to that. */
  readonly options: readonly (readonly [Partial<SearchRequest>, Readonly<Record<string, unknown>>])[];
  /** What the engine lacks, and what is sent in its place. */
  readonly lacking: readonly (readonly [Partial<SearchRequest>, Readonly<Record<string, unknown>>])[];
  /** Answers of the engine's own that hold no results, in forms that its fixtures do not have. */
  readonly empty: readonly object[];
  /** What test/fixtures/<engine>/search.json says. */
  readonly hits: readonly SearchHit[];
}

const hit = (title: string, url: string, snippet: string, score: number | null = null): SearchHit => ({
  title,
  url,
  snippet,
  content: null,
  score,
});

const RFC = 'RFC 7518: JSON Web Algorithms (JWA)';
const RFC_URL = 'https://www.rfc-editor.org/rfc/rfc7518';
const JWT = 'JSON Web Token – Größe zählt';
const JWT_URL = 'https://example.de/jwt';

function rateLimitedByBrave(windows: Readonly<Record<string, string>>): Reply {
  const headers = Object.entries(windows).map(([name, value]) => [`x-ratelimit-${name}`, value]);
  return { ...braveErrors.rateLimit(null), headers: Object.fromEntries(headers) as Record<string, string> };
}

export const engineCases: readonly EngineCase[] = [
  {
    entry: firecrawl,
    errors: firecrawlErrors,
    furtherErrors: [
      ['KEY_REJECTED', { status: 403, body: { success: false, error: 'Forbidden' } }],
      ['PROVIDER_TIMEOUT', { status: 408, body: { success: false, error: 'Request timed out' } }],
    ],
    okErrors: [
      ['PROVIDER_UNAVAILABLE', { success: false, error: 'Unauthorized: Invalid token' }],
      ['PROVIDER_UNAVAILABLE', { error: 'Internal Server Error' }],
    ],
    retries: [
      [20_000, firecrawlErrors.rateLimit(null)],
      [null, { status: 429, body: { success: false, error: 'Rate limit exceeded.' } }],
    ],
    method: 'POST',
    path: '/v2/search',
    keyHeader: 'authorization',
    keyScheme: 'Bearer ',
    minimal: { query: 'words', limit: 7 },
    options: [
      [{ country: 'DE' }, { country: 'DE' }],
      [{ language: 'de' }, { lang: 'de' }],
      [{ includeContent: true }, { scrapeOptions: { formats: ['markdown'], timeout: 6_000 } }],
    ],
    // It refuses a body with a field that it does not know.
    lacking: [[{ safeSearch: 'STRICT', depth: 'ADVANCED' }, {}]],
    empty: [
      { success: true },
      { success: true, data: null },
      { success: true, data: [] },
      { success: true, data: { web: null } },
      { success: true, data: { news: [] }, warning: 'Nothing was found.' },
    ],
    hits: [
      hit(
        RFC,
        RFC_URL,
        'This specification registers cryptographic algorithms and identifiers to be used with JWS, JWE, and JWK.',
      ),
      hit(
        'panva/jose: JWA, JWS, JWE, JWT, JWK, JWKS - GitHub',
        'https://github.com/panva/jose',
        '“jose” is a JavaScript module für Node.js, Browser & Co.',
      ),
    ],
  },
  {
    entry: brave,
    errors: braveErrors,
    furtherErrors: [
      ['KEY_REJECTED', { status: 422, body: { errors: [{ code: 'SUBSCRIPTION_TOKEN_INVALID' }] } }],
      ['KEY_REJECTED', { status: 404, body: { error: { code: 'SUBSCRIPTION_NOT_FOUND' } } }],
      ['KEY_EXHAUSTED', { status: 402, body: { error: { code: 'USAGE_LIMIT_EXCEEDED' } } }],
    ],
    okErrors: [
      ['KEY_REJECTED', { type: 'ErrorResponse', error: { code: 'SUBSCRIPTION_TOKEN_INVALID', status: 422 } }],
      ['KEY_EXHAUSTED', { type: 'ErrorResponse', error: { code: 'QUOTA_LIMITED', status: 429 } }],
      ['PROVIDER_RATE_LIMITED', { type: 'ErrorResponse', error: { code: 'SOMETHING_NEW', status: 429 } }],
      ['PROVIDER_BAD_REQUEST', { type: 'ErrorResponse', error: { code: 'CONTENT_POLICY', status: 403 } }],
      ['PROVIDER_UNAVAILABLE', { type: 'ErrorResponse', error: { code: 'SOMETHING_NEW' } }],
    ],
    retries: [
      [1_000, braveErrors.rateLimit(null)],
      [1_419_704_000, rateLimitedByBrave({ limit: '1, 15000', remaining: '0, 0', reset: '1, 1419704' })],
      // A plan that is paid by use has no limit for the month: nothing of it is ever left.
      [1_000, rateLimitedByBrave({ limit: '50, 0', remaining: '0, 0', reset: '1, 1419704' })],
      [1_000, rateLimitedByBrave({ remaining: '0', reset: '1' })],
      [null, rateLimitedByBrave({ limit: '1, 15000', remaining: '1, 15', reset: '1, 1419704' })],
      [null, rateLimitedByBrave({ limit: 'x', remaining: '0', reset: 'soon' })],
      [null, rateLimitedByBrave({})],
    ],
    method: 'GET',
    path: '/res/v1/web/search',
    keyHeader: 'x-subscription-token',
    keyScheme: '',
    minimal: { q: 'words', count: '7', text_decorations: 'false', result_filter: 'web' },
    options: [
      [{ country: 'DE' }, { country: 'DE' }],
      [{ language: 'de' }, { search_lang: 'de' }],
      [{ language: 'ja' }, { search_lang: 'jp' }],
      [{ language: 'no' }, { search_lang: 'nb' }],
      [{ language: 'pt' }, { search_lang: 'pt-pt' }],
      [
        { language: 'pt', country: 'BR' },
        { search_lang: 'pt-br', country: 'BR' },
      ],
      [{ language: 'zh' }, { search_lang: 'zh-hans' }],
      [
        { language: 'zh', country: 'TW' },
        { search_lang: 'zh-hant', country: 'TW' },
      ],
      [{ safeSearch: 'OFF' }, { safesearch: 'off' }],
      [{ safeSearch: 'MODERATE' }, { safesearch: 'moderate' }],
      [{ safeSearch: 'STRICT' }, { safesearch: 'strict' }],
      [{ includeContent: true }, {}],
    ],
    lacking: [
      ...['SG', 'IE', 'VN', 'EG', 'AQ'].map((country) => [{ country }, { country: 'ALL' }] as const),
      ...['id', 'fa', 'sw', 'nn', 'xx'].map((language) => [{ language }, {}] as const),
      [
        { country: 'SG', language: 'zh' },
        { country: 'ALL', search_lang: 'zh-hans' },
      ],
      [{ depth: 'ADVANCED' }, {}],
    ],
    empty: [
      { type: 'search' },
      { type: 'search', web: null },
      { type: 'search', web: {} },
      { type: 'search', web: { type: 'search', results: null } },
      { type: 'search', query: { original: 'words' }, news: { results: [] } },
    ],
    hits: [
      hit(
        'RFC 7518 - JSON Web Algorithms (JWA)',
        'https://datatracker.ietf.org/doc/html/rfc7518',
        'It defines several IANA registries for these <strong>identifiers</strong>. Jones&#x27;s &amp; others&#x27; work.',
      ),
      hit(JWT, JWT_URL, 'Kurz erklärt.'),
    ],
  },
  {
    entry: tavily,
    errors: tavilyErrors,
    furtherErrors: [['KEY_EXHAUSTED', tavilyErrors.payAsYouGoLimit('tvly-key')]],
    okErrors: [['PROVIDER_UNAVAILABLE', { detail: { error: 'Unauthorized: missing or invalid API key.' } }]],
    retries: [
      [60_000, tavilyErrors.rateLimit(null)],
      [null, { status: 429, body: { detail: { error: 'Too many requests.' } } }],
    ],
    method: 'POST',
    path: '/search',
    keyHeader: 'authorization',
    keyScheme: 'Bearer ',
    minimal: { query: 'words', topic: 'general', max_results: 7, include_raw_content: false },
    options: [
      [{ country: 'DE' }, { country: 'germany' }],
      [{ country: 'US' }, { country: 'united states' }],
      [{ country: 'CZ' }, { country: 'czech republic' }],
      [{ country: 'BA' }, { country: 'bosnia and herzegovina' }],
      [{ country: 'TR' }, { country: 'turkey' }],
      [{ country: 'MM' }, { country: 'myanmar' }],
      [{ country: 'CG' }, { country: 'congo' }],
      [{ country: 'KR' }, { country: 'south korea' }],
      [{ country: 'SG' }, { country: 'singapore' }],
      [{ depth: 'BASIC' }, { search_depth: 'basic' }],
      [{ depth: 'ADVANCED' }, { search_depth: 'advanced' }],
      [{ includeContent: true }, { include_raw_content: 'markdown' }],
    ],
    lacking: [
      ...['HK', 'CI', 'CD', 'PS', 'XK', 'AQ', 'MO'].map((country) => [{ country }, {}] as const),
      [{ language: 'de', safeSearch: 'STRICT' }, {}],
    ],
    empty: [
      { query: 'words', response_time: 0.2 },
      { query: 'words', results: null },
      { results: null },
      { query: 'words', answer: 'Forty-two.', images: [], results: [] },
    ],
    hits: [
      hit(RFC, RFC_URL, 'This specification registers cryptographic algorithms and identifiers.', 0.9462025),
      hit(JWT, JWT_URL, 'Kurz erklärt.', 0.71),
    ],
  },
  {
    entry: serper,
    errors: serperErrors,
    furtherErrors: [['KEY_REJECTED', { status: 401, body: { message: 'Unauthorized.' } }]],
    okErrors: [
      ['KEY_REJECTED', { message: 'Unauthorized.' }],
      ['KEY_REJECTED', { message: 'Something new', statusCode: 403 }],
      ['KEY_EXHAUSTED', { message: 'Not enough credits', statusCode: 400 }],
      ['PROVIDER_RATE_LIMITED', { message: 'Too many requests', statusCode: 429 }],
    ],
    retries: [
      [1_000, serperErrors.rateLimit(null)],
      [null, { status: 429, body: { message: 'Too many requests', statusCode: 429 } }],
    ],
    method: 'POST',
    path: '/search',
    keyHeader: 'x-api-key',
    keyScheme: '',
    minimal: { q: 'words', num: 7 },
    options: [
      [{ country: 'DE' }, { gl: 'de' }],
      [{ language: 'de' }, { hl: 'de' }],
    ],
    lacking: [[{ safeSearch: 'STRICT', depth: 'ADVANCED' }, {}]],
    empty: [
      { searchParameters: { q: 'words' }, answerBox: { answer: '42' }, credits: 1 },
      { searchParameters: { q: 'words' }, knowledgeGraph: { title: 'Words' } },
      { searchParameters: { q: 'words', type: 'search' }, credits: 1 },
      { searchParameters: { q: 'words' }, organic: null },
      { answerBox: { answer: '42' } },
      { credits: 1 },
    ],
    hits: [
      hit(RFC, RFC_URL, 'This specification registers cryptographic algorithms and identifiers ...'),
      hit(JWT, JWT_URL, 'Kurz erklärt.'),
    ],
  },
];

/** What an answer means whose JSON says nothing that is known. */
export const statusCases: readonly (readonly [number, string])[] = [
  [400, 'PROVIDER_BAD_REQUEST'],
  [401, 'KEY_REJECTED'],
  [402, 'KEY_EXHAUSTED'],
  [403, 'KEY_REJECTED'],
  [404, 'PROVIDER_UNAVAILABLE'],
  [409, 'PROVIDER_UNAVAILABLE'],
  [429, 'PROVIDER_RATE_LIMITED'],
  [500, 'PROVIDER_UNAVAILABLE'],
  [503, 'PROVIDER_UNAVAILABLE'],
];
