/**
 * The part of a statement that writes what the statement did to keys into the audit trail, so that neither takes effect
 * without the other. The trail holds no key.
 *
 * @param changes a query with one row for each event, which has an `event_id`, `user_id`, `kind`, `at`, `provider`,
 *   `key_id`, `outcome` and `detail`
 */
export const addKeyEvents = (changes: string): string => `
  INSERT INTO audit_events (id, user_id, kind, at, provider, key_id, key_source, outcome, detail)
  SELECT event_id, user_id, kind, at, provider, key_id, 'USER', outcome, detail FROM (${changes}) AS change
  ORDER BY event_id`;
