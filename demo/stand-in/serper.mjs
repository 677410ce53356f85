import { markdownOf, pagesAbout } from './pages.mjs';

/** Error answers as Serper writes them. Its real message for spent credit holds nothing but these words. */
export const serperErrors = {
  badKey: (/** @type {string | null} */ key) => error(403, `Unauthorized. ${key}`),
  exhausted: (/** @type {string | null} */ key) => error(400, 'Not enough credits', {}, { key }),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, `Too many requests: ${key}`, { 'retry-after': '1' }),
  badRequest: (/** @type {string | null} */ key) => error(400, `Invalid parameter: ${key}`),
  overloaded: (/** @type {string | null} */ key) => error(503, `Service unavailable: ${key}`),
};

/**
 * Serper: Google's results (`POST /search`) and, on a host of its own, the pages' text (`POST /`).
 *
 * @type {import('./service.mjs').Service}
 */
export const serper = {
  provider: 'SERPER',
  endpoints: { SERPER_BASE_URL: '/serper', SERPER_SCRAPE_BASE_URL: '/serper-scrape' },
  keyShape: /^(?!sk-|AIza|fc-|BSA|tvly-)[\w-]{16,}$/,
  keyOf({ headers }) {
    const key = headers['x-api-key'];
    return typeof key === 'string' ? key : null;
  },
  refuse: (exchange) => exchange.reply(serperErrors.badKey(exchange.key)),
  answer(exchange) {
    const { body, method, path } = exchange;
    if (method === 'GET' && path === '/account') return exchange.reply({ status: 200, body: account });
    if (method === 'POST' && path === '/search') return exchange.reply({ status: 200, body: search(body) });
    if (method === 'POST' && path === '/') return exchange.reply({ status: 200, body: scrape(body) });
    exchange.reply(error(404, 'Not Found'));
  },
};

const account = { balance: 2_492, rateLimit: 5 };

/** @param {{ q: string, num?: number, gl?: string, hl?: string }} body */
function search({ q, num = 10, gl = 'us', hl = 'en' }) {
  return {
    searchParameters: { q, gl, hl, num, type: 'search', engine: 'google' },
    organic: pagesAbout(q, num).map(({ title, url, snippet }, index) => ({
      title,
      link: url,
      snippet,
      position: index + 1,
    })),
    credits: num > 10 ? 2 : 1,
  };
}

/** @param {{ url: string, includeMarkdown?: boolean }} body */
function scrape({ url, includeMarkdown = false }) {
  const markdown = markdownOf(url);
  const text = markdown.replaceAll(/[#*]/g, '').trim();
  return { text, ...(includeMarkdown && { markdown }), metadata: { title: url }, credits: 2 };
}

/**
 * @param {number} status
 * @param {string} message
 * @param {Record<string, string>} [headers]
 * @param {object} [more]
 */
function error(status, message, headers = {}, more = {}) {
  return { status, headers, body: { message, statusCode: status, ...more } };
}
