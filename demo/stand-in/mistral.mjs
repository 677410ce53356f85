import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService } from './chat-completions.mjs';
import { dataEvent } from './sse.mjs';

/** Error answers as Mistral writes them: some without a code, some as a list of what the request has wrong. */
export const mistralErrors = {
  badKey: (/** @type {string | null} */ key) => ({
    status: 401,
    body: { message: `Unauthorized: ${key}`, request_id: 'c61f2f15' },
  }),
  /** What it answers most of the time. */
  unauthorized: () => ({ status: 401, body: { detail: 'Unauthorized' } }),
  spent: (/** @type {string | null} */ key) =>
    error(402, `No budget is left for ${key}.`, 'payment_required'),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, `Rate limit exceeded (${key})`, 'rate_limited', '1300', { 'retry-after': '14' }),
  capacity: () =>
    error(429, 'Service tier capacity exceeded for this model.', 'service_tier_capacity_exceeded', '3505'),
  unknownModel: (/** @type {string} */ model) =>
    error(400, `Invalid model: ${model}`, 'invalid_model', '1500'),
  badParameter: (/** @type {string} */ field) => ({
    status: 422,
    body: {
      object: 'error',
      message: {
        detail: [{ type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs are not permitted' }],
      },
      type: 'invalid_request_error',
      param: null,
      code: null,
    },
  }),
  /** The same as the server itself says it, and as a newer gateway does. */
  bareList: (/** @type {string} */ field) => ({
    status: 422,
    body: { detail: [{ type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs …' }] },
  }),
  listAsMessage: (/** @type {string} */ field) => ({
    status: 422,
    body: {
      object: 'Error',
      message: [{ type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs …' }],
      type: 'invalid_request_error',
      code: 3001,
    },
  }),
  messageOrder: () =>
    error(400, "Unexpected role 'system' after role 'user'", 'invalid_request_message_order', '3230'),
  missingResult: () =>
    error(
      400,
      'Not the same number of function calls and responses',
      'invalid_request_message_order',
      '3230',
    ),
  overloaded: () => error(503, 'Service unavailable.', 'internal_server_error', '3000'),
};

/** Events that end a stream with a failure. */
export const mistralStreamErrors = {
  error: (/** @type {string} */ type, message = 'Something went wrong.', code = '3000') =>
    dataEvent({ object: 'error', message, type, param: null, code }),
};

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const mistralChunks = {
  toReasoning: (text) => ({ content: [{ type: 'thinking', thinking: [{ type: 'text', text }] }] }),
  isUsageWithReason: true,
  toUsage: (counts) => ({ usage: usualUsage(counts) }),
  areCallsWhole: true,
};

/** https://docs.mistral.ai/api/#tag/chat */
export const mistral = chatCompletionsService({
  provider: 'MISTRAL',
  name: 'Mistral',
  endpoints: { MISTRAL_BASE_URL: '/mistral' },
  keyShape: /^\w{16,}$/,
  versionPath: '/v1',
  fields: ['max_tokens', 'reasoning_effort'],
  chunks: mistralChunks,
  isReasoning: ({ reasoning_effort: effort }) => effort !== undefined,
  badKey: mistralErrors.badKey,
  badParameter: mistralErrors.badParameter,
  missingResult: mistralErrors.missingResult,
  refusalOf: ({ messages }) =>
    messages.slice(1).some((/** @type {any} */ { role }) => role === 'system')
      ? mistralErrors.messageOrder()
      : null,
  lists: {
    '/v1/models': {
      object: 'list',
      data: [
        listed('mistral-small-latest', 'mistral-small-2603', { completion_chat: true }),
        listed('mistral-small-2603', 'mistral-small-2603', { completion_chat: true }),
        listed('mistral-embed', 'mistral-embed', { completion_chat: false }),
      ],
    },
  },
});

/** @param {string} id @param {string} name @param {object} capabilities */
function listed(id, name, capabilities) {
  return {
    id,
    object: 'model',
    created: 1_790_000_000,
    owned_by: 'mistralai',
    name,
    aliases: [],
    max_context_length: 131_072,
    capabilities: { function_calling: true, vision: true, reasoning: true, ...capabilities },
  };
}

/**
 * @param {number} status
 * @param {string} message
 * @param {string} type
 * @param {string | null} [code]
 * @param {Record<string, string>} [headers]
 */
function error(status, message, type, code = null, headers = {}) {
  return { status, headers, body: { object: 'error', message, type, param: null, code } };
}
