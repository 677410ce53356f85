import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService, modelList } from './chat-completions.mjs';
import { dataEvent } from './sse.mjs';

/** Error answers as DeepSeek writes them: the code is the same for all. */
export const deepseekErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(401, `Authentication Fails, Your api key: ${key} is invalid`, 'authentication_error'),
  balance: () => error(402, 'Insufficient Balance', 'unknown_error'),
  /** With a key, which the real one never echoes. */
  spent: (/** @type {string | null} */ key) => error(402, `Insufficient Balance of ${key}`, 'unknown_error'),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, `Rate limit reached for requests of ${key}.`, 'rate_limit_error', { 'retry-after': '11' }),
  unknownModel: () => error(400, 'Model Not Exist'),
  contentRisk: () => error(400, 'Content Exists Risk'),
  badParameter: (/** @type {string} */ field) => error(422, `Invalid ${field} value.`),
  missingResult: () =>
    error(400, "An assistant message with 'tool_calls' must be followed by tool messages."),
  /** What a turn in which the model thought and called tools is answered with when it comes back without the thought. */
  missingReasoning: () =>
    error(400, 'The reasoning_content in the thinking mode must be passed back to the API.'),
  overloaded: () => error(503, 'Service is too busy.', 'service_unavailable_error'),
};

/** Events that end a stream with a failure. */
export const deepseekStreamErrors = {
  error: (/** @type {string} */ type, message = 'Something went wrong.', code = 'invalid_request_error') =>
    dataEvent({ error: { message, type, param: null, code } }),
};

const usageOf = (/** @type {import('./chat-completions-events.mjs').Counts} */ counts) => ({
  ...usualUsage(counts),
  prompt_cache_hit_tokens: 0,
  prompt_cache_miss_tokens: counts.input,
});

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const deepseekChunks = {
  toReasoning: (text) => ({ content: null, reasoning_content: text }),
  isUsageWithReason: true,
  toUsage: (counts) => ({ usage: usageOf(counts) }),
};

/** https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseek = chatCompletionsService({
  provider: 'DEEPSEEK',
  name: 'DeepSeek',
  endpoints: { DEEPSEEK_BASE_URL: '/deepseek' },
  keyShape: /^sk-[0-9a-z]{8,}$/,
  versionPath: '',
  fields: ['max_tokens', 'stream_options', 'thinking', 'reasoning_effort'],
  chunks: deepseekChunks,
  isReasoning: ({ thinking }) => thinking?.type === 'enabled',
  badKey: deepseekErrors.badKey,
  badParameter: deepseekErrors.badParameter,
  missingResult: deepseekErrors.missingResult,
  refusalOf: ({ thinking, messages }) =>
    thinking && messages.some(isThoughtless) ? deepseekErrors.missingReasoning() : null,
  lists: { '/models': modelList('deepseek-v4-flash', 'deepseek-v4-pro') },
});

/** A turn that called tools, without what was thought in it. @param {any} message */
function isThoughtless({ tool_calls: calls, reasoning_content: thought }) {
  return calls !== undefined && thought === undefined;
}

/**
 * @param {number} status
 * @param {string} message
 * @param {string} [type]
 * @param {Record<string, string>} [headers]
 */
function error(status, message, type = 'invalid_request_error', headers = {}) {
  return { status, headers, body: { error: { message, type, param: null, code: 'invalid_request_error' } } };
}
