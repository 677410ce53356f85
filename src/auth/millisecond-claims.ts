import type { JWTPayload } from 'jose';
import type { LineBounds } from '../common/bounded-lines.js';

/** In milliseconds a day of 1973, in seconds one of the year 5138. */
const SURELY_MILLISECONDS = 1e11;

/** How often the log says that tokens count in milliseconds: what issues one issues many. */
export const wrongUnitBounds: LineBounds = { most: 1, intervalMs: 10 * 60_000 };

/** The times of a token that are in milliseconds, where RFC 7519 section 2 (NumericDate) counts seconds. */
export function claimsInMilliseconds({ exp, nbf, iat }: JWTPayload): string[] {
  return Object.entries({ exp, nbf, iat }).flatMap(([name, time]) =>
    typeof time === 'number' && time >= SURELY_MILLISECONDS ? [name] : [],
  );
}

/** @param consequence for the token */
export function wrongUnit(claims: readonly string[], consequence: string): string {
  return (
    `A token has its ${claims.join(' and ')} in milliseconds, where RFC 7519 counts seconds: ${consequence}. ` +
    'Correct what issues the tokens.'
  );
}
