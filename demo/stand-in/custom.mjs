import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService, modelList } from './chat-completions.mjs';
import { dataEvent } from './sse.mjs';

/** Error answers as OpenAI writes them, and most servers after it. */
export const customErrors = {
  badKey: (/** @type {string | null} */ key) => error(401, `Incorrect API key provided: ${key}.`),
  spent: (/** @type {string | null} */ key) => error(402, `No budget is left for ${key}.`),
  rateLimit: (/** @type {string | null} */ key) =>
    error(
      429,
      `Too many requests of ${key}. Please try again in 2s.`,
      { code: 'rate_limit_exceeded' },
      { 'retry-after': '13' },
    ),
  forbidden: () => error(403, 'This key may not do that.', { type: 'permission_error' }),
  unknownModel: (/** @type {string} */ model) => error(404, `The model ${model} does not exist.`),
  badParameter: (/** @type {string} */ field) =>
    error(400, `Unrecognized request argument supplied: ${field}`, { param: field }),
  missingResult: () => error(400, 'A tool call of the messages has no result.', { param: 'messages' }),
  overloaded: () => error(503, 'The model is loading.', { type: 'server_error' }, { 'retry-after': '2' }),
  /** A status, and a code that says something else. */
  says: (/** @type {number} */ status, /** @type {string} */ code) =>
    error(status, `The server says ${code}.`, { code, type: code }),
};

/** Events that end a stream with a failure. */
export const customStreamErrors = {
  error: (/** @type {string | number} */ code, message = 'Something went wrong.') =>
    dataEvent({ error: { message, type: 'server_error', param: null, code } }),
};

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const customChunks = {
  toReasoning: (text) => ({ reasoning_content: text }),
  toUsage: (counts) => ({ usage: usualUsage(counts) }),
};

/** A server of a user's own, as many run it. Its address is for `storeApiKey`, and no variable of the server. */
export const custom = chatCompletionsService({
  provider: 'CUSTOM',
  name: 'A server of your own',
  endpoints: { CUSTOM_BASE_URL: '/custom/v1' },
  keyShape: /^local-\w{8,}$/,
  versionPath: '',
  fields: ['max_tokens', 'stream_options', 'reasoning_effort'],
  chunks: customChunks,
  isReasoning: ({ reasoning_effort: effort }) => effort !== undefined,
  badKey: customErrors.badKey,
  badParameter: customErrors.badParameter,
  missingResult: customErrors.missingResult,
  lists: { '/models': modelList('local-model') },
});

/**
 * @param {number} status
 * @param {string} message
 * @param {{ type?: string, param?: string, code?: string }} [more]
 * @param {Record<string, string>} [headers]
 */
function error(status, message, more = {}, headers = {}) {
  const usual = { type: 'invalid_request_error', param: null, code: null };
  return { status, headers, body: { error: { message, ...usual, ...more } } };
}
