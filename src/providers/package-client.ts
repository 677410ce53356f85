import type { FetchLimits } from '../outbound/outbound-fetch.js';

/**
 * Settings for the clients of providers' packages. The packages read environment variables of their own (keys,
 * organisations, log levels, custom headers): every setting that has such a variable is given explicitly, and the
 * headers that a variable could add or change are pinned for each request.
 */
export const packageClient = {
  /** Clients outlive calls and must not know a key. Each request brings its own. */
  apiKey: 'sent-with-each-request',
  maxRetries: 0,
  /** Time limits are the outbound layer's; this is the longest that a timer can be set for. */
  timeout: 2 ** 31 - 1,
  logLevel: 'off',
} as const;

/** The largest event to expect is the closing one of OpenAI, which repeats the request's text and the whole answer. */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;

const FIXED_HEADERS = { accept: 'text/event-stream', 'user-agent': 'keystream' };

/** The headers of one request. They win over what a package's environment variables say. */
export function requestHeaders(own: Readonly<Record<string, string>>): Record<string, string> {
  return { ...FIXED_HEADERS, ...own };
}

/** What the `fetch` of a package's client lets through: {@link requestHeaders} and the body's type, nothing else. */
export function fetchLimits(ownHeaders: readonly string[]): FetchLimits {
  return {
    requestHeaders: [...Object.keys(FIXED_HEADERS), 'content-type', ...ownHeaders],
    maxEventBytes: MAX_EVENT_BYTES,
  };
}
