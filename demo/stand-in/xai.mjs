import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService, modelList } from './chat-completions.mjs';
import { dataEvent } from './sse.mjs';

const INVALID = 'Client specified an invalid argument';
const FORBIDDEN = 'The caller does not have permission to execute the specified operation';

/** Error answers as xAI writes them: a sentence for a code, and another in `error`. */
export const xaiErrors = {
  badKey: (/** @type {string | null} */ key) =>
    error(
      400,
      INVALID,
      `Incorrect API key provided: ${key}. You can obtain an API key from https://console.x.ai.`,
    ),
  noCredit: (/** @type {string | null} */ key) =>
    error(
      403,
      FORBIDDEN,
      `Your newly created team doesn't have any credits or licenses yet (${key}). You can purchase those on https://console.x.ai/team/0.`,
    ),
  spent: () =>
    error(
      429,
      'Some resource has been exhausted',
      'Your team 0 has either used all available credits or reached its monthly spending limit.',
    ),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, 'Some resource has been exhausted', `Too many requests of ${key}. Please try again later.`, {
      'retry-after': '6',
    }),
  unknownModel: (/** @type {string} */ model) =>
    error(
      404,
      'Some requested entity was not found',
      `The model ${model} does not exist or your team 0 does not have access to it.`,
    ),
  permission: () => error(403, FORBIDDEN, 'Access to the chat endpoint is denied.'),
  guidelines: () =>
    error(403, FORBIDDEN, 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO'),
  badParameter: (/** @type {string} */ field) =>
    error(400, INVALID, `Model grok-4.3 does not support parameter ${field}.`),
  missingResult: () => error(400, INVALID, 'A tool call of the messages has no result.'),
  overloaded: () => error(503, 'The service is currently unavailable', 'The model is at capacity.'),
};

/** Events that end a stream with a failure. */
export const xaiStreamErrors = {
  error: (/** @type {string | number} */ code, message = 'Something went wrong.') =>
    dataEvent({ error: { code, message } }),
};

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const xaiChunks = {
  toReasoning: (text) => ({ reasoning_content: text }),
  // It counts the reasoning apart.
  toUsage: (counts) => ({ usage: { ...usualUsage(counts), completion_tokens: counts.output } }),
  areCallsWhole: true,
};

/** https://docs.x.ai/docs/api-reference#chat-completions */
export const xai = chatCompletionsService({
  provider: 'XAI',
  name: 'xAI',
  endpoints: { XAI_BASE_URL: '/xai' },
  keyShape: /^xai-\w{8,}$/,
  versionPath: '/v1',
  fields: ['max_completion_tokens', 'stream_options', 'reasoning_effort'],
  chunks: xaiChunks,
  isReasoning: ({ reasoning_effort: effort }) => effort !== undefined,
  badKey: xaiErrors.badKey,
  badParameter: xaiErrors.badParameter,
  missingResult: xaiErrors.missingResult,
  lists: {
    '/v1/models': modelList('grok-4.3', 'grok-imagine-image'),
    '/v1/language-models': {
      models: [
        {
          id: 'grok-4.3',
          fingerprint: 'fp_0123456789',
          created: 1_790_000_000,
          object: 'model',
          owned_by: 'xai',
          version: '1.0',
          input_modalities: ['text', 'image'],
          output_modalities: ['text'],
          prompt_text_token_price: 12_500,
          cached_prompt_text_token_price: 2_000,
          completion_text_token_price: 25_000,
          aliases: ['grok-4.3-latest'],
        },
      ],
    },
  },
});

/**
 * @param {number} status
 * @param {string} code
 * @param {string} sentence
 * @param {Record<string, string>} [headers]
 */
function error(status, code, sentence, headers = {}) {
  return { status, headers, body: { code, error: sentence } };
}
