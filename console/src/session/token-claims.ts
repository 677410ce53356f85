/** What the page needs to know of a token. Only the server judges it. */
export interface TokenClaims {
  /** Whom it stands for; null where it does not say. */
  readonly owner: string | null;
  /** When it was made and when it ends, by the clock of the one who made it, in milliseconds; null where it does not say. */
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
}

/** Reads a JWT (RFC 7519 section 4.1). An access token of Keystream says nothing. */
export function readClaims(token: string): TokenClaims {
  const { sub, iat, exp } = claimsOf(token);
  return { owner: typeof sub === 'string' ? sub : null, issuedAt: timeOf(iat), expiresAt: timeOf(exp) };
}

/**
 * When a token ends by the clock of this browser, which may be wrong: how long a token serves is counted from now where it is
 * new, and where the clock says that it does not serve at this moment.
 */
export function endOf({ issuedAt, expiresAt }: TokenClaims, isNew: boolean): Date | null {
  if (expiresAt === null) return null;
  const now = Date.now();
  const serves = issuedAt !== null && issuedAt <= now && now < expiresAt;
  return new Date(issuedAt === null || (serves && !isNew) ? expiresAt : now + expiresAt - issuedAt);
}

const timeOf = (seconds: unknown): number | null =>
  typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : null;

function claimsOf(token: string): { sub?: unknown; iat?: unknown; exp?: unknown } {
  try {
    const [, claims = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    return Object(JSON.parse(new TextDecoder().decode(bytes))) as { sub?: unknown };
  } catch {
    return {};
  }
}
