import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditTrail } from '../audit/chain/audit-trail.js';
import type { SealedEvent } from '../audit/chain/trail-event.js';
import { rowsOf } from '../audit/trail-rows.js';
import { AccessScope } from '../auth/access-scope.js';
import { DatabaseService } from '../prisma/database.service.js';
import {
  createToken,
  lockUser,
  noteUse,
  revokeTokens,
  selectTokens,
  selectTraces,
} from './access-token-statements.js';
import type { AccessToken } from './access-token.model.js';

/** A token to be kept: all but the token. */
export interface NewAccessToken extends Omit<AccessToken, 'lastUsedAt'> {
  /** SHA-256, in hexadecimal digits. */
  readonly hash: string;
}

/** What the trail says of a token. Neither changes as long as it is there. */
export type TokenTrace = Pick<AccessToken, 'id' | 'name'>;

interface TokenRow extends TokenTrace {
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string;
}

/** Invariants: every method takes the user's id first. A change and its rows of the trail are one transaction. */
@Injectable()
export class AccessTokensRepository {
  constructor(
    private readonly database: DatabaseService,
    private readonly trail: AuditTrail,
  ) {}

  /** Those that had not expired at a moment, newest first. */
  async list(userId: string, at: Date): Promise<AccessToken[]> {
    const rows = await this.database.run<TokenRow>(selectTokens, [userId, at.toISOString()]);
    return rows.map(toModel);
  }

  async findTrace(userId: string, id: string): Promise<TokenTrace | null> {
    const [trace] = await this.database.run<TokenTrace>(selectTraces, [userId, id]);
    return trace ?? null;
  }

  /** Of all tokens that are there, expired ones too. */
  findTraces(userId: string): Promise<TokenTrace[]> {
    return this.database.run<TokenTrace>(selectTraces, [userId, null]);
  }

  /** @returns whether there was room for it */
  async create(userId: string, token: NewAccessToken): Promise<boolean> {
    const { id, name, scopes, hash, createdAt, expiresAt } = token;
    const detail = `${name}: ${scopes.join(' ')}, until ${expiresAt.toISOString()}`;
    const events = [this.seal(userId, createdAt, 'TOKEN_CREATED', id, detail)];
    const values = [userId, id, name, scopes, hash, createdAt, expiresAt, rowsOf(events)];
    return this.trail.write(
      events,
      () =>
        this.database.transaction(async (client) => {
          await client.$queryRawUnsafe(lockUser, userId);
          const created = await client.$queryRawUnsafe<object[]>(createToken, ...values);
          return created.length > 0;
        }),
      (isCreated) => (isCreated ? events : []),
    );
  }

  /** @returns the ids of those that were there */
  async revoke(userId: string, tokens: readonly TokenTrace[]): Promise<string[]> {
    const at = new Date();
    const events = tokens.map(({ id, name }) => this.seal(userId, at, 'TOKEN_REVOKED', id, name));
    const values = [userId, tokens.map(({ id }) => id), rowsOf(events)];
    const rows = await this.trail.write(
      events,
      () => this.database.run<{ id: string }>(revokeTokens, values),
      (revoked) => events.filter((_, place) => revoked.some(({ id }) => id === tokens[place]?.id)),
    );
    return rows.map(({ id }) => id);
  }

  /** Writes nothing where there was a use within the last minute. */
  async noteUse(userId: string, id: string, at: Date): Promise<void> {
    await this.database.run(noteUse, [userId, id, at.toISOString()]);
  }

  private seal(
    userId: string,
    at: Date,
    kind: 'TOKEN_CREATED' | 'TOKEN_REVOKED',
    accessTokenId: string,
    detail: string,
  ): SealedEvent {
    return this.trail.seal({ id: uuidv7(), userId, kind, at, accessTokenId, outcome: 'OK', detail });
  }
}

const toModel = ({ id, name, scopes, createdAt, lastUsedAt, expiresAt }: TokenRow): AccessToken => ({
  id,
  name,
  scopes: knownScopes(scopes),
  createdAt: new Date(createdAt),
  lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
  expiresAt: new Date(expiresAt),
});

/** A newer version may know more: here they allow nothing. */
export const knownScopes = (scopes: readonly string[]): AccessScope[] =>
  Object.values(AccessScope).filter((scope) => scopes.includes(scope));
