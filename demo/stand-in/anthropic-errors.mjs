import { namedEvent } from './sse.mjs';

/** Error answers as Anthropic writes them. */
export const anthropicErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(401, 'authentication_error', `invalid x-api-key: ${key}`),
  /** The old shape of spent credit: nothing but its message tells it from a bad request. */
  credit: (/** @type {string | null} */ key) =>
    error(
      400,
      'invalid_request_error',
      `Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits. (${key})`,
    ),
  billing: () => error(402, 'billing_error', 'There is an issue with your billing.'),
  spendLimit: () =>
    error(
      429,
      'rate_limit_error',
      'You have reached your API usage limits.',
      {},
      {
        error_code: 'enforced_spend_limit_reached',
      },
    ),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, 'rate_limit_error', `This request with ${key} would exceed your rate limit.`, {
      'retry-after': '17',
    }),
  unknownModel: (/** @type {string} */ model) => error(404, 'not_found_error', `model: ${model}`),
  badParameter: (/** @type {string} */ param) =>
    error(400, 'invalid_request_error', `${param}: Input should be less than or equal to 1`),
  noToolResult: (/** @type {string} */ id) =>
    error(
      400,
      'invalid_request_error',
      `messages.1: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}.`,
    ),
  permission: () =>
    error(403, 'permission_error', 'Your API key does not have permission to use the specified resource.'),
  overloaded: () => error(529, 'overloaded_error', 'Overloaded'),
};

/** Events that end a stream with a failure. */
export const anthropicStreamErrors = {
  error: (/** @type {string} */ type, message = 'Something went wrong.') =>
    namedEvent({ type: 'error', error: { type, message, details: null } }),
};

/** Answers a path that the API has not. */
export function anthropicNotFound() {
  return error(404, 'not_found_error', 'Not Found');
}

/**
 * @param {number} status
 * @param {string} type
 * @param {string} message
 * @param {Record<string, string>} [headers]
 * @param {object | null} [details]
 */
function error(status, type, message, headers = {}, details = null) {
  return {
    status,
    headers: { 'request-id': 'req_standin', ...headers },
    body: { type: 'error', error: { type, message, details }, request_id: 'req_standin' },
  };
}
