import { defineChatProvider } from '../contract.js';
import { OpenAiDecoder } from './openai-decoder.js';
import { toFailure } from './openai-failures.js';
import { valueAt } from '../value-at.js';
import { toBody } from './openai-request.js';

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses */
export const openai = defineChatProvider({
  id: 'OPENAI',
  kind: 'CHAT',
  displayName: 'OpenAI',
  description: "OpenAI's models, through its Responses API.",
  environment: {
    apiKey: 'OPENAI_API_KEY',
    endpoints: {
      api: { variable: 'OPENAI_BASE_URL', default: 'https://api.openai.com', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'OPENAI_DEFAULT_MODEL', default: 'gpt-5.4-mini' },
  },
  priceList: 'openai',
  keyPrefixes: {
    public: ['sk-proj-', 'sk-svcacct-', 'sk-'],
    unmistakable: ['sk-proj-', 'sk-svcacct-'],
  },
  dialect: {
    toRequest: (request, { api }, without) => ({
      url: `${api}/v1/responses`,
      body: toBody(request, without),
    }),
    toKeyHeaders: (key) => ({ authorization: `Bearer ${key.reveal()}` }),
    createDecoder: (request) => new OpenAiDecoder(request),
    toFailure,
    // https://platform.openai.com/docs/api-reference/models/list
    models: {
      toRequest: ({ api }) => ({ url: `${api}/v1/models` }),
      isList: (answer) => Array.isArray(valueAt(answer, 'data')),
    },
  },
});
