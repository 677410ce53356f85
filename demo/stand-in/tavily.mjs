import { pagesAbout } from './pages.mjs';
import { bearerOf } from './sse.mjs';

/** Error answers as Tavily writes them. */
export const tavilyErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(401, `Unauthorized: missing or invalid API key (${key}).`),
  exhausted: (/** @type {string | null} */ key) =>
    error(432, `This request exceeds your plan's set usage limit (${key}). Please upgrade your plan.`),
  payAsYouGoLimit: (/** @type {string | null} */ key) =>
    error(433, `This request exceeds the pay-as-you-go limit (${key}).`),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, `Your request has been blocked due to excessive requests (${key}).`, { 'retry-after': '60' }),
  badRequest: (/** @type {string | null} */ key) => error(400, `Invalid country (${key}).`),
  overloaded: (/** @type {string | null} */ key) => error(500, `Internal Server Error (${key})`),
};

/**
 * Tavily's search (`POST /search`).
 *
 * @type {import('./service.mjs').Service}
 */
export const tavily = {
  provider: 'TAVILY',
  endpoints: { TAVILY_BASE_URL: '/tavily' },
  keyShape: /^tvly-[\w-]{8,}$/,
  keyOf: bearerOf,
  refuse: (exchange) => exchange.reply(tavilyErrors.badKey(exchange.key)),
  answer(exchange) {
    const { body, method, path } = exchange;
    if (method === 'GET' && path === '/usage') return exchange.reply({ status: 200, body: usage });
    if (method !== 'POST' || path !== '/search') return exchange.reply(error(404, 'Not Found'));
    const results = pagesAbout(body.query, body.max_results ?? 5).map(
      ({ title, url, snippet, markdown }, index) => ({
        url,
        title,
        content: snippet,
        score: Number((0.95 - index * 0.04).toFixed(2)),
        raw_content: body.include_raw_content ? markdown : null,
      }),
    );
    const answer = {
      query: body.query,
      follow_up_questions: null,
      answer: null,
      images: [],
      results,
      response_time: 0.84,
      request_id: '123e4567-e89b-12d3-a456-426614174111',
    };
    exchange.reply({ status: 200, body: answer });
  },
};

const usage = {
  key: { usage: 150, limit: 1_000 },
  account: { current_plan: 'Researcher', plan_usage: 500, plan_limit: 1_000, paygo_usage: 0, paygo_limit: 0 },
};

/**
 * @param {number} status
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
function error(status, message, headers = {}) {
  return { status, headers, body: { detail: { error: message } } };
}
