import type { ProviderSettings } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import { readErrorAnswer } from '../../outbound/error-answer.js';
import { type KeyCheck, toKeyCheck } from '../../outbound/key-check.js';
import type { Outbound } from '../../outbound/outbound-http.js';
import { readJson } from '../../outbound/read-json.js';
import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import type { ChatDialect } from './chat-dialect.js';
import { errorIn } from './reported-error.js';

/** Longer than any provider's list of models. */
const MAX_LIST_BYTES = 4 * 1024 * 1024;

/** What was seen, and no more: a key may list models and have no right to chat. */
const PROVEN = 'The provider accepted it: it may list models.';

/**
 * Lists models with a key: every chat API has that call, and none charges for it. No model is named, so that none that was
 * retired can fail the key. Where the list is open to everybody, the API's own call for keys takes its place.
 */
export function checkKey(
  dialect: ChatDialect,
  { endpoints, firstByteTimeoutMs, idleTimeoutMs }: ProviderSettings,
  http: Outbound,
  key: Secret,
  signal: AbortSignal,
): Promise<KeyCheck> {
  return toKeyCheck(async () => {
    const call = dialect.keyCall ?? listing(dialect.models);
    const { url, headers } = call.toRequest(endpoints);
    const response = await http.request({
      method: 'GET',
      url,
      headers: {
        accept: 'application/json',
        'user-agent': 'keystream',
        ...headers,
        ...dialect.toKeyHeaders(key),
      },
      signal,
      firstByteTimeoutMs,
      idleTimeoutMs,
    });
    if (response.status >= 300) {
      const { status, retryAfterMs, body } = await readErrorAnswer(response, signal);
      throw dialect.toFailure(errorIn(body) ?? body, status, retryAfterMs);
    }
    const answer = await readJson(response.body, MAX_LIST_BYTES);
    const error = errorIn(answer);
    if (error !== undefined) throw dialect.toFailure(error, null, null);
    const proof = call.proofIn(answer);
    // Something else answers in the API's place.
    if (proof === null) throw new ProviderUnavailableError();
    return proof;
  }, signal);
}

function listing(models: ChatDialect['models']): NonNullable<ChatDialect['keyCall']> {
  return {
    toRequest: (endpoints) => models.toRequest(endpoints),
    proofIn: (answer) => (models.isList(answer) ? PROVEN : null),
  };
}
