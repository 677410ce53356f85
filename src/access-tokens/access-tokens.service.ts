import { Injectable } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { BadUserInputError } from '../common/input-errors.js';
import { checkNameIsNoKey } from '../keys/key-shape.js';
import { KeyTurns } from '../keys/key-turns.js';
import { Limits } from '../limits/limits.service.js';
import type { AccessToken, CreateAccessTokenPayload } from './access-token.model.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { TooManyAccessTokensError } from './access-tokens.errors.js';
import { AccessTokensRepository } from './access-tokens.repository.js';
import type { CreateAccessTokenInput } from './create-access-token.input.js';
import { hashOf, newToken } from './token-secret.js';

const LONGEST_LIFE_MS = 366 * 24 * 60 * 60_000;

/** Making and revoking access tokens. Both count as changes to a key. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly tokens: AccessTokensRepository,
    private readonly verifier: AccessTokenVerifier,
    private readonly turns: KeyTurns,
    private readonly limits: Limits,
  ) {}

  list(userId: string): Promise<AccessToken[]> {
    return this.tokens.list(userId, new Date());
  }

  /**
   * @returns the token, too: this is the only time that it can be had
   * @throws RateLimitedError RATE_LIMITED
   * @throws BadUserInputError BAD_USER_INPUT for an end that is past or too far away, a name that has a key in it, and one
   *   token too many
   */
  async create(
    userId: string,
    { name, scopes, expiresAt }: CreateAccessTokenInput,
  ): Promise<CreateAccessTokenPayload> {
    await this.limits.countKeyChange(userId);
    checkNameIsNoKey(name);
    checkEnd(expiresAt);
    const secret = newToken();
    const token = { id: uuidv7(), name, scopes, createdAt: new Date(), expiresAt };
    const isCreated = await this.turns.take(userId, 'access tokens', () =>
      this.tokens.create(userId, { ...token, hash: hashOf(secret) }),
    );
    if (!isCreated) throw new TooManyAccessTokensError();
    return { accessToken: { ...token, lastUsedAt: null }, secret };
  }

  /**
   * What it has open on this server ends at once, on others within seconds.
   *
   * @throws RateLimitedError RATE_LIMITED
   * @throws BadUserInputError BAD_USER_INPUT where the user has no such token
   */
  async revoke(userId: string, id: string): Promise<string> {
    await this.limits.countKeyChange(userId);
    const trace = isUuid(id) ? await this.tokens.findTrace(userId, id) : null;
    const [revoked] = trace ? await this.tokens.revoke(userId, [trace]) : [];
    if (revoked === undefined)
      throw BadUserInputError.at('id', 'must be the id of one of your access tokens');
    this.verifier.forget([revoked]);
    return revoked;
  }
}

function checkEnd(expiresAt: Date): void {
  const leftMs = expiresAt.getTime() - Date.now();
  if (leftMs > 0 && leftMs <= LONGEST_LIFE_MS) return;
  throw BadUserInputError.at('input.expiresAt', 'must be in the future, and at most 366 days away');
}
