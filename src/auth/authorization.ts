const NAME = 'authorization';

/** The syntax of RFC 6750 section 2.1; the scheme's name in any case, as RFC 9110 section 11.1 has it. */
const BEARER = /^Bearer +([\w.~+/-]{1,16384}={0,2}) *$/i;

/**
 * Finds `authorization`, its name in any case, among HTTP headers or in the payload of `connection_init`.
 *
 * @returns its value, which may be anything a client can send; undefined where there is none. A name given twice counts
 * as malformed: which of the two was meant is not for us to guess.
 */
export function findAuthorization(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const values = Object.entries(fields).flatMap(([name, value]: [string, unknown]) =>
    name.toLowerCase() === NAME ? [value] : [],
  );
  return values.length > 1 ? values : values[0];
}

/** @returns the token of `Bearer <token>`; null for anything else */
export function parseBearer(authorization: unknown): string | null {
  return typeof authorization === 'string' ? (BEARER.exec(authorization)?.[1] ?? null) : null;
}
