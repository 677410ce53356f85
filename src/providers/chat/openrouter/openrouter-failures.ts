import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { listAt, valueAt } from '../value-at.js';

/** What the model's own provider may refuse the router, which is not about the user's key: it is the router's there. */
const refusals: ReadonlySet<unknown> = new Set([401, 402, 403]);

/** https://openrouter.ai/docs/api/reference/errors-and-debugging */
export const toFailure = chatCompletionsFailures({
  codes: {
    key_limit: 'keyExhausted',
    unknown_model: 'unknownModel',
    no_tool_endpoint: 'badRequest',
    moderation: 'badRequest',
    refused_router: 'unavailable',
  },
  sentences: [
    [/^Key limit exceeded\b/, 'key_limit'],
    [/^Insufficient credits\b/, 'key_limit'],
    [/\bis not a valid model ID\b/, 'unknown_model'],
    [/^No endpoints found that support tool use\b/, 'no_tool_endpoint'],
    [/^(Request|Input) (was )?blocked by (a )?(guardrail|content filter)\b/i, 'moderation'],
  ],
  codesOf: (error) => [
    listAt(error, 'metadata', 'reasons').length > 0 && 'moderation',
    typeof valueAt(error, 'metadata', 'provider_name') === 'string' &&
      refusals.has(valueAt(error, 'code')) &&
      'refused_router',
  ],
});
