import { defineChatProvider } from '../contract.js';
import { GoogleDecoder } from './google-decoder.js';
import { toFailure } from './google-failures.js';
import { listOrNull, valueAt } from '../value-at.js';
import { toModel } from './google-models.js';
import { toBody } from './google-request.js';
import { schemaRefusalOf } from './google-schemas.js';

/** Google's Gemini API: https://ai.google.dev/api/generate-content */
export const google = defineChatProvider({
  id: 'GOOGLE',
  kind: 'CHAT',
  displayName: 'Google',
  description: "Google's Gemini models, through the Gemini API.",
  environment: {
    apiKey: 'GOOGLE_GENERATIVE_AI_API_KEY',
    endpoints: {
      api: {
        variable: 'GOOGLE_BASE_URL',
        default: 'https://generativelanguage.googleapis.com',
        acceptedSuffix: '/v1beta',
      },
    },
    defaultModel: { variable: 'GOOGLE_DEFAULT_MODEL', default: 'gemini-3.1-flash-lite' },
  },
  priceList: 'google',
  capabilityList: 'google',
  keyPrefixes: { public: ['AIza'], unmistakable: ['AIza'] },
  // https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats
  media: { images: ['image/jpeg', 'image/png', 'image/webp'], pdf: true },
  dialect: {
    toRequest(request, { api }, without) {
      const model = encodeURIComponent(request.model.replace(/^models\//, ''));
      return {
        url: `${api}/v1beta/models/${model}:streamGenerateContent?alt=sse`,
        body: toBody(request, without),
      };
    },
    toKeyHeaders: (key) => ({ 'x-goog-api-key': key.reveal() }),
    createDecoder: (request) => new GoogleDecoder(request),
    schemaRefusalOf,
    toFailure,
    // https://ai.google.dev/api/models#method:-models.list
    models: {
      toRequest: ({ api }, page) => ({
        url: `${api}/v1beta/models?${page === 'SHORTEST' ? 'pageSize=1' : pageBehind(page.after)}`,
      }),
      entriesIn: (answer) => listOrNull(answer, 'models'),
      toModel,
      nextIn: (answer) => valueAt(answer, 'nextPageToken'),
    },
  },
});

const pageBehind = (after: string | null): string =>
  new URLSearchParams({ pageSize: '1000', ...(after !== null && { pageToken: after }) }).toString();
