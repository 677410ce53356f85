import { addToTrail } from '../audit/trail-rows.js';
import type { Statement } from '../prisma/statement.js';
import { MAX_TOKENS } from './access-token.model.js';

const columns = `
  id::text AS id, name, scopes, created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt"`;

export const selectTokens: Statement = {
  name: 'access-tokens',
  sql: `
  SELECT ${columns} FROM access_tokens WHERE user_id = $1 AND expires_at > $2::timestamptz
  ORDER BY access_tokens.id DESC LIMIT ${MAX_TOKENS}`,
};

/** What the trail says of the tokens of $1: of one, or of all where $2 is null. Expired ones, too. */
export const selectTraces: Statement = {
  name: 'traces-of-access-tokens',
  sql: `
  SELECT id::text AS id, name FROM access_tokens WHERE user_id = $1 AND ($2::uuid IS NULL OR access_tokens.id = $2::uuid)`,
};

/** One at a time may make a token for a user, on all servers: those that are there are counted before. */
export const lockUser = `SELECT pg_advisory_xact_lock(hashtextextended('access_tokens ' || $1, 0))::text AS locked`;

/** Makes a token where there is room for one, and takes out those that have expired. */
export const createToken = `
  WITH expired AS (
    DELETE FROM access_tokens WHERE user_id = $1 AND expires_at <= $6::timestamptz
  ), created AS (
    INSERT INTO access_tokens (user_id, id, name, scopes, hash, created_at, expires_at)
    SELECT $1, $2::uuid, $3, $4::text[], decode($5, 'hex'), $6::timestamptz, $7::timestamptz
    WHERE (
      SELECT count(*) FROM access_tokens WHERE user_id = $1 AND expires_at > $6::timestamptz
    ) < ${MAX_TOKENS}
    RETURNING id
  ), events AS (
    ${addToTrail(8, 'EXISTS (SELECT FROM created)')}
  )
  SELECT id::text AS id FROM created`;

/** Takes out those of $2 that are there, each with its row of the trail. */
export const revokeTokens: Statement = {
  name: 'revoke-access-tokens',
  sql: `
  WITH revoked AS (
    DELETE FROM access_tokens WHERE user_id = $1 AND id = ANY($2::uuid[]) RETURNING id
  ), events AS (
    ${addToTrail(3, 'access_token_id IN (SELECT revoked.id FROM revoked)')}
  )
  SELECT revoked.id::text AS id FROM revoked`,
};

/** Once a minute at the most, whichever servers it is used on. */
export const noteUse: Statement = {
  name: 'use-of-access-token',
  sql: `
  UPDATE access_tokens SET last_used_at = $3::timestamptz
  WHERE user_id = $1 AND id = $2::uuid
    AND (last_used_at IS NULL OR last_used_at <= $3::timestamptz - interval '1 minute')`,
};

/** The tokens of all users with one of these hashes. */
export const selectByHash: Statement = {
  name: 'access-tokens-by-hash',
  sql: `
  SELECT asked.hash, id::text AS id, user_id AS "userId", scopes, expires_at AS "expiresAt"
  FROM unnest($1::text[]) AS asked (hash) JOIN access_tokens ON access_tokens.hash = decode(asked.hash, 'hex')`,
};

/** Which of these tokens, of all users, are there. */
export const selectThere: Statement = {
  name: 'access-tokens-there',
  sql: `SELECT id::text AS id FROM access_tokens WHERE id = ANY($1::uuid[])`,
};
