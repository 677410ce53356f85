/** The largest value of GraphQL's Int, which carries it to clients: 24 days. */
const MAX_RETRY_AFTER_MS = 2 ** 31 - 1;

/**
 * When a server says that a retry makes sense: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or the
 * more exact `retry-after-ms` that some providers send beside it.
 *
 * @returns milliseconds from now; null where the headers say nothing that can be read
 */
export function retryAfterMs(headers: Headers, now: number = Date.now()): number | null {
  return fromMilliseconds(headers.get('retry-after-ms')) ?? fromRetryAfter(headers.get('retry-after'), now);
}

/** Seconds, also with a fraction, as whole milliseconds for a client; null where it is no time to wait. */
export function secondsToRetryAfterMs(seconds: number): number | null {
  if (!Number.isFinite(seconds) || seconds < 0) return null;
  return Math.min(Math.ceil(seconds * 1000), MAX_RETRY_AFTER_MS);
}

const DECIMAL = /^\d+(\.\d+)?$/;

function fromMilliseconds(value: string | null): number | null {
  return value !== null && DECIMAL.test(value) ? secondsToRetryAfterMs(Number(value) / 1000) : null;
}

function fromRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (DECIMAL.test(value)) return secondsToRetryAfterMs(Number(value));
  // An HTTP date begins with the day's name: Date.parse alone would take a bare "-5" for a year.
  if (!/^[A-Z][a-z]{2}/.test(value)) return null;
  return secondsToRetryAfterMs(Math.max(0, Date.parse(value) - now) / 1000);
}
