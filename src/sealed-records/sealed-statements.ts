import type { Statement } from '../prisma/statement.js';
import type { SealedKind } from './sealed-kinds.js';

/** The key id that an envelope names: its second part in every version. It is authenticated when the envelope is opened. */
const keyIdIn = (envelope: string): string => `split_part(${envelope}, '.', 2)`;

/** A row of {@link selectPage}. */
export interface SealedRow {
  readonly id: string;
  readonly envelope: string;
  /** A JSON array of texts; null for a record that belongs nowhere. */
  readonly place: string | null;
}

/** Records behind the row $1 that are not sealed with the key $2, or do not say so in their column; $3 of them. */
export const selectPage = ({ name, table, id, idType, envelope, keyId, place }: SealedKind): Statement => ({
  name: `page of ${name}`,
  sql: `
  SELECT record.${id}::text AS id, record.${envelope} AS envelope, array_to_json(${place})::text AS place
  FROM ${table} AS record
  WHERE record.${id} > $1::${idType}
    AND (${keyIdIn(`record.${envelope}`)} <> $2 OR record.${keyId} <> $2)
  ORDER BY record.${id} LIMIT $3::integer`,
});

/**
 * Puts the envelopes $3 in the place of $2 in the rows $1, sealed with the key $4; where a row has another envelope by
 * now, that one stays. A row that another transaction has locked is left out, and found again later: so this waits for
 * nobody, and cannot be part of a deadlock.
 */
export const replaceEnvelopes = ({
  name,
  table,
  id,
  idType,
  envelope,
  keyId,
  changes,
}: SealedKind): Statement => ({
  name: `re-seal ${name}`,
  sql: `
  WITH resealed AS (
    SELECT * FROM unnest($1::text[]::${idType}[], $2::text[], $3::text[]) AS each (id, before, after)
  ), free AS MATERIALIZED (
    SELECT record.${id} AS id, resealed.after
    FROM ${table} AS record JOIN resealed ON record.${id} = resealed.id AND record.${envelope} = resealed.before
    ORDER BY record.${id}
    FOR NO KEY UPDATE OF record SKIP LOCKED
  )
  UPDATE ${table} AS record SET ${envelope} = free.after, ${keyId} = $4${changes}
  FROM free WHERE record.${id} = free.id
  RETURNING record.${id}::text AS id`,
});

/** A row of {@link countByKey}. */
export interface KeyCount {
  /** As the envelopes say; empty where they are none. */
  readonly keyId: string;
  /** Numbers as texts. */
  readonly count: string;
  /** How many of them name another key in their column. */
  readonly misnamed: string;
}

export const countByKey = ({ name, table, envelope, keyId }: SealedKind): Statement => ({
  name: `count ${name}`,
  sql: `
  SELECT ${keyIdIn(envelope)} AS "keyId", count(*)::text AS count,
    count(*) FILTER (WHERE ${keyId} <> ${keyIdIn(envelope)})::text AS misnamed
  FROM ${table} GROUP BY 1 ORDER BY 1`,
});
