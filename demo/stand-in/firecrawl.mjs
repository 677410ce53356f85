import { pagesAbout } from './pages.mjs';
import { bearerOf } from './sse.mjs';

/** Error answers as Firecrawl writes them. */
export const firecrawlErrors = {
  badKey: (/** @type {string | null} */ key) => error(401, `Unauthorized: Invalid token (${key})`),
  exhausted: (/** @type {string | null} */ key) =>
    error(
      402,
      `Insufficient credits to perform this request (${key}). For more credits, you can upgrade your plan.`,
    ),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, `Rate limit exceeded for ${key}. Consumed (req/min): 6, Remaining (req/min): 0.`, {
      'retry-after': '20',
    }),
  badRequest: (/** @type {string | null} */ key) =>
    error(400, `Bad Request (${key})`, {}, { code: 'BAD_REQUEST', details: [{ path: ['limit'] }] }),
  overloaded: (/** @type {string | null} */ key) =>
    error(500, `An unexpected error occurred (${key}).`, {}, { code: 'UNKNOWN_ERROR' }),
};

/**
 * Firecrawl's search (`POST /v2/search`).
 *
 * @type {import('./service.mjs').Service}
 */
export const firecrawl = {
  provider: 'FIRECRAWL',
  endpoints: { FIRECRAWL_BASE_URL: '/firecrawl' },
  keyShape: /^fc-[\w-]{8,}$/,
  keyOf: bearerOf,
  refuse: (exchange) => exchange.reply(firecrawlErrors.badKey(exchange.key)),
  answer(exchange) {
    const { body, method, path } = exchange;
    if (method === 'GET' && path === '/v2/team/credit-usage')
      return exchange.reply({ status: 200, body: credits });
    if (method !== 'POST' || path !== '/v2/search')
      return exchange.reply(error(404, `Cannot ${method} ${path}`));
    const wantsMarkdown = body.scrapeOptions?.formats?.includes('markdown') === true;
    const web = pagesAbout(body.query, body.limit ?? 5).map(({ title, url, snippet, markdown }, index) => ({
      url,
      title,
      description: snippet,
      position: index + 1,
      ...(wantsMarkdown && { markdown, metadata: { title, sourceURL: url, statusCode: 200 } }),
    }));
    exchange.reply({ status: 200, body: { success: true, data: { web }, creditsUsed: 2 } });
  },
};

const credits = { success: true, data: { remainingCredits: 470, planCredits: 500 } };

/**
 * @param {number} status
 * @param {string} message
 * @param {Record<string, string>} [headers]
 * @param {object} [more]
 */
function error(status, message, headers = {}, more = {}) {
  return { status, headers, body: { success: false, ...more, error: message } };
}
