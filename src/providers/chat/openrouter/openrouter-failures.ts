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
    no_such_endpoint: 'badRequest',
    moderated: 'badRequest',
    refused_router: 'unavailable',
  },
  sentences: [
    [/^Key limit exceeded\b|^API key credit limit reached\b/, 'key_limit'],
    [/\bis not a valid model ID\b/, 'unknown_model'],
    [/^No endpoints found that support tool use\b/, 'no_tool_endpoint'],
    [/^No endpoints found that can handle the requested parameters\b/, 'no_such_endpoint'],
  ],
  codesOf: (error) => [
    listAt(error, 'metadata', 'reasons').length > 0 && 'moderated',
    typeof valueAt(error, 'metadata', 'provider_name') === 'string' &&
      refusals.has(valueAt(error, 'code')) &&
      'refused_router',
    // What else it forbids is the question: a guardrail, in a sentence of its own.
    valueAt(error, 'code') === 403 && 'moderated',
  ],
});
