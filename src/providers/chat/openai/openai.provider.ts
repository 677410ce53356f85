import { defineChatProvider } from '../contract.js';
import { everyMediaType } from '../media.js';
import { OpenAiDecoder } from './openai-decoder.js';
import { toFailure } from './openai-failures.js';
import { listOrNull, valueAt } from '../value-at.js';
import { toBody } from './openai-request.js';
import { schemaRefusalOf } from './openai-schemas.js';

/**
 * What its list has beside models that one chats with: the list says nothing of a model but its name.
 * https://platform.openai.com/docs/models
 */
const NO_CHAT =
  /^(babbage|chatgpt-image|dall-e|davinci|gpt-audio|gpt-image|gpt-live|gpt-realtime|gpt-transcribe|omni-moderation|sora|text-|tts-|whisper)|-(audio|instruct|realtime|transcribe|tts)\b/;

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
  capabilityList: 'openai',
  keyPrefixes: {
    public: ['sk-proj-', 'sk-svcacct-', 'sk-'],
    unmistakable: ['sk-proj-', 'sk-svcacct-'],
  },
  media: everyMediaType,
  dialect: {
    toRequest: (request, { api }, without) => ({
      url: `${api}/v1/responses`,
      body: toBody(request, without),
    }),
    toKeyHeaders: (key) => ({ authorization: `Bearer ${key.reveal()}` }),
    createDecoder: (request) => new OpenAiDecoder(request),
    schemaRefusalOf,
    toFailure,
    // https://platform.openai.com/docs/api-reference/models/list
    models: {
      toRequest: ({ api }) => ({ url: `${api}/v1/models` }),
      entriesIn: (answer) => listOrNull(answer, 'data'),
      toModel(entry) {
        const id = valueAt(entry, 'id');
        return typeof id === 'string' && NO_CHAT.test(id) ? null : { id };
      },
    },
  },
});
