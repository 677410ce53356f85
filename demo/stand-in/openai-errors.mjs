import { namedEvent } from './sse.mjs';

/** Error answers as OpenAI writes them. */
export const openaiErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(401, {
      message: `Incorrect API key provided: ${key}. You can find your API key at https://platform.openai.com/account/api-keys.`,
      code: 'invalid_api_key',
    }),
  quota: (/** @type {string | null} */ key) =>
    error(429, {
      message: `You exceeded your current quota, please check your plan and billing details. Key: ${key}.`,
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  rateLimit: (/** @type {string | null} */ key) =>
    error(
      429,
      {
        message: `Rate limit reached for requests with ${key}. Please try again in 20s.`,
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
      { 'retry-after': '20', 'x-ratelimit-remaining-requests': '0' },
    ),
  unknownModel: (/** @type {string} */ model) =>
    error(400, {
      message: `The requested model '${model}' does not exist.`,
      param: 'model',
      code: 'model_not_found',
    }),
  badParameter: (/** @type {string} */ param) =>
    error(400, {
      message: `Unsupported parameter: '${param}' is not supported with this model.`,
      param,
      code: 'unsupported_parameter',
    }),
  /** What organisations get that are not verified. */
  unverified: (/** @type {string | undefined} */ param) =>
    error(400, {
      message:
        'Your organization must be verified to generate reasoning summaries. Please go to the settings.',
      param,
      code: 'unsupported_value',
    }),
  /** Reasoning that was made with the key of another organisation. */
  foreignReasoning: () =>
    error(400, {
      message: 'The encrypted content gAAA...lv== could not be verified.',
      code: 'invalid_encrypted_content',
    }),
  noToolOutput: (/** @type {string} */ callId) =>
    error(400, { message: `No tool output found for function call ${callId}.`, param: 'input' }),
  region: () =>
    error(403, {
      message: 'Country, region, or territory not supported',
      type: 'request_forbidden',
      code: 'unsupported_country_region_territory',
    }),
  overloaded: () =>
    error(503, {
      message: 'The engine is currently overloaded, please try again later',
      type: 'server_error',
    }),
};

/** Events that end a stream with a failure. */
export const openaiStreamErrors = {
  error: (/** @type {string} */ code, message = 'Something went wrong.') =>
    namedEvent({ type: 'error', sequence_number: 9, code, message, param: null }),
  /** The shape in which the API nests it, against its own documentation. */
  nestedError: (/** @type {string} */ code, message = 'Something went wrong.') =>
    namedEvent({
      type: 'error',
      sequence_number: 9,
      error: { type: 'server_error', code, message, param: null },
    }),
  failed: (/** @type {string} */ code, message = 'Something went wrong.') =>
    namedEvent({
      type: 'response.failed',
      sequence_number: 9,
      response: { id: 'resp_0', object: 'response', status: 'failed', error: { code, message }, output: [] },
    }),
};

/** @param {import('./exchange.mjs').Exchange} exchange */
export function openaiNotFound({ method, path }) {
  return error(404, { message: `Invalid URL (${method} ${path})` });
}

/**
 * @param {number} status
 * @param {{ message: string, type?: string, param?: string | undefined, code?: string }} details
 * @param {Record<string, string>} [headers]
 */
function error(
  status,
  { message, type = 'invalid_request_error', param = undefined, code = undefined },
  headers = {},
) {
  return {
    status,
    headers: { 'x-request-id': 'req_standin', ...headers },
    body: { error: { message, type, param: param ?? null, code: code ?? null } },
  };
}
