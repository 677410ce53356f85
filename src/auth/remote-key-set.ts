import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { AppError } from '../common/app-error.js';
import { LONGEST_TIMER_MS } from '../config/parsers.js';
import { fetchDocument } from '../outbound/fetch-document.js';
import type { OutboundHttp } from '../outbound/outbound-http.js';
import { ProviderUnreachableError } from '../outbound/upstream-error.js';
import { KeySetUnavailableError } from './auth.errors.js';

/** For the whole document. */
const TIMEOUT_MS = 5_000;
/** An unknown key id makes us ask again at most this often: anyone can make such a token. */
const COOLDOWN_MS = 30_000;
const CACHE_MS = 10 * 60_000;
/** Real documents have a handful of keys of a kilobyte or two, with their certificates. */
const MAX_BYTES = 256 * 1024;
/** Every token looks through all of them. */
const MAX_KEYS = 100;

/**
 * The keys that an OpenID provider publishes: fetched when first needed, cached, and fetched again for a key id that is
 * new, so that keys can be rotated.
 *
 * The function that it returns throws KeySetUnavailableError when the keys cannot be had, and jose's own errors
 * when none of them fits the token.
 */
export function remoteKeySet(url: URL, http: OutboundHttp): JWTVerifyGetKey {
  const keySet = createRemoteJWKSet(url, {
    // Its own timer does not know whether the document waits to be read.
    timeoutDuration: LONGEST_TIMER_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: CACHE_MS,
    [customFetch]: async (address, { headers, signal }) => {
      const document = await fetchDocument(http, {
        url: address,
        headers: Object.fromEntries(headers),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        signal,
      });
      if (!hasFewKeys(document)) throw new errors.JWKSInvalid('It has no keys, or too many.');
      return Response.json(document);
    },
  });
  return async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      throw new KeySetUnavailableError(codesOf(error));
    }
  };
}

function hasFewKeys(document: unknown): boolean {
  const keys: unknown = typeof document === 'object' && document !== null && Reflect.get(document, 'keys');
  return Array.isArray(keys) && keys.length <= MAX_KEYS;
}

function isAboutTheToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

/** What went wrong, in codes of ours, of the operating system's, or of jose's: without a text. */
function codesOf(error: unknown): string[] {
  if (error instanceof ProviderUnreachableError && error.networkCode !== null) return [error.networkCode];
  return error instanceof AppError || error instanceof errors.JOSEError ? [error.code] : ['unexpected'];
}
