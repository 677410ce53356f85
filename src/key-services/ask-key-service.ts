import { withDeadline } from '../common/deadline.js';
import { StartupError } from '../common/startup-error.js';
import { OutboundHttp } from '../outbound/outbound-http.js';
import { readJson } from '../outbound/read-json.js';
import { ProviderTimeoutError, ProviderTruncatedError, UpstreamError } from '../outbound/upstream-error.js';
import type { UnwrapCall } from './key-service.js';

/** For all of it, from the connection to the last byte. */
const TIMEOUT_MS = 10_000;
/** An answer holds a key of 32 bytes, or an error. */
const MAX_BYTES = 64 * 1024;

export interface KeyServiceAnswer {
  readonly status: number;
  /** Parsed JSON; null for what is none. */
  readonly body: unknown;
}

/** A call came to no answer. The message is the end of a sentence, and holds nothing that the other side sent. */
export class NoAnswerError extends StartupError {}

/**
 * Makes the one call, once, on a connection that is closed after it. No redirect is followed.
 *
 * @param timeoutMs for tests
 * @throws NoAnswerError
 */
export async function askKeyService(
  { url, headers, body }: UnwrapCall,
  timeoutMs = TIMEOUT_MS,
): Promise<KeyServiceAnswer> {
  const http = new OutboundHttp();
  const limits = { firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs };
  const ask = async (signal: AbortSignal): Promise<KeyServiceAnswer> => {
    const answer = await http.request({ method: 'POST', url, headers, body, signal, ...limits });
    const { status } = answer;
    // A page of a proxy counts by its status.
    const json = await readJson(answer.body, MAX_BYTES).catch((error: unknown) => {
      if (error instanceof ProviderTimeoutError || error instanceof ProviderTruncatedError) throw error;
      return null;
    });
    return { status, body: json };
  };
  const { signal } = new AbortController();
  try {
    return await withDeadline(timeoutMs, signal, () => new ProviderTimeoutError(), ask);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    throw new NoAnswerError(reasonOf(error, timeoutMs));
  } finally {
    await http.close();
  }
}

function reasonOf(error: UpstreamError, timeoutMs: number): string {
  if (error instanceof ProviderTimeoutError) return `it did not answer within ${timeoutMs / 1_000} s`;
  if (error instanceof ProviderTruncatedError) return 'it broke off its answer';
  if (error.status !== null) return `it answered with a redirect (${error.status}), and none is followed`;
  return `it cannot be reached${error.networkCode === null ? '' : ` (${error.networkCode})`}`;
}
