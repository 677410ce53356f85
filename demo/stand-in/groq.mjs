import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService } from './chat-completions.mjs';
import { dataEvent } from './sse.mjs';

/** Error answers as Groq writes them. */
export const groqErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(401, `Invalid API Key: ${key}`, 'invalid_api_key', 'invalid_request_error'),
  spent: (/** @type {string | null} */ key) =>
    error(402, `Your organization has reached its spend limit (${key}).`, 'insufficient_quota', 'billing'),
  rateLimit: (/** @type {string | null} */ key) =>
    error(
      429,
      `Rate limit reached for model \`openai/gpt-oss-20b\` in organization of ${key} on tokens per minute (TPM). Please try again in 7.66s.`,
      'rate_limit_exceeded',
      'tokens',
      { 'retry-after': '8' },
    ),
  /** It has the code of a rate limit, and no waiting helps. */
  tooLarge: () =>
    error(
      413,
      'Request too large for model `openai/gpt-oss-20b` in organization `org_0` on tokens per minute (TPM): Limit 8000, Requested 12000.',
      'rate_limit_exceeded',
      'tokens',
    ),
  unknownModel: (/** @type {string} */ model) =>
    error(404, `The model \`${model}\` does not exist or you do not have access to it.`, 'model_not_found'),
  decommissioned: (/** @type {string} */ model) =>
    error(400, `The model \`${model}\` has been decommissioned.`, 'model_decommissioned'),
  restricted: () => error(400, 'Organization has been restricted.', 'organization_restricted'),
  toolUseFailed: () => error(400, 'Failed to call a function. Please adjust your prompt.', 'tool_use_failed'),
  flexCapacity: () => error(498, 'Flex tier capacity exceeded.', null),
  badParameter: (/** @type {string} */ field) => error(400, `property '${field}' is unsupported`, null),
  missingResult: () => error(400, "'messages.2' : tool call has no result", null),
};

/** Events that end a stream with a failure. */
export const groqStreamErrors = {
  error: (/** @type {string} */ code, message = 'Something went wrong.', type = 'invalid_request_error') =>
    `event: error\n${dataEvent({ error: { message, type, code, status_code: 400 } })}`,
};

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const groqChunks = {
  toReasoning: (text) => ({ reasoning: text }),
  isUsageWithReason: true,
  toUsage: (counts) => ({ x_groq: { id: 'req_standin', usage: usualUsage(counts) } }),
};

/** https://console.groq.com/docs/api-reference#chat-create */
export const groq = chatCompletionsService({
  provider: 'GROQ',
  name: 'Groq',
  endpoints: { GROQ_BASE_URL: '/groq' },
  keyShape: /^gsk_\w{8,}$/,
  versionPath: '/v1',
  fields: ['max_completion_tokens', 'stream_options', 'reasoning_effort', 'reasoning_format'],
  chunks: groqChunks,
  isReasoning: ({ reasoning_effort: effort }) => effort !== undefined,
  badKey: groqErrors.badKey,
  badParameter: groqErrors.badParameter,
  missingResult: groqErrors.missingResult,
  lists: {
    '/v1/models': {
      object: 'list',
      data: [
        { ...listed('openai/gpt-oss-20b'), context_window: 131_072, max_completion_tokens: 65_536 },
        { ...listed('whisper-large-v3'), context_window: 448, max_completion_tokens: 448 },
        { ...listed('llama3-70b-8192'), active: false, context_window: 8_192 },
      ],
    },
  },
});

/** @param {string} id */
function listed(id) {
  return { id, object: 'model', created: 1_790_000_000, owned_by: 'OpenAI', active: true, public_apps: null };
}

/**
 * @param {number} status
 * @param {string} message
 * @param {string | null} code
 * @param {string} [type]
 * @param {Record<string, string>} [headers]
 */
function error(status, message, code, type = 'invalid_request_error', headers = {}) {
  return { status, headers, body: { error: { message, type, code } } };
}
