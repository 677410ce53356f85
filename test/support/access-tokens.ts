import type { TestServer } from './test-server.js';

const CREATE = `mutation ($input: CreateAccessTokenInput!) {
  createAccessToken(input: $input) { secret accessToken { id name scopes createdAt lastUsedAt expiresAt } }
}`;
const REVOKE = 'mutation ($id: ID!) { revokeAccessToken(id: $id) { id } }';

/** The moment in so many days. */
export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

export interface MadeToken {
  readonly id: string;
  readonly secret: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Has a user make an access token. */
export async function createToken(
  server: {
    query(userId: string, query: string, variables: Record<string, unknown>): Promise<Record<string, any>>;
  },
  userId: string,
  input: { readonly name?: string; readonly scopes?: readonly string[]; readonly expiresAt?: string } = {},
): Promise<MadeToken> {
  const { createAccessToken } = await server.query(userId, CREATE, {
    input: { name: 'a program', scopes: ['CHAT'], expiresAt: inDays(30), ...input },
  });
  return { ...createAccessToken.accessToken, secret: createAccessToken.secret } as MadeToken;
}

export const revokeToken = (server: TestServer, userId: string, id: string) =>
  server.query(userId, REVOKE, { id });
