import { toUpstreamError } from '../../../outbound/upstream-failure.js';
import { chatCompletionsFailures } from '../chat-completions/chat-completions-failures.js';
import { chatCompletions } from '../chat-completions/chat-completions.js';
import { detailedModel } from '../chat-completions/detailed-model.js';
import { strictlyWithin } from '../chat-completions/response-format.js';
import { strictSubset } from '../openai/openai-schemas.js';
import { efforts } from '../efforts.js';
import { withoutReasoning } from '../chat-completions/said-again.js';
import type { ToFailure } from '../chat-dialect.js';
import { defineEndpointProvider } from '../contract.js';
import { everyMediaType } from '../media.js';
import type { ModelEntry } from '../listed-model.js';
import { RefusedAdditionError } from '../refused-addition.error.js';
import { valueAt } from '../value-at.js';

/** Most servers say the id and no more; gateways what OpenRouter says, and vLLM the context size. */
function toModel(entry: unknown): ModelEntry | null {
  const model = detailedModel(entry);
  return model && { ...model, contextTokens: model.contextTokens ?? valueAt(entry, 'max_model_len') };
}

const readFailure = chatCompletionsFailures({});

/**
 * Who answers at a user's address is unknown, and what it says of a failure is passed on in no form: the status alone
 * decides, and inside a stream there is none. What it says is looked at for one word of ours only: where it refuses
 * `stream_options`, it is asked once more without.
 */
const toFailure: ToFailure = (error, status) => {
  const said = readFailure(error, status, null);
  const refusesToCount = said instanceof RefusedAdditionError && said.addition === 'reportedUsage';
  return refusesToCount
    ? said
    : toUpstreamError({ status }, { codes: {}, statuses: { 403: 'keyLacksRight' } });
};

/** An address of a user's own, as the `openai` package takes it. */
export const custom = defineEndpointProvider({
  id: 'CUSTOM',
  kind: 'CHAT',
  displayName: 'your endpoint',
  description:
    'An endpoint of your own that speaks Chat Completions, at the address that its key was stored with. It serves only where a chat names it, with its name and a model.',
  environment: null,
  keyPrefixes: { public: [], unmistakable: [] },
  media: everyMediaType,
  dialect: chatCompletions({
    versionPath: '',
    maxTokensField: 'max_tokens',
    hasStreamOptions: true,
    toReasoning: (_model, effort) => (effort ? { reasoning_effort: efforts[effort] } : {}),
    sayAgain: withoutReasoning,
    // Who answers is unknown: what OpenAI is strict with, every server takes.
    toResponseFormat: () => strictlyWithin(strictSubset),
    models: { toModel },
    toFailure,
  }),
});
