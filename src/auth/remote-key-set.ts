import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { KeySetUnavailableError } from './auth.errors.js';

const TIMEOUT_MS = 5_000;
/** A key id that nobody knows makes us ask again at most this often: tokens are made by anyone. */
const COOLDOWN_MS = 30_000;
const CACHE_MS = 10 * 60_000;

/**
 * The keys that an OpenID provider publishes: fetched when first needed, cached, and fetched again for a key id that is
 * new, so that keys can be rotated.
 *
 * The function that it returns throws KeySetUnavailableError when the keys cannot be had, and jose's own errors
 * when none of them fits the token.
 */
export function remoteKeySet(url: URL): JWTVerifyGetKey {
  const keySet = createRemoteJWKSet(url, {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: CACHE_MS,
  });
  return async (header, token) => {
    try {
      return await keySet(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      throw new KeySetUnavailableError(codesBehind(error));
    }
  };
}

function isAboutTheToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

/** The codes of the error's causes (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, jose's own): what went wrong, without a text. */
function codesBehind(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return [
    ...(typeof code === 'string' && /^[A-Z][A-Z\d_]{2,60}$/.test(code) ? [code] : []),
    ...codesBehind(cause),
  ];
}
