import { retryAfterMs } from '../outbound/retry-after.js';
import { ProviderTimeoutError, UpstreamError } from '../outbound/upstream-error.js';
import { valueAt } from './value-at.js';

/**
 * What an adapter throws for what it caught. Errors of providers' packages quote the provider, and providers quote
 * keys: none of them, nor anything that hangs on one, goes on from here.
 *
 * @param translate rebuilds an error of the provider or its package; asked about everything that is not ours
 */
export function adapterFailure(
  caught: unknown,
  signal: AbortSignal,
  translate: (caught: unknown) => UpstreamError,
): unknown {
  if (signal.aborted) return signal.reason;
  if (caught instanceof UpstreamError) return caught;
  // Packages wrap what their `fetch` throws…
  if (caught instanceof Error && caught.cause instanceof UpstreamError) return caught.cause;
  // …but for our timeout, which they know by its name, take for their own, and replace.
  if (caught instanceof Error && caught.constructor.name === 'APIConnectionTimeoutError') {
    return new ProviderTimeoutError();
  }
  return translate(caught);
}

/** The parts of an error of a package that all of them have: an HTTP answer's status, null inside a stream. */
export function answerOf(caught: unknown): { status: number | null; retryAfterMs: number | null } {
  const status = valueAt(caught, 'status');
  const headers = valueAt(caught, 'headers');
  return {
    status: typeof status === 'number' ? status : null,
    retryAfterMs: headers instanceof Headers ? retryAfterMs(headers) : null,
  };
}
