import type { JWTPayload } from 'jose';
import type { ServerKeysRule } from '../config/server-keys.js';

/**
 * Whether the claims of a token let its user spend the server's keys. Scopes stand in `scope` (RFC 8693, 4.2) or in `scp`,
 * each as a text with spaces between them or as a list, as the identity providers have it.
 */
export function mayUseServerKeys(claims: JWTPayload, rule: ServerKeysRule): boolean {
  if (rule.for !== 'scope') return rule.for !== 'nobody';
  return [claims.scope, claims.scp].some((claim) => scopesIn(claim).includes(rule.scope));
}

function scopesIn(claim: unknown): readonly unknown[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim : [];
}
