import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { chatCompletions } from '../chat-completions/chat-completions.js';
import { strictly } from '../chat-completions/response-format.js';
import type { SchemaSubset } from '../response-schema/schema-subset.js';
import { efforts } from '../efforts.js';
import { inReasoningContent } from '../chat-completions/said-again.js';
import { defineChatProvider } from '../contract.js';
import { toModel } from './xai-models.js';

/** https://docs.x.ai/developers/model-capabilities/text/reasoning: the models between these refuse an effort. */
const TAKES_AN_EFFORT = /^grok-(4\.[3-9](?!\d)|[5-9]|latest\b)/;
/** It knows two efforts only. */
const TAKES_LOW_OR_HIGH = /^grok-3-mini\b/;

/** What it does not enforce it takes all the same: https://docs.x.ai/developers/model-capabilities/text/structured-outputs */
const subset: SchemaSubset = { keywords: 'ALL', notes: 'ALL', formats: 'ALL', isFinite: true };

/** https://docs.x.ai/docs/api-reference#chat-completions */
export const xai = defineChatProvider({
  id: 'XAI',
  kind: 'CHAT',
  displayName: 'xAI',
  description: "xAI's Grok models, through its Chat Completions API.",
  environment: {
    apiKey: 'XAI_API_KEY',
    endpoints: { api: { variable: 'XAI_BASE_URL', default: 'https://api.x.ai', acceptedSuffix: '/v1' } },
    defaultModel: { variable: 'XAI_DEFAULT_MODEL', default: 'grok-4.3' },
  },
  priceList: 'x-ai',
  capabilityList: 'xai',
  keyPrefixes: { public: ['xai-'], unmistakable: ['xai-'] },
  // https://docs.x.ai/docs/guides/image-understanding
  media: { images: ['image/jpeg', 'image/png'], pdf: false },
  dialect: chatCompletions({
    versionPath: '/v1',
    maxTokensField: 'max_completion_tokens',
    hasStreamOptions: true,
    toReasoning(model, effort) {
      const isKnown = TAKES_AN_EFFORT.test(model) || (TAKES_LOW_OR_HIGH.test(model) && effort !== 'MEDIUM');
      return effort && isKnown ? { reasoning_effort: efforts[effort] } : {};
    },
    sayAgain: inReasoningContent,
    toResponseFormat: () => strictly(subset),
    // Without those that make pictures: https://docs.x.ai/docs/api-reference#list-language-models
    models: { path: '/language-models', field: 'models', toModel },
    // https://docs.x.ai/docs/key-information/debugging. Its codes are sentences: only what it says tells the cause.
    toFailure: chatCompletionsFailures({
      codes: {
        bad_key: 'keyRejected',
        no_credit: 'keyExhausted',
        unknown_model: 'unknownModel',
        guidelines: 'badRequest',
      },
      sentences: [
        [/^Incorrect(%20| )API(%20| )key\b/, 'bad_key'],
        [/\bAPI key is (currently )?(blocked|disabled)\b/i, 'bad_key'],
        [/\bdoesn't have any credits\b|\brun out of credits\b|\bused all available credits\b/, 'no_credit'],
        [/^The model \S+ does not exist\b|^Model not found\b/, 'unknown_model'],
        [/\bviolates usage guidelines\b/i, 'guidelines'],
      ],
    }),
  }),
});
