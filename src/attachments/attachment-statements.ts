import type { Statement } from '../prisma/statement.js';

/** One at a time may begin an attachment of a user, on all servers: those that are there are added up before. */
export const lockUser = `SELECT pg_advisory_xact_lock(hashtextextended('attachments ' || $1, 0))::text AS locked`;

/** What the smallest attachment takes of its user's room of $9 bytes: it has its rows all the same. Ten have room always. */
const SMALLEST = 'least(65536, $9::bigint / 10)';

/** Begins an attachment where there is room for it: of the $9 bytes that a user has, $6 are kept free for it. */
export const begin = `
  WITH kept AS (
    SELECT coalesce(sum(greatest(bytes, ${SMALLEST})), 0) AS bytes, min(expires_at) AS "firstEnd"
    FROM attachments WHERE user_id = $1 AND expires_at > $7::timestamptz
  ), begun AS (
    INSERT INTO attachments (user_id, id, envelope, encryption_key_id, sealed_name, bytes, created_at, expires_at)
    SELECT $1, $2::uuid, $3, $4, decode($5, 'base64'), $6::integer, $7::timestamptz, $8::timestamptz
    FROM kept WHERE kept.bytes + greatest($6::integer, ${SMALLEST}) <= $9::bigint
    RETURNING id
  )
  SELECT EXISTS (SELECT FROM begun) AS "isBegun", kept."firstEnd"::text AS "firstEnd" FROM kept`;

/** Adds a chunk to an attachment that is not complete. */
export const addChunk: Statement = {
  name: 'add-attachment-chunk',
  sql: `
  INSERT INTO attachment_chunks (attachment_id, index, sealed)
  SELECT id, $3::integer, decode($4, 'base64') FROM attachments
  WHERE user_id = $1 AND id = $2::uuid AND mime_type IS NULL
  -- Who deletes it is waited for, and then it is not there.
  FOR KEY SHARE
  RETURNING index`,
};

export const complete: Statement = {
  name: 'complete-attachment',
  sql: `
  UPDATE attachments SET mime_type = $3, bytes = $4::integer, chunk_count = $5::integer, expires_at = $6::timestamptz
  WHERE user_id = $1 AND id = $2::uuid AND mime_type IS NULL
  RETURNING id::text AS id`,
};

export const remove: Statement = {
  name: 'remove-attachment',
  sql: 'DELETE FROM attachments WHERE user_id = $1 AND id = $2::uuid',
};

/** A server that began before a key was retired has it still. */
const isUnderKey = `NOT EXISTS (SELECT FROM retired_encryption_keys WHERE id = split_part(envelope, '.', 2))`;

const columns = `
  id::text AS id, envelope, encode(sealed_name, 'base64') AS "sealedName", mime_type AS "mimeType", bytes,
  chunk_count AS "chunkCount", created_at AS "createdAt", expires_at AS "expiresAt"`;

/** Those of $2 that are complete and had not expired at $3. */
export const findByIds: Statement = {
  name: 'attachments-by-id',
  sql: `
  SELECT ${columns} FROM attachments
  WHERE user_id = $1 AND id = ANY($2::uuid[]) AND mime_type IS NOT NULL AND expires_at > $3::timestamptz
    AND ${isUnderKey}`,
};

/** $3 of those behind $2, complete or not, expired or not. */
export const listAfter: Statement = {
  name: 'attachments-of-user',
  sql: `
  SELECT ${columns} FROM attachments
  WHERE user_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid) ORDER BY attachments.id LIMIT $3::integer`,
};

export const envelopeOf: Statement = {
  name: 'envelope-of-attachment',
  sql: `SELECT envelope FROM attachments WHERE user_id = $1 AND id = $2::uuid AND ${isUnderKey}`,
};

export const findChunk: Statement = {
  name: 'attachment-chunk',
  sql: `
  SELECT encode(sealed, 'base64') AS sealed FROM attachment_chunks
  JOIN attachments ON attachments.id = attachment_id
  WHERE user_id = $1 AND attachment_id = $2::uuid AND index = $3::integer`,
};

/** Of all users: some of those that had expired at $1. */
export const removeExpired: Statement = {
  name: 'remove-expired-attachments',
  sql: `
  DELETE FROM attachments WHERE id IN (
    SELECT id FROM attachments WHERE expires_at < $1::timestamptz ORDER BY expires_at LIMIT 2 FOR UPDATE SKIP LOCKED
  )
  RETURNING id::text AS id`,
};
