import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService, modelList } from './chat-completions.mjs';
import { dataEvent } from './sse.mjs';

/** Error answers as OpenRouter writes them: the code is the status. */
export const openrouterErrors = {
  badKey: (/** @type {string | null} */ key) => error(401, `User not found: ${key}.`),
  credit: (/** @type {string | null} */ key) =>
    error(402, `Insufficient credits. Add more using https://openrouter.ai/settings/credits (${key})`),
  keyLimit: () =>
    error(403, 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys'),
  rateLimit: (/** @type {string | null} */ key) =>
    error(429, `Rate limit exceeded: free-models-per-min (${key}).`, undefined, { 'retry-after': '19' }),
  unknownModel: (/** @type {string} */ model) => error(400, `${model} is not a valid model ID`),
  noEndpoint: (/** @type {string} */ model) => error(404, `No endpoints found for ${model}.`),
  noToolEndpoint: () =>
    error(404, 'No endpoints found that support tool use. To learn more about provider routing, see …'),
  moderated: () =>
    error(403, 'openai/gpt-5.4-mini requires moderation on OpenAI. Your input was flagged.', {
      reasons: ['violence'],
      flagged_input: 'How do I …',
      provider_name: 'OpenAI',
      model_slug: 'openai/gpt-5.4-mini',
    }),
  guardrail: () => error(403, 'Request blocked by content filter: prompt injection detected.'),
  /** The model's provider refuses OpenRouter's own key. */
  refusedRouter: (/** @type {number} */ status) =>
    error(status, 'Provider returned error', { raw: '{"error":"unauthorized"}', provider_name: 'Example' }),
  badParameter: (/** @type {string} */ field) => error(400, `Invalid input: ${field} is out of range.`),
  missingResult: () => error(400, 'An assistant message with tool_calls must be followed by tool messages.'),
  down: () => error(502, 'Provider returned error', { raw: 'overloaded', provider_name: 'Example' }),
};

/** Events that end a stream with a failure. */
export const openrouterStreamErrors = {
  error: (/** @type {string | number} */ code, message = 'Something went wrong.') =>
    dataEvent({
      id: 'gen-0',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: 'openai/gpt-5.4-mini',
      provider: 'OpenAI',
      error: { code, message },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: 'error' }],
    }),
};

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const openrouterChunks = {
  opening: ': OPENROUTER PROCESSING\n\n',
  toReasoning: (text) => ({
    content: '',
    reasoning: text,
    reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown', index: 0 }],
  }),
  toUsage: (counts) => ({ usage: { ...usualUsage(counts), cost: 0.000_1, is_byok: false } }),
};

/** https://openrouter.ai/docs/api/reference/overview */
export const openrouter = chatCompletionsService({
  provider: 'OPENROUTER',
  name: 'OpenRouter',
  endpoints: { OPENROUTER_BASE_URL: '/openrouter' },
  keyShape: /^sk-or-[\w-]{8,}$/,
  versionPath: '/v1',
  fields: ['max_tokens', 'reasoning', 'provider'],
  chunks: openrouterChunks,
  isReasoning: ({ reasoning }) => Boolean(reasoning?.effort),
  badKey: openrouterErrors.badKey,
  badParameter: openrouterErrors.badParameter,
  missingResult: openrouterErrors.missingResult,
  lists: {
    '/v1/models': modelList('openai/gpt-5.4-mini'),
    '/v1/models/user': {
      data: [
        {
          id: 'openai/gpt-5.4-mini',
          name: 'OpenAI: GPT-5.4 Mini',
          created: 1_790_000_000,
          context_length: 400_000,
          architecture: { input_modalities: ['text', 'image', 'file'], output_modalities: ['text'] },
          pricing: { prompt: '0.00000075', completion: '0.0000045', input_cache_read: '0.000000075' },
          top_provider: { context_length: 400_000, max_completion_tokens: 128_000, is_moderated: true },
          supported_parameters: ['max_tokens', 'reasoning', 'tools', 'tool_choice'],
        },
      ],
    },
    '/v1/key': {
      data: { label: 'sk-or-v1-0e6…1c9', limit: 5, usage: 0.1, limit_remaining: 4.9, is_free_tier: false },
    },
  },
});

/**
 * @param {number} code
 * @param {string} message
 * @param {object} [metadata]
 * @param {Record<string, string>} [headers]
 */
function error(code, message, metadata, headers = {}) {
  return { status: code, headers, body: { error: { message, code, ...(metadata && { metadata }) } } };
}
