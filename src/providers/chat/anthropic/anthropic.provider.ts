import { defineChatProvider } from '../contract.js';
import { everyMediaType } from '../media.js';
import { AnthropicDecoder } from './anthropic-decoder.js';
import { toFailure } from './anthropic-failures.js';
import { listOrNull, valueAt } from '../value-at.js';
import { toModel } from './anthropic-models.js';
import { toBody } from './anthropic-request.js';
import { schemaRefusalOf } from './anthropic-schemas.js';

/** The version whose events the decoder reads. */
const API_VERSION = '2026-10-21';

/** Anthropic's Messages API: https://platform.claude.com/docs/en/api/messages */
export const anthropic = defineChatProvider({
  id: 'ANTHROPIC',
  kind: 'CHAT',
  displayName: 'Anthropic',
  description: "Anthropic's Claude models, through its Messages API.",
  environment: {
    apiKey: 'ANTHROPIC_API_KEY',
    endpoints: {
      api: { variable: 'ANTHROPIC_BASE_URL', default: 'https://api.anthropic.com', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'ANTHROPIC_DEFAULT_MODEL', default: 'claude-haiku-5-5' },
  },
  priceList: 'anthropic',
  capabilityList: 'anthropic',
  keyPrefixes: { public: ['sk-ant-api03-', 'sk-ant-'], unmistakable: ['sk-ant-'] },
  media: everyMediaType,
  dialect: {
    toRequest: (request, { api }, without) => ({
      url: `${api}/v1/messages`,
      headers: { 'anthropic-version': API_VERSION },
      body: toBody(request, without),
    }),
    toKeyHeaders: (key) => ({ authorization: `Bearer ${key.reveal()}` }),
    createDecoder: (request) => new AnthropicDecoder(request),
    schemaRefusalOf,
    toFailure,
    // https://platform.claude.com/docs/en/api/models-list
    models: {
      toRequest: ({ api }, page) => ({
        url: `${api}/v1/models?${page === 'SHORTEST' ? 'limit=1' : pageBehind(page.after)}`,
        headers: { 'anthropic-version': API_VERSION },
      }),
      entriesIn: (answer) => listOrNull(answer, 'data'),
      toModel,
      nextIn: (answer) => (valueAt(answer, 'has_more') === true ? valueAt(answer, 'last_id') : null),
    },
  },
});

const pageBehind = (after: string | null): string =>
  new URLSearchParams({ limit: '1000', ...(after !== null && { after_id: after }) }).toString();
