import { type KeyCheck, toKeyCheck } from '../../outbound/key-check.js';
import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { askApi, type ApiCall } from './ask-api.js';
import type { ChatDialect, ModelListCall } from './chat-dialect.js';

/** What was seen, and no more: a key may list models and have no right to chat. */
const PROVEN = 'The provider accepted it: it may list models.';

/**
 * Lists models with a key: every chat API has that call, and none charges for it. No model is named, so that none that was
 * retired can fail the key. Where the list is open to everybody, the API's own call for keys takes its place.
 */
export function checkKey(dialect: ChatDialect, call: Omit<ApiCall, 'dialect'>): Promise<KeyCheck> {
  return toKeyCheck(async () => {
    const trial = dialect.keyCall ?? listing(dialect.models);
    const answer = await askApi(trial.toRequest(call.settings.endpoints), { ...call, dialect });
    const proof = trial.proofIn(answer);
    // Something else answers in the API's place.
    if (proof === null) throw new ProviderUnavailableError();
    return proof;
  }, call.signal);
}

function listing(models: ModelListCall): NonNullable<ChatDialect['keyCall']> {
  return {
    toRequest: (endpoints) => models.toRequest(endpoints, 'SHORTEST'),
    proofIn: (answer) => (models.entriesIn(answer) === null ? null : PROVEN),
  };
}
