import type { Statement } from '../prisma/statement.js';
import { eventColumns, eventTypes, rowOf, type SealedEvent } from './chain/trail-event.js';

/**
 * The part of a statement that writes rows of the trail together with what they tell of, so that neither takes effect
 * without the other.
 *
 * @param parameter which of the statement's parameters they are, as {@link rowsOf} makes it
 * @param condition whether what they tell of took place
 */
export const addToTrail = (parameter: number, condition: string): string => `
  INSERT INTO audit_events (${eventColumns})
  SELECT ${eventColumns} FROM jsonb_to_recordset($${parameter}::jsonb) AS event (${eventTypes})
  WHERE ${condition}
  ORDER BY id`;

/** For rows that tell of something outside the database. */
export const addOnly: Statement = {
  name: 'add-to-trail',
  sql: `WITH events AS (${addToTrail(1, 'true')}) SELECT 1 AS done`,
};

export const rowsOf = (events: readonly SealedEvent[]): string =>
  JSON.stringify(events.map((event) => rowOf(event)));
