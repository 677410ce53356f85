import type { Statement } from '../../prisma/statement.js';
import { textsOfRow } from './trail-event.js';

/** Numbers are exact as JavaScript ones. */
export interface LinkRow {
  readonly number: number;
  readonly hash: string;
  readonly note: string | null;
  readonly eventId: string | null;
  readonly generation: number;
  /** Null where the row is gone, or has none. */
  readonly mac: string | null;
  readonly eventGeneration: number | null;
  /** A JSON array; null where the row is gone. */
  readonly texts: string | null;
}

/** The links of the chain $1 behind the link $2, with their rows; $3 of them. */
export const selectLinks: Statement = {
  name: 'links-with-events',
  sql: `
  SELECT link.number::double precision AS number, encode(link.hash, 'hex') AS hash, link.note,
    link.event_id::text AS "eventId", link.key_generation AS generation,
    encode(event.mac, 'hex') AS mac, event.key_generation AS "eventGeneration",
    CASE WHEN event.id IS NOT NULL THEN array_to_json(${textsOfRow})::text END AS texts
  FROM (
    SELECT * FROM audit_links WHERE writer = $1::uuid AND number > $2::bigint ORDER BY number LIMIT $3::integer
  ) AS link
  LEFT JOIN audit_events AS event ON event.id = link.event_id
  ORDER BY link.number`,
};

/** What {@link selectUnlinked} finds: beside the rows without a link, how far it looked. */
export interface UnlinkedRow {
  /** The last row that was looked at; null where there was none. */
  readonly lastId: string | null;
  /** Null, with the rest, where every row that was looked at has a link. */
  readonly id: string | null;
  readonly mac: string;
  readonly eventGeneration: number | null;
  readonly texts: string;
}

/** Looks at $3 rows behind the row $1 and up to $2: those with a MAC and without a link. */
export const selectUnlinked: Statement = {
  name: 'events-without-link',
  sql: `
  WITH looked_at AS MATERIALIZED (
    SELECT id FROM audit_events WHERE id > $1::uuid AND id <= $2::uuid
    ORDER BY id LIMIT $3::integer
  ), unlinked AS (
    SELECT event.* FROM looked_at JOIN audit_events AS event USING (id)
    WHERE mac IS NOT NULL AND NOT EXISTS (SELECT FROM audit_links WHERE event_id = id)
  )
  SELECT place.last_id::text AS "lastId", event.id::text AS id, encode(event.mac, 'hex') AS mac,
    event.key_generation AS "eventGeneration", array_to_json(${textsOfRow})::text AS texts
  FROM (SELECT (SELECT id FROM looked_at ORDER BY id DESC LIMIT 1) AS last_id) AS place
  LEFT JOIN unlinked AS event ON true`,
};

/** Every chain that has a link, by jumping from one to the next. */
export const selectWriters: Statement = {
  name: 'writers-of-links',
  sql: `
  WITH RECURSIVE found AS (
    (SELECT writer FROM audit_links ORDER BY writer LIMIT 1)
    UNION ALL
    SELECT (SELECT writer FROM audit_links WHERE writer > found.writer ORDER BY writer LIMIT 1)
    FROM found WHERE found.writer IS NOT NULL
  )
  SELECT writer::text AS writer FROM found WHERE writer IS NOT NULL`,
};

/** The link $2 of the chain $1. */
export const selectLink: Statement = {
  name: 'link-of-chain',
  sql: `SELECT encode(hash, 'hex') AS hash FROM audit_links WHERE writer = $1::uuid AND number = $2::bigint`,
};

/** The last row that the chain $1 links. */
export const selectLastLinked: Statement = {
  name: 'last-event-of-chain',
  sql: `
  SELECT event_id::text AS id FROM audit_links
  WHERE writer = $1::uuid AND event_id IS NOT NULL ORDER BY number DESC LIMIT 1`,
};
