import type { ProviderSettings } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import { readErrorAnswer } from '../../outbound/error-answer.js';
import type { Outbound } from '../../outbound/outbound-http.js';
import { readJson } from '../../outbound/read-json.js';
import type { ChatDialect, DialectRequest } from './chat-dialect.js';
import { errorIn } from './reported-error.js';

/** Longer than any provider's list of models. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A call of an API that is no chat. */
export interface ApiCall {
  readonly dialect: Pick<ChatDialect, 'toKeyHeaders' | 'toFailure'>;
  readonly settings: ProviderSettings;
  readonly http: Outbound;
  readonly key: Secret;
  readonly signal: AbortSignal;
}

/**
 * Asks an API, and reads its answer: any JSON.
 *
 * @throws UpstreamError what the API reports; PROVIDER_UNAVAILABLE where no JSON came, or too much of it
 */
export async function askApi(
  { url, headers }: Omit<DialectRequest, 'body'>,
  { dialect, settings, http, key, signal }: ApiCall,
): Promise<unknown> {
  const { firstByteTimeoutMs, idleTimeoutMs } = settings;
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
  const answer = await readJson(response.body, MAX_ANSWER_BYTES);
  const error = errorIn(answer);
  if (error !== undefined) throw dialect.toFailure(error, null, null);
  return answer;
}
