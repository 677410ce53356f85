/** What is summed up by hour. */
const counts = [
  'chats',
  'searches',
  'failures',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'priced_chats',
] as const;

const sums = `
      count(*) FILTER (WHERE kind = 'CHAT_FINISHED'), count(*) FILTER (WHERE kind = 'SEARCH_FINISHED'),
      count(*) FILTER (WHERE outcome NOT IN ('OK', 'CANCELLED')),
      coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
      coalesce(sum(cached_input_tokens), 0), coalesce(sum(cache_write_input_tokens), 0),
      count(*) FILTER (WHERE kind = 'CHAT_FINISHED' AND cost IS NOT NULL), sum(cost)`;

/** The sum of costs is null as long as none of them is known. */
const added = [
  ...counts.map((name) => `${name} = roll_up.${name} + excluded.${name}`),
  'cost = coalesce(roll_up.cost + excluded.cost, roll_up.cost, excluded.cost)',
].join(', ');

/**
 * A chat that brought no word of an answer may have named any model, also one that does not exist: all of these
 * count as one, without a name, so that there are no more rows than models have answered. Searches have none.
 */
const answeringModel = `coalesce(
      CASE WHEN outcome = 'OK' OR output_tokens > 0 OR time_to_first_token_ms IS NOT NULL THEN model END, '')`;

/** What stands for the keys of the server among those of users. */
export const SERVER_KEY = '00000000-0000-0000-0000-000000000000';

const ends = "result = 'WRITTEN' AND kind IN ('CHAT_FINISHED', 'SEARCH_FINISHED')";

/**
 * The parts of the writer's statement that sum up what has ended, by hour, for the `written` records. Those by key and model
 * have a table of their own, and usage_hours keeps its key: servers of the version before, which run while this one's
 * migrations are applied, name that key.
 */
export const rollingUp = `ended AS MATERIALIZED (
    SELECT *, date_trunc('hour', at, 'UTC') AS hour FROM written WHERE ${ends}
  ), counted AS (
    INSERT INTO usage_hours AS roll_up (user_id, hour, provider, key_source, ${counts.join(', ')}, cost)
    SELECT user_id, hour, provider, key_source, ${sums}
    FROM ended
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (user_id, hour, provider, key_source) DO UPDATE SET ${added}
  ), counted_keys AS (
    INSERT INTO key_hours AS roll_up (user_id, hour, provider, key_source, key_id, model, ${counts.join(', ')}, cost)
    SELECT user_id, hour, provider, key_source, coalesce(key_id, '${SERVER_KEY}'), ${answeringModel}, ${sums}
    FROM ended
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (user_id, hour, provider, key_source, key_id, model) DO UPDATE SET ${added}
  )`;
