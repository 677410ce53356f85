import { withDeadline } from '../common/deadline.js';
import type { Outbound } from './outbound-http.js';
import { readJson } from './read-json.js';
import { ProviderTimeoutError, ProviderUnavailableError } from './upstream-error.js';

export interface DocumentRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For all of it, from the connection to the last byte: who sends it a byte at a time gains nothing. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/**
 * Fetches a document in JSON from an address that the operator has named. Whatever its server sends, it is read within
 * limits, and to its end before anybody sees any of it.
 *
 * @throws UpstreamError PROVIDER_UNAVAILABLE (no connection, another status than 200, too large, no JSON),
 * PROVIDER_TIMEOUT, PROVIDER_TRUNCATED; `signal.reason` after an abort
 */
export function fetchDocument(http: Outbound, request: DocumentRequest): Promise<unknown> {
  const { url, headers = {}, timeoutMs, maxBytes, signal = new AbortController().signal } = request;
  return withDeadline(
    timeoutMs,
    signal,
    () => new ProviderTimeoutError(),
    async (inTime) => {
      const timeouts = { firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs };
      const { status, body } = await http.request({
        method: 'GET',
        url,
        headers,
        signal: inTime,
        ...timeouts,
      });
      if (status === 200) return readJson(body, maxBytes);
      await body.return?.();
      throw new ProviderUnavailableError();
    },
  );
}
