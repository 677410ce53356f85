import type { Statement } from '../../prisma/statement.js';
import { eventColumns, eventTypes } from '../chain/trail-event.js';

/** When keys were stored that events are about: $1 are their ids, and $2 are the users of all events. */
export const selectKeys: Statement = {
  name: 'watched-keys',
  sql: `
  SELECT id::text, user_id AS "userId", created_at AS "storedAt" FROM api_keys
  WHERE user_id = ANY($2) AND id = ANY($1::uuid[])`,
};

/** The last moment at which a user had everything deleted. */
const deletedAt = (userId: string): string => `
  SELECT at FROM audit_events WHERE audit_events.user_id = ${userId} AND kind = 'DATA_DELETED' ORDER BY id DESC LIMIT 1`;

/** What rules remember. $1: a JSON list of `place`, `user_id`, `rule` and `subject`. */
export const selectStates: Statement = {
  name: 'rule-states',
  sql: `
  WITH asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS asked (place integer, user_id text, rule text, subject text)
  ), users AS MATERIALIZED (
    SELECT user_id, (${deletedAt('each_user.user_id')}) AS deleted_at
    FROM (SELECT DISTINCT user_id FROM asked) AS each_user
  )
  SELECT place, state::text, version, key_generation AS "keyGeneration", deleted_at AS "deletedAt"
  FROM asked JOIN users USING (user_id) LEFT JOIN rule_states USING (user_id, rule, subject)`,
};

/** The networks that a user is known in. */
export const selectNetworks: Statement = {
  name: 'known-networks',
  sql: `
  SELECT state::text, key_generation AS "keyGeneration" FROM rule_states
  WHERE user_id = $1 AND rule = 'NEW_NETWORK'`,
};

/**
 * Keeps what rules remember, and writes down what they have found, in one statement and so in one transaction: in the
 * trail, for its owner unless they have muted the rule, and for the webhook.
 *
 * $1: a JSON list of states. One that another server has changed since it was read, or whose user has had everything
 * deleted since the first of its events, is left out, with what was found by it. $2: a JSON list of findings, each with the
 * `place` of its state.
 *
 * Every value of a row comes from outside: nothing of it is computed here.
 */
export const writeStates: Statement = {
  name: 'write-rule-states',
  sql: `
  WITH changes AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS change (
      place integer, user_id text, rule text, subject text, key_generation integer, state jsonb, version integer,
      first_at timestamptz, updated_at timestamptz, expires_at timestamptz
    )
  ), findings AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS finding (
      place integer, rule text, explanation text, webhook text, ${eventTypes}
    )
  ), kept AS (
    INSERT INTO rule_states AS known (
      user_id, rule, subject, key_generation, state, version, updated_at, expires_at
    )
    SELECT user_id, rule, subject, key_generation, state, version, updated_at, expires_at FROM changes
    WHERE coalesce((${deletedAt('changes.user_id')}) < first_at, true)
    ORDER BY user_id, rule, subject
    ON CONFLICT (user_id, rule, subject) DO UPDATE SET
      key_generation = excluded.key_generation, state = excluded.state, version = excluded.version,
      updated_at = excluded.updated_at, expires_at = excluded.expires_at
      WHERE known.version = excluded.version - 1
    RETURNING user_id, rule, subject
  ), done AS MATERIALIZED (
    SELECT place FROM changes JOIN kept USING (user_id, rule, subject)
  ), found AS MATERIALIZED (
    SELECT findings.* FROM findings JOIN done USING (place)
  ), events AS (
    INSERT INTO audit_events (${eventColumns}) SELECT ${eventColumns} FROM found ORDER BY id
  ), told AS (
    INSERT INTO key_alerts (id, user_id, at, rule, provider, key_id, explanation)
    SELECT id, user_id, at, rule, provider, key_id, explanation FROM found
    WHERE user_id <> '' AND NOT EXISTS (
      SELECT FROM user_settings WHERE user_settings.user_id = found.user_id AND found.rule = ANY(muted_rules)
    )
    RETURNING id
  ), deliveries AS (
    INSERT INTO webhook_deliveries (id, body) SELECT id, webhook FROM found WHERE webhook IS NOT NULL
  )
  SELECT place, (
    SELECT coalesce(jsonb_agg(told.id), '[]')::text FROM told JOIN found USING (id) WHERE found.place = done.place
  ) AS told
  FROM done`,
};

/** Forgets what rules need not remember any more, so many at a time: $1. */
export const forgetStates: Statement = {
  name: 'forget-rule-states',
  sql: `
  WITH gone AS (
    DELETE FROM rule_states WHERE (user_id, rule, subject) IN (
      SELECT user_id, rule, subject FROM rule_states WHERE expires_at < now() LIMIT $1::integer
      FOR UPDATE SKIP LOCKED
    ) RETURNING 1
  ) SELECT count(*)::integer AS count FROM gone`,
};

/** Forgets alerts after a year, so many at a time: $1. The trail has what they told of. */
export const forgetAlerts: Statement = {
  name: 'forget-key-alerts',
  sql: `
  WITH gone AS (
    DELETE FROM key_alerts WHERE id IN (
      SELECT id FROM key_alerts WHERE written_at < now() - interval '1 year' LIMIT $1::integer FOR UPDATE SKIP LOCKED
    ) RETURNING 1
  ) SELECT count(*)::integer AS count FROM gone`,
};
