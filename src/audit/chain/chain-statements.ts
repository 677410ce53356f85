import type { Statement } from '../../prisma/statement.js';

/** The last link of the chain $1. */
export const selectHead: Statement = {
  name: 'head-of-chain',
  sql: `
  SELECT number::double precision AS number, encode(hash, 'hex') AS hash, note
  FROM audit_links WHERE writer = $1::uuid ORDER BY number DESC LIMIT 1`,
};

/** Links, as arrays of their columns; an empty text is none. A number that is taken, or a row that has a link, is refused. */
export const addLinks: Statement = {
  name: 'add-links',
  sql: `
  INSERT INTO audit_links (writer, number, event_id, note, hash, key_generation)
  SELECT writer, number, nullif(event_id, '')::uuid, nullif(note, ''), decode(hash, 'hex'), $6::smallint
  FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[])
    AS link (writer, number, event_id, note, hash)`,
};

/** Those of the rows $1 that have a link. */
export const selectLinked: Statement = {
  name: 'linked-events',
  sql: `SELECT event_id::text AS id FROM audit_links WHERE event_id = ANY ($1::uuid[])`,
};

/** Those of the rows $1 that are there. */
export const selectExisting: Statement = {
  name: 'existing-events',
  sql: `SELECT id::text AS id FROM audit_events WHERE id = ANY ($1::uuid[])`,
};

/** The notes of the chain $1 behind the link $2, $3 of them. */
export const selectNotes: Statement = {
  name: 'notes-of-chain',
  sql: `
  SELECT number::double precision AS number, note, encode(hash, 'hex') AS hash, key_generation AS generation
  FROM audit_links WHERE writer = $1::uuid AND note IS NOT NULL AND number > $2::bigint
  ORDER BY number LIMIT $3::integer`,
};
