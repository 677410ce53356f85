import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AccessTokens } from '../auth/access-tokens.js';
import { TokenRefusedError } from '../auth/auth.errors.js';
import type { TokenUser, UsedAccessToken } from '../auth/authenticated-user.js';
import { OpenTokens } from '../auth/open-tokens.js';
import { mayUseServerKeys } from '../auth/server-key-right.js';
import { Config } from '../config/config.js';
import { DatabaseService } from '../prisma/database.service.js';
import { AccessTokensRepository, knownScopes } from './access-tokens.repository.js';
import { type FoundToken, TokenLookups } from './token-lookups.js';
import { isAccessToken } from '../common/access-token.js';
import { hashOf } from './token-secret.js';

/** A few megabytes at most. */
const MOST_KEPT = 10_000;

/**
 * How long a token is taken for what it was, in milliseconds: with what {@link RevocationCheck} takes, less than the five
 * seconds within which a revoked one ends on all servers.
 */
const KEPT_FOR_MS = 1_000;

const MINUTE_MS = 60_000;

type TokenBearer = TokenUser & { readonly accessToken: UsedAccessToken };

/** Knows whose access tokens are, by their hashes: what this memory holds signs nobody in. */
@Injectable()
export class AccessTokenVerifier extends AccessTokens {
  readonly #logger = new Logger(AccessTokenVerifier.name);
  readonly #kept = new LRUCache<string, { readonly bearer: TokenBearer; readonly until: number }>({
    max: MOST_KEPT,
  });
  /** When the last use of a token was written down, by its id. */
  readonly #noted = new LRUCache<string, number>({ max: MOST_KEPT });
  readonly #lookups: TokenLookups;

  constructor(
    private readonly tokens: AccessTokensRepository,
    private readonly openTokens: OpenTokens,
    private readonly config: Config,
    database: DatabaseService,
  ) {
    super();
    this.#lookups = new TokenLookups(database);
  }

  async verify(token: string): Promise<TokenUser> {
    if (!isAccessToken(token)) throw new TokenRefusedError('an access token that is malformed');
    const bearer = await this.find(hashOf(token));
    if (bearer.expiresAt.getTime() <= Date.now())
      throw new TokenRefusedError('an access token that has expired', [], true);
    this.noteUse(bearer.userId, bearer.accessToken.id);
    return bearer;
  }

  noteUse(userId: string, tokenId: string): void {
    const now = performance.now();
    if (now - (this.#noted.get(tokenId) ?? -Infinity) < MINUTE_MS) return;
    this.#noted.set(tokenId, now);
    this.tokens.noteUse(userId, tokenId, new Date()).catch((error: unknown) => {
      this.#noted.delete(tokenId);
      this.#logger.debug({ err: error }, 'The use of an access token could not be written down');
    });
  }

  /** These tokens were revoked: what they have open here ends. */
  forget(tokenIds: readonly string[]): void {
    if (tokenIds.length === 0) return;
    for (const [hash, { bearer }] of this.#kept.entries())
      if (tokenIds.includes(bearer.accessToken.id)) this.#kept.delete(hash);
    for (const id of tokenIds) this.openTokens.revoke(id);
  }

  private async find(hash: string): Promise<TokenBearer> {
    const kept = this.#kept.get(hash);
    if (kept && performance.now() < kept.until) return kept.bearer;
    const until = performance.now() + KEPT_FOR_MS;
    const found = await this.#lookups.find(hash);
    if (!found) throw new TokenRefusedError('an access token that is unknown, or was revoked');
    const bearer = this.bearerOf(found);
    this.#kept.set(hash, { bearer, until });
    return bearer;
  }

  /** It carries none of the identity provider's scopes. */
  private bearerOf({ id, userId, scopes, expiresAt }: FoundToken): TokenBearer {
    return {
      userId,
      expiresAt: new Date(expiresAt),
      mayUseServerKeys: mayUseServerKeys({}, this.config.serverKeysFor),
      accessToken: { id, scopes: new Set(knownScopes(scopes)) },
    };
  }
}
