import {
  AMOUNT,
  eventColumns,
  eventTypes,
  type JsonRow,
  rowOf,
  type SealedEvent,
} from '../chain/trail-event.js';
import { dollarsOf } from '../../common/dollars.js';
import type { Statement } from '../../prisma/statement.js';
import { type BatchParts, partsOf } from './batch-parts.js';
import { countedColumns, counting, judgingEnds, judgingUses, monthColumns, monthOf } from './month-counts.js';
import { rollingUp } from './roll-up.js';
import { touchesRow, type UseOutcome, type UseRecord } from './use-record.js';

/**
 * What the statement says of a record. `LOCKED`: another transaction has the key's row, or records before this one have
 * taken what was left of its month, and nothing was written.
 */
export interface UseVerdict {
  /** Which of the records, from 0. */
  readonly place: number;
  readonly outcome: UseOutcome | 'LOCKED';
}

const isLive = "status IN ('ACTIVE', 'DISABLED')";

/** Remembers the envelopes that did not open. */
const damaging = `, damaged AS (
    UPDATE sealed_keys SET damaged_digest = digest FROM changes
    WHERE sealed_keys.user_id = changes.user_id AND key_id = changes.id AND digest IS NOT NULL
  )`;

/**
 * Writes any number of records in one statement, that is in one transaction and one round trip: $1 is {@link toJson} of
 * them, and each gets a {@link UseVerdict}.
 *
 * Everything is locked in an order that is the same for all servers: keys by their ids, ends of chats by the chats' ids,
 * hours of usage by their own key. All parts of the statement see what was committed before it began, but for rows that it
 * locks: of these it sees the newest.
 *
 * @param others what becomes of keys whose rows other transactions have locked
 */
const writing = (name: string, others: 'SKIP LOCKED' | '', parts: BatchParts): Statement => ({
  name,
  sql: `
  WITH records AS MATERIALIZED (
    SELECT *, ${monthOf('max(at) OVER ()')} AS this_month FROM jsonb_to_recordset($1::jsonb) AS record (
      place integer, ${eventTypes},
      changed_key_id uuid, change text, health "KeyHealth", health_reason text, digest text,
      input_demand bigint, output_demand bigint, input_cost ${AMOUNT}, output_price ${AMOUNT},
      settled_chat_id uuid, settled_key_id uuid, spent_tokens bigint, spent_cost ${AMOUNT}, began_at timestamptz
    )
  ), locked AS MATERIALIZED (
    SELECT id, user_id, status, replaced_by_id, ${monthColumns} FROM api_keys
    WHERE (user_id, id) IN (SELECT user_id, changed_key_id FROM records)
    ORDER BY id
    FOR NO KEY UPDATE ${others}
  ), ${parts.uses ? judgingUses : judgingEnds}, added AS (
    INSERT INTO audit_events (${eventColumns})
    SELECT ${eventColumns} FROM judged WHERE verdict = 'READY' AND kind IS NOT NULL
    ORDER BY chat_id, id
    ON CONFLICT DO NOTHING
    RETURNING id
  ), written AS MATERIALIZED (
    SELECT judged.*, CASE
      WHEN verdict <> 'READY' THEN verdict
      WHEN kind IS NULL OR added.id IS NOT NULL THEN 'WRITTEN'
      ELSE 'KNOWN'
    END AS result
    FROM judged LEFT JOIN added ON added.id = judged.id
  ), ${parts.ends ? `${rollingUp}, ` : ''}${counting(parts)}, changes AS MATERIALIZED (
    SELECT user_id, changed_key_id AS id, max(digest) AS digest,
      max(at) FILTER (WHERE change IN ('USED', 'LISTED')) AS used_at,
      max(at) FILTER (WHERE change = 'DAMAGED' OR health IS NOT NULL) AS checked_at,
      -- Of several that speak of its health, the last.
      (array_agg(health ORDER BY place DESC) FILTER (WHERE health IS NOT NULL))[1] AS health,
      (array_agg(health_reason ORDER BY place DESC) FILTER (WHERE health IS NOT NULL))[1] AS health_reason
    FROM written WHERE result = 'WRITTEN' AND changed_key_id IS NOT NULL
    GROUP BY 1, 2
  ), changed AS (
    UPDATE api_keys SET
      last_used_at = coalesce(used_at, last_used_at),
      -- Only a live key has a health: one that was replaced in the meantime keeps what it had.
      health_checked_at = CASE WHEN ${isLive} THEN coalesce(checked_at, health_checked_at) ELSE health_checked_at END,
      health = CASE WHEN ${isLive} THEN coalesce(change.health, api_keys.health) ELSE api_keys.health END,
      health_reason = CASE WHEN ${isLive} AND change.health IS NOT NULL THEN change.health_reason
        ELSE api_keys.health_reason END,
      ${countedColumns}
    FROM (SELECT * FROM changes FULL JOIN counts USING (user_id, id)) AS change
    WHERE api_keys.user_id = change.user_id AND api_keys.id = change.id
  )${parts.uses && parts.ends ? damaging : ''}
  SELECT place, result AS outcome FROM written`,
});

/** The statements for batches of every kind. */
const writingAll = (name: string, others: 'SKIP LOCKED' | '') => ({
  uses: writing(`${name}-uses`, others, { uses: true, ends: false }),
  ends: writing(`${name}-ends`, others, { uses: false, ends: true }),
  both: writing(`${name}-both`, others, { uses: true, ends: true }),
});

/** For records that do not wait: one whose key's row is locked is `LOCKED`, and the others are written. */
const whatIsFree = writingAll('write', 'SKIP LOCKED');

/** For records whose keys' rows are worth waiting for. */
const inTurn = writingAll('write-in-turn', '');

/** @param waits for keys' rows that other transactions have locked */
export function writingOf(records: Iterable<UseRecord>, waits: boolean): Statement {
  const { uses, ends } = partsOf(records);
  return (waits ? inTurn : whatIsFree)[uses && ends ? 'both' : uses ? 'uses' : 'ends'];
}

/** A record with the row of the trail that it has, if it has one. */
export interface SealedRecord {
  readonly record: UseRecord;
  readonly event: SealedEvent | null;
}

export const toJson = (records: readonly SealedRecord[]): string => JSON.stringify(records.map(toRow));

function toRow({ record, event }: SealedRecord, place: number): JsonRow {
  const { userId, id, at, key } = record;
  // Half a character, which JSON for the database may not hold: as the driver writes it elsewhere.
  const row: JsonRow = event
    ? rowOf(event, { place })
    : { place, user_id: userId.toWellFormed(), id, at: at.toISOString() };
  if (key === null) return row;
  row.change = key.type;
  if (touchesRow(key)) row.changed_key_id = key.keyId;
  if (key.type === 'USED') {
    row.input_demand = key.tokens?.input;
    row.output_demand = key.tokens?.output;
    row.input_cost = key.cost && dollarsOf(key.cost.input);
    row.output_price = key.cost && dollarsOf(key.cost.outputToken);
  } else if (key.type === 'DAMAGED') row.digest = key.digest;
  else if (key.type === 'ENDED') {
    const { verdict, settlement } = key;
    row.health = verdict?.health;
    row.health_reason = verdict?.reason;
    row.settled_chat_id = settlement?.chatId;
    row.settled_key_id = key.keyId;
    row.spent_tokens = settlement?.tokens;
    row.spent_cost = settlement?.cost;
    row.began_at = settlement?.beganAt.toISOString();
  }
  return row;
}
