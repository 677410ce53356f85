import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { chatCompletions } from '../chat-completions/chat-completions.js';
import { anySchema } from '../chat-completions/response-format.js';
import { efforts } from '../efforts.js';
import { toDocumentPart } from '../chat-completions/chat-completions-parts.js';
import { inContent } from '../chat-completions/said-again.js';
import { defineChatProvider } from '../contract.js';
import { everyMediaType } from '../media.js';
import { toModel } from './mistral-models.js';

/** https://docs.mistral.ai/capabilities/reasoning */
const TAKES_AN_EFFORT = /^mistral-large-[4-9]/;
/** They reason or do not: `high` is the only effort that they know. */
const TAKES_HIGH_ONLY = /^(magistral-|mistral-(small|medium)-(latest|26\d\d|3[.-]5)$)/;

/** https://docs.mistral.ai/api/#tag/chat. It refuses every field that it does not know (422). */
export const mistral = defineChatProvider({
  id: 'MISTRAL',
  kind: 'CHAT',
  displayName: 'Mistral',
  description: "Mistral's models, through its Chat Completions API.",
  environment: {
    apiKey: 'MISTRAL_API_KEY',
    endpoints: {
      api: { variable: 'MISTRAL_BASE_URL', default: 'https://api.mistral.ai', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'MISTRAL_DEFAULT_MODEL', default: 'mistral-small-latest' },
  },
  priceList: 'mistral',
  capabilityList: 'mistral',
  // Its keys begin with nothing.
  keyPrefixes: { public: [], unmistakable: [] },
  media: everyMediaType,
  dialect: chatCompletions({
    versionPath: '/v1',
    maxTokensField: 'max_tokens',
    // Usage comes by itself.
    hasStreamOptions: false,
    takesInstructionsFirst: true,
    toReasoning(model, effort) {
      const isKnown = TAKES_AN_EFFORT.test(model) || (TAKES_HIGH_ONLY.test(model) && effort === 'HIGH');
      return effort && isKnown ? { reasoning_effort: efforts[effort] } : {};
    },
    toPdf: toDocumentPart,
    sayAgain: inContent,
    // https://docs.mistral.ai/capabilities/structured-output/custom_structured_output/
    toResponseFormat: () => anySchema(true),
    models: { toModel },
    // https://docs.mistral.ai/getting-started/glossary#error-codes
    toFailure: chatCompletionsFailures({
      codes: {
        rate_limited: 'rateLimited',
        service_tier_capacity_exceeded: 'unavailable',
        invalid_model: 'unknownModel',
        '1300': 'rateLimited',
        '1500': 'unknownModel',
        '3505': 'unavailable',
      },
      sentences: [
        [/^Invalid model\b/, 'invalid_model'],
        [/^Service tier capacity exceeded\b/, 'service_tier_capacity_exceeded'],
      ],
    }),
  }),
});
