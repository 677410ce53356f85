import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { chatCompletions } from '../chat-completions/chat-completions.js';
import { anySchema, type ResponseFormat, strictlyWithin } from '../chat-completions/response-format.js';
import { strictSubset } from '../openai/openai-schemas.js';
import { efforts } from '../efforts.js';
import { inReasoning } from '../chat-completions/said-again.js';
import { defineChatProvider } from '../contract.js';
import { IMAGE_TYPES } from '../media.js';
import { valueAt } from '../value-at.js';

/** Nothing has to pass before the next try. */
const TRY_AGAIN: ReadonlySet<unknown> = new Set(['tool_use_failed', 'json_validate_failed']);

/** https://console.groq.com/docs/reasoning: others take no effort, or only whether to reason. */
const TAKES_AN_EFFORT = 'openai/gpt-oss-';
/** Models that write what they think into their text, between tags, unless asked not to. */
const THINKS_ALOUD = /^(qwen\/qwen3|qwen-qwq-|deepseek-r1-)/;

/** https://console.groq.com/docs/structured-outputs: the others fit a schema as well as they can. */
const STRICT = 'openai/gpt-oss-';

/** The API refuses a schema beside tools. */
const withoutTools = (format: ResponseFormat): ResponseFormat => ({
  ...format,
  refusalOf: (demand) =>
    demand.hasTools
      ? { place: '', problem: 'takes a schema only where there are no tools and no webSearch' }
      : format.refusalOf(demand),
});

/** https://console.groq.com/docs/api-reference#chat-create */
export const groq = defineChatProvider({
  id: 'GROQ',
  kind: 'CHAT',
  displayName: 'Groq',
  description: 'Open models on the hardware of Groq, through its Chat Completions API.',
  environment: {
    apiKey: 'GROQ_API_KEY',
    endpoints: {
      api: { variable: 'GROQ_BASE_URL', default: 'https://api.groq.com/openai', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'GROQ_DEFAULT_MODEL', default: 'openai/gpt-oss-20b' },
  },
  priceList: 'groq',
  capabilityList: 'groq',
  keyPrefixes: { public: ['gsk_'], unmistakable: ['gsk_'] },
  // https://console.groq.com/docs/vision
  media: { images: IMAGE_TYPES, pdf: false },
  dialect: chatCompletions({
    versionPath: '/v1',
    maxTokensField: 'max_completion_tokens',
    hasStreamOptions: true,
    toReasoning: (model, effort, without) => ({
      ...(effort && model.startsWith(TAKES_AN_EFFORT) && { reasoning_effort: efforts[effort] }),
      ...(THINKS_ALOUD.test(model) && !without.has('shownReasoning') && { reasoning_format: 'parsed' }),
    }),
    sayAgain: inReasoning,
    toResponseFormat: (model) =>
      withoutTools(model.startsWith(STRICT) ? strictlyWithin(strictSubset) : anySchema(false)),
    // https://console.groq.com/docs/api-reference#models-list
    models: {
      toModel: (entry) =>
        valueAt(entry, 'active') === false
          ? null
          : {
              id: valueAt(entry, 'id'),
              contextTokens: valueAt(entry, 'context_window'),
              outputTokens: valueAt(entry, 'max_completion_tokens'),
            },
    },
    // https://console.groq.com/docs/errors
    toFailure: chatCompletionsFailures({
      codes: {
        organization_restricted: 'keyRejected',
        model_decommissioned: 'unknownModel',
        model_permission_blocked_org: 'unknownModel',
        model_permission_blocked_project: 'unknownModel',
        request_too_large: 'badRequest',
        // The model wanted to call something and could not say so: asked once more, it mostly can.
        tool_use_failed: 'unavailable',
        // The same of a schema.
        json_validate_failed: 'unavailable',
        capacity_exceeded: 'unavailable',
      },
      statuses: { 498: 'unavailable' },
      retryAfterMsOf: (error) => (TRY_AGAIN.has(valueAt(error, 'code')) ? 0 : null),
      // It has the code of a rate limit, and no waiting helps.
      sentences: [[/^Request too large for model\b/, 'request_too_large']],
    }),
  }),
});
