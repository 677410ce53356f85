import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { chatCompletions } from '../chat-completions/chat-completions.js';
import { anyObject } from '../chat-completions/response-format.js';
import { efforts } from '../efforts.js';
import { inReasoningContent } from '../chat-completions/said-again.js';
import { defineChatProvider } from '../contract.js';

/** https://api-docs.deepseek.com/guides/thinking_mode: the models before these think or do not, by their names. It takes `medium` for `high`. */
const TAKES_AN_EFFORT = /^deepseek-(v[4-9]|flash|pro)\b/;

/** https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseek = defineChatProvider({
  id: 'DEEPSEEK',
  kind: 'CHAT',
  displayName: 'DeepSeek',
  description: "DeepSeek's models, through its Chat Completions API.",
  environment: {
    apiKey: 'DEEPSEEK_API_KEY',
    endpoints: {
      api: { variable: 'DEEPSEEK_BASE_URL', default: 'https://api.deepseek.com', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'DEEPSEEK_DEFAULT_MODEL', default: 'deepseek-v4-flash' },
  },
  priceList: 'deepseek',
  capabilityList: 'deepseek',
  // OpenAI's older keys begin like its own.
  keyPrefixes: { public: ['sk-'], unmistakable: [] },
  // https://api-docs.deepseek.com/api/create-chat-completion: a content is a text.
  media: { images: [], pdf: false },
  dialect: chatCompletions({
    // The API has one, and documents the addresses without.
    versionPath: '',
    maxTokensField: 'max_tokens',
    hasStreamOptions: true,
    toReasoning: (model, effort) =>
      effort && TAKES_AN_EFFORT.test(model)
        ? { thinking: { type: 'enabled' }, reasoning_effort: efforts[effort] }
        : {},
    sayAgain: inReasoningContent,
    // It knows no schemas: https://api-docs.deepseek.com/guides/json_mode
    toResponseFormat: () => anyObject,
    // https://api-docs.deepseek.com/quick_start/error_codes. Its codes are the same for all: the type or a sentence tells.
    toFailure: chatCompletionsFailures({
      codes: { no_balance: 'keyExhausted', unknown_model: 'unknownModel', content_risk: 'badRequest' },
      sentences: [
        [/^Insufficient Balance\b/, 'no_balance'],
        [/^Model Not Exist\b/, 'unknown_model'],
        [/^Content Exists Risk\b/, 'content_risk'],
      ],
    }),
  }),
});
