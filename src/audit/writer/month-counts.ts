import type { BatchParts } from './batch-parts.js';

/** The part of what is left of a month, and the most tokens, that are kept for an answer whose request names no limit. */
const PART_LEFT = 4;
const MOST_UNNAMED = 4_096;

/** The month of a moment, in UTC, as its first day. */
export const monthOf = (moment: string): string => `date_trunc('month', ${moment} AT TIME ZONE 'UTC')::date`;

/** Whose counts a key's are by now: one that was replaced has handed its month on. */
export const heirOf = (status: string, keyId: string): string =>
  `CASE WHEN ${status} = 'REPLACED' THEN replaced_by_id ELSE ${keyId} END`;

/** What a key's row says of its month. */
export const monthColumns =
  'token_limit, request_limit, cost_limit, used_month, used_tokens, used_requests, cost_month, used_cost';

/** Records with what is known of the keys that they change. */
const asked = (columns: string): string => `
  SELECT records.*, locked.status AS key_status, replaced_by_id, ${columns}
    locked.id IS NULL AND EXISTS (
      SELECT FROM api_keys WHERE api_keys.user_id = records.user_id AND api_keys.id = changed_key_id
    ) AS is_locked
  FROM records LEFT JOIN locked ON locked.user_id = records.user_id AND locked.id = changed_key_id`;

/** Part of the writer's statement, where no record is a use: an end needs its key's row, and no more. */
export const judgingEnds = `
  judged AS MATERIALIZED (
    SELECT *, 0 AS needed, CASE WHEN is_locked THEN 'LOCKED' ELSE 'READY' END AS verdict
    FROM (${asked('')}) AS asked
  )`;

/**
 * Parts of the writer's statement: what may be used of a key's month, record by record.
 *
 * A key's counts stand in its row, which is locked here: no two servers can take the same rest. They hold what chats
 * that have not ended may need, too (`key_reservations`), so that chats which begin together do not all take it.
 *
 * A record that fits alone but not beside those before it in its batch is `LOCKED`: its turn comes when the others are
 * written.
 */
export const judgingUses = `
  asked AS MATERIALIZED (${asked(`token_limit, request_limit, cost_limit,
      CASE WHEN used_month = this_month THEN used_tokens ELSE 0 END AS month_tokens,
      CASE WHEN used_month = this_month THEN used_requests ELSE 0 END AS month_requests,
      CASE WHEN cost_month = this_month THEN used_cost ELSE 0 END AS month_cost,`)}
  ), measured AS (
    SELECT *, CASE WHEN change = 'USED' AND token_limit IS NOT NULL AND input_demand IS NOT NULL
      THEN input_demand
        + coalesce(output_demand, greatest(0, least(${MOST_UNNAMED}, (token_limit - month_tokens) / ${PART_LEFT})))
      ELSE 0 END AS needed,
      CASE WHEN change = 'USED' AND cost_limit IS NOT NULL AND input_cost IS NOT NULL
      THEN input_cost + coalesce(
          output_demand * output_price,
          greatest(0, least(${MOST_UNNAMED} * output_price, (cost_limit - month_cost) / ${PART_LEFT})))
      ELSE 0 END AS needed_cost
    FROM asked
  ), alone AS (
    SELECT *, CASE
      WHEN changed_key_id IS NULL THEN 'READY'
      WHEN is_locked THEN 'LOCKED'
      WHEN change <> 'ENDED' AND key_status IS DISTINCT FROM 'ACTIVE' THEN 'KEY_GONE'
      -- Its month has got an amount since the key was decided on.
      WHEN cost_limit IS NOT NULL AND input_demand IS NOT NULL AND input_cost IS NULL THEN 'KEY_GONE'
      WHEN change = 'USED' AND (
        month_requests + 1 > request_limit OR month_tokens + needed > token_limit
        OR month_cost >= cost_limit OR month_cost + needed_cost > cost_limit
      ) THEN 'OVER_LIMIT'
      ELSE 'READY'
    END AS alone
    FROM measured
  ), judged AS MATERIALIZED (
    SELECT *, CASE
      WHEN alone = 'READY' AND change = 'USED' AND (
        month_requests + count(*) FILTER (WHERE alone = 'READY' AND change = 'USED') OVER before > request_limit
        OR month_tokens + sum(needed) FILTER (WHERE alone = 'READY' AND change = 'USED') OVER before > token_limit
        OR month_cost + sum(needed_cost) FILTER (WHERE alone = 'READY' AND change = 'USED') OVER before > cost_limit
      ) THEN 'LOCKED'
      ELSE alone
    END AS verdict
    FROM alone
    WINDOW before AS (PARTITION BY changed_key_id ORDER BY place ROWS UNBOUNDED PRECEDING)
  )`;

