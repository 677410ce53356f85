/** What is summed up by hour. */
const counts = [
  'chats',
  'failures',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'priced_chats',
] as const;

const sums = `
      count(*) FILTER (WHERE kind = 'CHAT_FINISHED'), count(*) FILTER (WHERE outcome NOT IN ('OK', 'CANCELLED')),
      coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
      coalesce(sum(cached_input_tokens), 0), coalesce(sum(cache_write_input_tokens), 0),
      count(*) FILTER (WHERE kind = 'CHAT_FINISHED' AND cost IS NOT NULL), sum(cost)`;

/** The sum of costs is null as long as none of them is known. */
const added = (names: readonly string[]): string =>
  [
    ...names.map((name) => `${name} = roll_up.${name} + excluded.${name}`),
    'cost = coalesce(roll_up.cost + excluded.cost, roll_up.cost, excluded.cost)',
  ].join(', ');

/**
 * A chat that brought no word of an answer may have named any model, also one that does not exist: all of these
 * count as one, without a name, so that there are no more rows than models have answered.
 */
const answeringModel =
  "CASE WHEN outcome = 'OK' OR output_tokens > 0 OR time_to_first_token_ms IS NOT NULL THEN model ELSE '' END";

const ends = "result = 'WRITTEN' AND kind IN ('CHAT_FINISHED', 'SEARCH_FINISHED')";

/**
 * The parts of the writer's statement that sum up what has ended, by hour, for the `written` records. Those by model have a
 * table of their own, and usage_hours keeps its key: servers of the version before, which run while this one's migrations
 * are applied, name that key.
 */
export const rollingUp = `ended AS MATERIALIZED (
    SELECT *, date_trunc('hour', at, 'UTC') AS hour FROM written WHERE ${ends}
  ), counted AS (
    INSERT INTO usage_hours AS roll_up (user_id, hour, provider, key_source, searches, ${counts.join(', ')}, cost)
    SELECT user_id, hour, provider, key_source, count(*) FILTER (WHERE kind = 'SEARCH_FINISHED'), ${sums}
    FROM ended
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (user_id, hour, provider, key_source) DO UPDATE SET ${added(['searches', ...counts])}
  ), counted_models AS (
    INSERT INTO model_hours AS roll_up (user_id, hour, provider, key_source, model, ${counts.join(', ')}, cost)
    SELECT user_id, hour, provider, key_source, ${answeringModel}, ${sums}
    FROM ended WHERE model IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (user_id, hour, provider, key_source, model) DO UPDATE SET ${added(counts)}
  )`;
