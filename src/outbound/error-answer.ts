import type { OutboundResponse } from './outbound-http.js';
import { readJson } from './read-json.js';
import { retryAfterMs } from './retry-after.js';
import { ProviderDownError } from './upstream-error.js';

/** The most that is read of an error: what is longer is none of an API. */
const MAX_ERROR_BYTES = 65_536;

/** An answer of an API that says, in JSON, what is wrong. */
export interface ErrorAnswer {
  readonly status: number;
  /** What its headers say. */
  readonly retryAfterMs: number | null;
  /** An object or a list. */
  readonly body: object;
}

/**
 * Reads an answer whose status says that something is wrong.
 *
 * Only the API's own answer shows the cause. A page of a CDN, a gateway's text or an empty body is not from the API,
 * with any status. Neither is a body that cannot be read to its end (cut, too long, too slow), nor JSON that is only a
 * text or a number. The content type does not matter.
 *
 * @throws ProviderDownError PROVIDER_UNAVAILABLE for an answer that is not the API's; `signal.reason` after an abort
 */
export async function readErrorAnswer(
  { status, headers, body }: OutboundResponse,
  signal: AbortSignal,
): Promise<ErrorAnswer> {
  const answer = await readJson(body, MAX_ERROR_BYTES).catch(() => null);
  signal.throwIfAborted();
  const waitMs = retryAfterMs(headers);
  if (typeof answer !== 'object' || answer === null)
    throw Object.assign(new ProviderDownError(waitMs), { status });
  return { status, retryAfterMs: waitMs, body: answer };
}
