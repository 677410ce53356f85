import { addToTrail } from '../audit/trail-rows.js';
import { monthOf } from '../audit/writer/month-counts.js';
import type { Statement } from '../prisma/statement.js';

/** How many endpoints one user may have: the database has the same number in a constraint. */
export const MAX_ENDPOINTS = 20;

const isLive = "status IN ('ACTIVE', 'DISABLED')";

/**
 * The one way to a key's record. One that does not say that it is the same user's is none, for a list as for a request.
 */
const withRecords = (keys: string): string => `
  ${keys} AS api_keys
  LEFT JOIN sealed_keys ON key_id = api_keys.id AND sealed_keys.user_id = api_keys.user_id`;

/** With it, so that it holds at once: whether its encryption key was retired. The key id is an envelope's second part. */
const recordColumns = `envelope, damaged_digest AS "damagedDigest",
  EXISTS (SELECT FROM retired_encryption_keys WHERE id = split_part(envelope, '.', 2)) AS "isRetired"`;

/** Counts are of this month, or there are none. Every number here is exact as a JavaScript one; amounts are texts. */
const limitColumns = `
  allowed_models AS "allowedModels", allowed_uses AS "allowedUses",
  token_limit::double precision AS "tokenLimit", request_limit::double precision AS "requestLimit",
  (CASE WHEN used_month = ${monthOf('now()')} THEN used_tokens ELSE 0 END)::double precision AS "monthTokens",
  (CASE WHEN used_month = ${monthOf('now()')} THEN used_requests ELSE 0 END)::double precision AS "monthRequests",
  cost_limit::text AS "costLimit", (CASE WHEN cost_month = ${monthOf('now()')} THEN used_cost ELSE 0 END)::text AS "monthCost"`;

/** A provider's key has neither. */
const endpointColumns = 'endpoint_name AS "endpointName", endpoint_url AS "endpointUrl"';

/** As text where it is an enum: the database's may have more values than this version knows. */
const keyColumns = `
  api_keys.id, api_keys.user_id AS "userId", provider, ${endpointColumns}, name, masked_key AS "maskedKey", status::text,
  health::text, health_reason AS "healthReason", health_checked_at AS "healthCheckedAt",
  created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt", ${limitColumns}`;

/** Rows of one column each, as JSON: a driver takes longer to read twenty columns than all else of a row. */
const asJson = (rows: string): string => `SELECT to_json(found) AS row FROM (${rows}) AS found`;

const keysFrom = (source: string): string => `SELECT ${keyColumns}, ${recordColumns} FROM ${source}`;

/**
 * The keys of $1 that this version knows the provider of. A newer version's are left out here, where pages are cut.
 *
 * @param page their order, and how many
 */
const selecting = (name: string, condition: string, page = ''): Statement => ({
  name,
  sql: `
  ${asJson(`
  ${keysFrom(withRecords('api_keys'))}
  WHERE api_keys.user_id = $1 AND provider = ANY($2) AND ${condition} ${page}`)}`,
});

export const selectLive = selecting('live-keys', isLive);
export const selectOne = selecting(
  'key',
  "api_keys.id = $3::uuid AND status IN ('ACTIVE', 'DISABLED', 'REPLACED')",
);
export const selectHistory = selecting(
  'key-history',
  `status IN ('ACTIVE', 'DISABLED', 'REPLACED', 'DELETED') AND api_keys.id < $3::uuid`,
  'ORDER BY api_keys.id DESC LIMIT $4::integer',
);

/** The first row, or more of them, has no key where there is none. */
export const selectResolvable: Statement = {
  name: 'resolvable-keys',
  sql: `
  ${asJson(`
    SELECT fallback_policy::text AS "fallbackPolicy", default_search_provider AS "defaultSearchProvider",
      api_keys.id, provider, status::text, health::text, masked_key AS "maskedKey", expires_at AS "expiresAt",
      ${endpointColumns}, ${limitColumns}, ${recordColumns}
    FROM (SELECT $1::text AS user_id) AS caller
    LEFT JOIN user_settings ON user_settings.user_id = caller.user_id
    LEFT JOIN (${withRecords('api_keys')})
      ON api_keys.user_id = caller.user_id AND ${isLive} AND provider = ANY($2)`)}`,
};

/** Of a live key: what the trail says of it. It does not change as long as the key is there. */
const traceColumns = 'id, provider, endpoint_name AS "endpointName", masked_key AS "maskedKey"';

export const selectTrace: Statement = {
  name: 'trace-of-key',
  sql: `SELECT ${traceColumns} FROM api_keys WHERE user_id = $1 AND id = $2::uuid AND ${isLive}`,
};

/** The lowest place among $1's endpoints that no live key of theirs has; null where each has one. */
const freeSlot = `(
  SELECT min(slot) FROM generate_series(1, ${MAX_ENDPOINTS}) AS slot
  WHERE NOT EXISTS (SELECT FROM api_keys WHERE user_id = $1 AND endpoint_slot = slot AND ${isLive}))`;

/** What a new key finds in its place, and whether there is room where it is for another endpoint. One row, also where it finds none. */
export const selectPlace: Statement = {
  name: 'place-of-new-key',
  sql: `
  SELECT ${traceColumns}, $3 = '' OR ${freeSlot} IS NOT NULL AS "hasRoom" FROM (SELECT) AS place
  LEFT JOIN api_keys ON user_id = $1 AND provider = $2 AND endpoint_name = $3 AND ${isLive}`,
};

