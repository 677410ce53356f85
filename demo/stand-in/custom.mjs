import { usualUsage } from './chat-completions-events.mjs';
import { chatCompletionsService, modelList } from './chat-completions.mjs';

/** @type {import('./chat-completions-events.mjs').ChunkForm} */
export const customChunks = {
  toReasoning: (text) => ({ reasoning_content: text }),
  toUsage: (counts) => ({ usage: usualUsage(counts) }),
};

/** A server of a user's own, as many run it. Its address is for `storeApiKey`, and no variable of the server. */
export const custom = chatCompletionsService({
  provider: 'CUSTOM',
  name: 'A server of your own',
  endpoints: { CUSTOM_BASE_URL: '/custom/v1' },
  keyShape: /^local-\w{8,}$/,
  versionPath: '',
  fields: ['max_tokens', 'stream_options', 'reasoning_effort'],
  chunks: customChunks,
  isReasoning: ({ reasoning_effort: effort }) => effort !== undefined,
  badKey: () => error(401, 'Unauthorized'),
  badParameter: (field) => error(400, `Unrecognized request argument supplied: ${field}`),
  missingResult: () => error(400, 'A tool call has no result.'),
  lists: { '/models': modelList('local-model') },
});

/** @param {number} status @param {string} message */
function error(status, message) {
  return { status, body: { error: { message, type: 'invalid_request_error', code: null } } };
}