const reserving = `
  reserved AS (
    INSERT INTO key_reservations (chat_id, key_id, user_id, month, tokens, cost, made_at)
    SELECT chat_id, changed_key_id, user_id, this_month, needed, needed_cost, at
    FROM written WHERE result = 'WRITTEN' AND (needed > 0 OR needed_cost > 0)
    ON CONFLICT DO NOTHING
  )`;

const releasing = `
  released AS (
    DELETE FROM key_reservations AS reservation USING written
    WHERE result = 'WRITTEN' AND reservation.user_id = written.user_id
      AND reservation.chat_id = settled_chat_id AND reservation.key_id = settled_key_id
    RETURNING reservation.chat_id, reservation.key_id, reservation.month, reservation.tokens, reservation.cost
  )`;

const taken = `
  SELECT user_id, changed_key_id AS id, this_month, needed AS tokens, needed_cost AS cost, 1 AS requests
  FROM written WHERE result = 'WRITTEN' AND change = 'USED'`;

const givenBack = `
  SELECT user_id, ${heirOf('key_status', 'changed_key_id')} AS id, this_month,
    spent_tokens - coalesce(released.tokens, 0) AS tokens,
    coalesce(spent_cost - coalesce(released.cost, 0), 0) AS cost, 0 AS requests
  FROM written LEFT JOIN released ON released.chat_id = settled_chat_id AND released.key_id = settled_key_id
  WHERE result = 'WRITTEN' AND spent_tokens IS NOT NULL
    AND coalesce(released.month, ${monthOf('began_at')}) = this_month`;

/** What was written counts: a use takes what it needs, and an end gives back what the chat has not used. */
export const counting = ({ uses, ends }: BatchParts): string => `
  ${[uses && reserving, ends && releasing].filter(Boolean).join(', ')}, counts AS MATERIALIZED (
    SELECT user_id, id, this_month, sum(tokens) AS tokens, sum(cost) AS cost, sum(requests) AS requests
    FROM (${[uses && taken, ends && givenBack].filter(Boolean).join(' UNION ALL ')}) AS part
    GROUP BY 1, 2, 3
  )`;

/** What becomes of the counts in a key's row, where `change` has those of {@link counting}. */
export const countedColumns = `
  used_tokens = CASE
    WHEN this_month IS NULL OR used_month > this_month THEN used_tokens
    ELSE greatest(0, tokens + CASE WHEN used_month = this_month THEN used_tokens ELSE 0 END)
  END,
  used_requests = CASE
    WHEN this_month IS NULL OR used_month > this_month THEN used_requests
    ELSE requests + CASE WHEN used_month = this_month THEN used_requests ELSE 0 END
  END,
  used_cost = CASE
    WHEN this_month IS NULL OR cost_month > this_month THEN used_cost
    ELSE greatest(0, cost + CASE WHEN cost_month = this_month THEN used_cost ELSE 0 END)
  END,
  used_month = greatest(used_month, this_month),
  cost_month = greatest(cost_month, this_month)`;