/**
 * The limits of a key: as it is, or as eight values say, of which the first is `first`. For each of the three, whether it
 * is named, and then what it is now.
 */
const limitsAs = (first: number): string => `
  CASE WHEN $${first}::boolean THEN $${first + 1}::text[] ELSE coalesce(allowed_models, '{}') END,
  CASE WHEN $${first + 2}::boolean THEN $${first + 3}::text[] ELSE coalesce(allowed_uses, '{}') END,
  CASE WHEN $${first + 4}::boolean THEN $${first + 5}::bigint ELSE token_limit END,
  CASE WHEN $${first + 4}::boolean THEN $${first + 6}::bigint ELSE request_limit END,
  CASE WHEN $${first + 4}::boolean THEN $${first + 7}::numeric ELSE cost_limit END`;

/** Ends live keys, and destroys their ciphertext: the first parts of a statement. */
const ending = (condition: string, changes: string): string => `
  ended AS (
    UPDATE api_keys SET ${changes}, ended_at = clock_timestamp()
    WHERE user_id = $1 AND ${condition} AND ${isLive}
    RETURNING *
  ), destroyed AS (
    DELETE FROM sealed_keys USING ended WHERE key_id = ended.id
  )`;

export const storeKey: Statement = {
  name: 'store-key',
  // What is stored asks how many have ended: it has to come after, for the index allows one live key. Where it is not
  // the one that the trail's row names, nothing is stored. An endpoint takes the place of the key that it replaces, or a
  // free one: of two that take the same at once, the index refuses one.
  sql: `
  WITH ${ending('provider = $2 AND endpoint_name = $22 AND id = $8::uuid', `status = 'REPLACED', replaced_by_id = $3::uuid`)},
  stored AS (
    INSERT INTO api_keys (
      id, user_id, provider, endpoint_name, endpoint_url, endpoint_slot,
      name, masked_key, expires_at, health, health_reason, health_checked_at,
      allowed_models, allowed_uses, token_limit, request_limit, cost_limit,
      used_month, used_tokens, used_requests, cost_month, used_cost
    )
    SELECT $3::uuid, $1, $2, $22, $23, CASE WHEN $23::text IS NOT NULL THEN coalesce(endpoint_slot, ${freeSlot}) END,
      $4, $5, $11::timestamptz,
      coalesce($12::"KeyHealth", 'UNVERIFIED'), $13, CASE WHEN $12::text IS NOT NULL THEN $9::timestamptz END,
      ${limitsAs(14)}, used_month, coalesce(used_tokens, 0), coalesce(used_requests, 0),
      cost_month, coalesce(used_cost, 0)
    FROM (SELECT count(*) AS count FROM ended) AS before LEFT JOIN ended ON true
    WHERE before.count = CASE WHEN $8::uuid IS NULL THEN 0 ELSE 1 END
      AND ($23::text IS NULL OR endpoint_slot IS NOT NULL OR ${freeSlot} IS NOT NULL)
    RETURNING *
  ), sealed AS (
    INSERT INTO sealed_keys (key_id, user_id, envelope, encryption_key_id)
    SELECT id, user_id, $6, $7 FROM stored
    RETURNING envelope, damaged_digest
  ), events AS (${addToTrail(10, 'EXISTS (SELECT FROM stored)')}
  )
  ${asJson(`
  SELECT ${keyColumns}, ${recordColumns}, (SELECT id FROM ended) AS "replacedKeyId"
  FROM stored AS api_keys, sealed`)}`,
};

export const updateKey: Statement = {
  name: 'update-key',
  sql: `
  WITH updated AS (
    UPDATE api_keys SET
      name = CASE WHEN $3::boolean THEN $4 ELSE name END,
      status = coalesce($5::"ApiKeyStatus", status),
      expires_at = CASE WHEN $7::boolean THEN $8::timestamptz ELSE expires_at END,
      (allowed_models, allowed_uses, token_limit, request_limit, cost_limit) = ROW (${limitsAs(9)})
    WHERE user_id = $1 AND id = $2::uuid AND ${isLive}
    RETURNING *
  ), events AS (${addToTrail(6, 'EXISTS (SELECT FROM updated)')}
  )
  ${asJson(keysFrom(withRecords('updated')))}`,
};

/** What a verification found. Where it found nothing, the health stays. */
export const verifyKey: Statement = {
  name: 'verify-key',
  sql: `
  WITH verified AS (
    UPDATE api_keys SET
      health = coalesce($3::"KeyHealth", health), health_reason = $4,
      health_checked_at = CASE WHEN $3::text IS NULL THEN health_checked_at ELSE $6::timestamptz END
    WHERE user_id = $1 AND id = $2::uuid AND ${isLive}
    RETURNING *
  ), events AS (${addToTrail(5, 'EXISTS (SELECT FROM verified)')}
  )
  ${asJson(keysFrom(withRecords('verified')))}`,
};

export const deleteKey: Statement = {
  name: 'delete-key',
  sql: `
  WITH ${ending('id = $2::uuid', `status = 'DELETED'`)},
  events AS (${addToTrail(3, 'EXISTS (SELECT FROM ended)')}
  )
  SELECT id FROM ended`,
};
