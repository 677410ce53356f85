import type { OutboundResponse } from '../outbound/outbound-http.js';
import { readJson } from '../outbound/read-json.js';
import { retryAfterMs } from '../outbound/retry-after.js';
import type { UpstreamError } from '../outbound/upstream-error.js';
import type { ToFailure } from './chat-dialect.js';
import { valueAt } from './value-at.js';

const MAX_ERROR_BYTES = 65_536;

/** Reads an answer whose status says that it is no stream. It reads the body to its end, or closes the connection. */
export async function readRefusal(
  { status, headers, body }: OutboundResponse,
  toFailure: ToFailure,
): Promise<UpstreamError> {
  // The status says enough where the body is cut, too large or no JSON.
  const answer = await readJson(body, MAX_ERROR_BYTES).catch(() => null);
  return toFailure(errorIn(answer), status, retryAfterMs(headers));
}

/** What all three APIs call `error`. Google sends it in a list where `alt=sse` was not understood on the way. */
function errorIn(answer: unknown): unknown {
  return valueAt(answer, 'error') ?? valueAt(answer, '0', 'error');
}
