import { toUpstreamError } from '../../../outbound/upstream-failure.js';
import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { chatCompletions } from '../chat-completions/chat-completions.js';
import { withoutReasoning } from '../chat-completions/said-again.js';
import type { ToFailure } from '../chat-dialect.js';
import { defineChatProvider } from '../contract.js';
import { RefusedAdditionError } from '../refused-addition.error.js';

const readFailure = chatCompletionsFailures({});

/**
 * Who answers at a user's address is unknown, and what it says of a failure is passed on in no form: the status alone
 * decides. Only whether it refuses an addition of ours is looked up, for that is then left out.
 */
const toFailure: ToFailure = (error, status) => {
  const said = readFailure(error, status, null);
  return said instanceof RefusedAdditionError ? said : toUpstreamError({ status }, { codes: {} });
};

/** An address of a user's own, as the `openai` package takes it. */
export const custom = defineChatProvider({
  id: 'CUSTOM',
  kind: 'CHAT',
  displayName: 'your endpoint',
  description:
    'An endpoint of your own that speaks Chat Completions, at the address that its key was stored with. It serves only where a chat names it, with its name and a model.',
  environment: null,
  keyPrefixes: { public: [], unmistakable: [] },
  dialect: chatCompletions({
    versionPath: '',
    maxTokensField: 'max_tokens',
    hasStreamOptions: true,
    takesInstructionsFirst: false,
    toReasoning: (_model, effort) => (effort ? { reasoning_effort: effort.toLowerCase() } : {}),
    sayAgain: withoutReasoning,
    toFailure,
  }),
});
