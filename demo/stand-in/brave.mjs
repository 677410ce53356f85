import { pagesAbout } from './pages.mjs';

/** Error answers as Brave writes them. */
export const braveErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(422, 'SUBSCRIPTION_TOKEN_INVALID', `The provided subscription token is invalid: ${key}.`),
  exhausted: (/** @type {string | null} */ key) =>
    error(429, 'QUOTA_LIMITED', `Request quota limit exceeded for plan (${key}).`, {
      'x-ratelimit-remaining': '1, 0',
      'x-ratelimit-reset': '1, 1419704',
    }),
  /** Brave sends no `Retry-After`: what it tells is in headers of its own. */
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, 'RATE_LIMITED', `Request rate limit exceeded for plan (${key}).`, {
      'x-ratelimit-limit': '1, 15000',
      'x-ratelimit-policy': '1;w=1, 15000;w=2592000',
      'x-ratelimit-remaining': '0, 14523',
      'x-ratelimit-reset': '1, 1419704',
    }),
  badRequest: (/** @type {string | null} */ key) =>
    error(422, 'VALIDATION', `Unable to validate request parameter(s) (${key}).`),
  overloaded: (/** @type {string | null} */ key) =>
    error(500, 'INTERNAL_SERVER_ERROR', `Internal error (${key}).`),
};

/**
 * Brave's web search (`GET /res/v1/web/search`).
 *
 * @type {import('./service.mjs').Service}
 */
export const brave = {
  provider: 'BRAVE',
  endpoints: { BRAVE_BASE_URL: '/brave' },
  keyShape: /^BSA[\w-]{8,}$/,
  keyOf({ headers }) {
    const key = headers['x-subscription-token'];
    return typeof key === 'string' ? key : null;
  },
  refuse: (exchange) => exchange.reply(braveErrors.badKey(exchange.key)),
  answer(exchange) {
    const { method, path, query } = exchange;
    if (method !== 'GET' || !path.startsWith('/res/v1/web/search?')) {
      return exchange.reply(error(404, 'RESOURCE_NOT_FOUND', 'No such resource.'));
    }
    const asked = query.get('q') ?? '';
    const results = pagesAbout(asked, Number(query.get('count') ?? 20)).map(({ title, url, snippet }) => ({
      type: 'search_result',
      title,
      url,
      is_source_local: false,
      is_source_both: false,
      description: toHtml(snippet),
      language: 'en',
      family_friendly: true,
    }));
    const body = {
      type: 'search',
      query: { original: asked, more_results_available: true },
      web: { type: 'search', results, family_friendly: true },
    };
    exchange.reply({ status: 200, body });
  },
};

/** Brave's texts are HTML, also without decorations. @param {string} text */
function toHtml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&#x27;');
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} detail
 * @param {Record<string, string>} [headers]
 */
function error(status, code, detail, headers = {}) {
  const details = { id: '5d832250-9396-4f6e-b84a-2a1fe524cd7d', status, code, detail, meta: {} };
  return { status, headers, body: { type: 'ErrorResponse', error: details, time: 1_764_000_000 } };
}
