/** What is summed up by hour. */
const counts = [
  'chats',
  'failures',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
] as const;

const sums = `
      count(*) FILTER (WHERE kind = 'CHAT_FINISHED'), count(*) FILTER (WHERE outcome NOT IN ('OK', 'CANCELLED')),
      coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0),
      coalesce(sum(cached_input_tokens), 0), coalesce(sum(cache_write_input_tokens), 0)`;

const added = (names: readonly string[]): string =>
  names.map((name) => `${name} = roll_up.${name} + excluded.${name}`).join(', ');

const ends = "result = 'WRITTEN' AND kind IN ('CHAT_FINISHED', 'SEARCH_FINISHED')";

/**
 * The parts of the writer's statement that sum up what has ended, by hour, for the `written` records. Those by model have a
 * table of their own, and usage_hours keeps its key: servers of the version before, which run while this one's migrations
 * are applied, name that key.
 */
export const rollingUp = `ended AS MATERIALIZED (
    SELECT *, date_trunc('hour', at, 'UTC') AS hour FROM written WHERE ${ends}
  ), counted AS (
    INSERT INTO usage_hours AS roll_up (user_id, hour, provider, key_source, searches, ${counts.join(', ')})
    SELECT user_id, hour, provider, key_source, count(*) FILTER (WHERE kind = 'SEARCH_FINISHED'), ${sums}
    FROM ended
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4
    ON CONFLICT (user_id, hour, provider, key_source) DO UPDATE SET ${added(['searches', ...counts])}
  ), counted_models AS (
    INSERT INTO model_hours AS roll_up (user_id, hour, provider, key_source, model, ${counts.join(', ')})
    SELECT user_id, hour, provider, key_source, model, ${sums}
    FROM ended WHERE model IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (user_id, hour, provider, key_source, model) DO UPDATE SET ${added(counts)}
  )`;
