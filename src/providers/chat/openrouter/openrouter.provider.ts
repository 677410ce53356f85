import { chatCompletions } from '../chat-completions/chat-completions.js';
import { efforts } from '../efforts.js';
import { inReasoningDetails } from '../chat-completions/said-again.js';
import { defineChatProvider } from '../contract.js';
import { everyMediaType } from '../media.js';
import { toFailure } from './openrouter-failures.js';
import { openRouterKeyCall } from './openrouter-key-call.js';
import { toModel } from './openrouter-models.js';
import { toResponseFormat } from './openrouter-schemas.js';

/** Those of all other providers are cached by themselves: https://openrouter.ai/docs/guides/best-practices/prompt-caching */
const WANTS_CACHE_MARKS = /^~?(anthropic|qwen)\//;

/** https://openrouter.ai/docs/api/reference/overview */
export const openrouter = defineChatProvider({
  id: 'OPENROUTER',
  kind: 'CHAT',
  displayName: 'OpenRouter',
  description: 'Models of many providers, through OpenRouter. Their names have the provider before a slash.',
  environment: {
    apiKey: 'OPENROUTER_API_KEY',
    endpoints: {
      api: { variable: 'OPENROUTER_BASE_URL', default: 'https://openrouter.ai/api', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'OPENROUTER_DEFAULT_MODEL', default: 'openai/gpt-5.4-mini' },
  },
  priceList: 'openrouter',
  capabilityList: 'openrouter',
  keyPrefixes: { public: ['sk-or-v1-', 'sk-or-'], unmistakable: ['sk-or-'] },
  media: everyMediaType,
  dialect: chatCompletions({
    versionPath: '/v1',
    maxTokensField: 'max_tokens',
    // Usage comes by itself, and asking for it is deprecated: https://openrouter.ai/docs/use-cases/usage-accounting
    hasStreamOptions: false,
    reportsCost: true,
    wantsCacheMarks: WANTS_CACHE_MARKS,
    // It leaves the field out for models that do not reason: https://openrouter.ai/docs/use-cases/reasoning-tokens
    toReasoning: (_model, effort) => (effort ? { reasoning: { effort: efforts[effort] } } : {}),
    sayAgain: inReasoningDetails,
    toResponseFormat,
    toFailure,
    // Those that the account of the key allows: https://openrouter.ai/docs/api/api-reference/models/list-models-user
    models: { path: '/models/user', toModel },
    keyCall: openRouterKeyCall,
  }),
});
