import type { Statement } from '../../prisma/statement.js';

/**
 * The last link of the chain $1 behind the link $2 before the first one whose row is of the moment $3 or later. What has
 * no row is of no time.
 */
export const selectCut: Statement = {
  name: 'cut-of-chain',
  sql: `
  SELECT number::double precision AS number, encode(hash, 'hex') AS hash FROM audit_links
  WHERE writer = $1::uuid AND number > $2::bigint AND number < coalesce((
    SELECT min(link.number) FROM audit_links AS link JOIN audit_events AS event ON event.id = link.event_id
    WHERE link.writer = $1::uuid AND link.number > $2::bigint AND event.at >= $3::timestamptz
  ), 9223372036854775807)
  ORDER BY number DESC LIMIT 1`,
};

/** Removes links of the chain $1 up to the link $2, and their rows; $3 of them. */
export const deleteLinked = `
  WITH links AS (
    DELETE FROM audit_links WHERE writer = $1::uuid AND number IN (
      SELECT number FROM audit_links WHERE writer = $1::uuid AND number <= $2::bigint ORDER BY number LIMIT $3::integer
    )
    RETURNING event_id
  ), events AS (
    DELETE FROM audit_events USING links WHERE audit_events.id = links.event_id
  )
  SELECT count(*)::integer AS count, count(event_id)::integer AS rows FROM links`;

/** Removes rows without a MAC, up to the row $1, that are of before the moment $2; $3 of them. */
export const deleteWithoutMac = `
  WITH events AS (
    DELETE FROM audit_events WHERE id IN (
      SELECT id FROM audit_events WHERE mac IS NULL AND id <= $1::uuid AND at < $2::timestamptz LIMIT $3::integer
    )
    RETURNING id
  )
  SELECT count(*)::integer AS count, count(*)::integer AS rows FROM events`;

/** Removes checkpoints of before the moment $1, but for the newest of those that were found right. */
export const deleteCheckpoints = `
  DELETE FROM audit_checkpoints WHERE at < $1::timestamptz
    AND id IS DISTINCT FROM (SELECT id FROM audit_checkpoints WHERE ok ORDER BY at DESC LIMIT 1)`;
