import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { TokenUser } from './authenticated-user.js';

/** A few megabytes at most, however many are sent. */
const MOST_KEPT = 10_000;

/** After that a signature is checked anew, in milliseconds: a key that was withdrawn serves no longer than that. */
const KEPT_FOR_MS = 60_000;

/**
 * Whose the tokens are that were found valid: a client sends the same one with each request, and to check its signature
 * takes as long as to answer a small query.
 *
 * Tokens are kept as their SHA-256: what this memory holds signs nobody in.
 */
export class VerifiedTokens {
  readonly #kept = new LRUCache<string, { readonly user: TokenUser; readonly until: number }>({
    max: MOST_KEPT,
  });

  /** @returns null for a token that is not known, or is no longer valid */
  find(token: string): TokenUser | null {
    const kept = this.#kept.get(hashOf(token));
    return kept && Date.now() < kept.until ? kept.user : null;
  }

  keep(token: string, user: TokenUser): void {
    const until = Math.min(user.expiresAt.getTime(), Date.now() + KEPT_FOR_MS);
    this.#kept.set(hashOf(token), { user, until });
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');
