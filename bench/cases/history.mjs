import { runRequests } from '../load/run-requests.mjs';
import { withClient } from '../machine/databases.mjs';
import { tokenOf } from '../machine/keystream.mjs';
import { Figures, missing } from '../report/figures.mjs';

const AUDIT = '{ auditEvents(first: 50) { edges { node { id kind at outcome inputTokens } } } }';
const AUDIT_OF_KIND =
  '{ auditEvents(first: 50, filter: { kinds: [CHAT_FINISHED], provider: OPENAI }) { edges { node { id at } } } }';
const USAGE = '{ usage(bucket: DAY) { totals { chats inputTokens } buckets { start totals { chats } } } }';
const BY_KEY =
  '{ usage(bucket: DAY) { byModel { model totals { chats } } byKey { keyId totals { chats inputTokens } } } }';
const sizes = { few: 1_000, many: 1_000_000 };
const REQUESTS = 200;
const WARM = 50;

/** Rows of chats over the last 29 days, evenly, in the order of their time. */
const FILL = `
  INSERT INTO audit_events (id, user_id, kind, at, provider, key_source, key_id, chat_id, model, outcome, input_tokens, output_tokens)
  SELECT
    (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
      || '8' || substr(md5(random()::text), 1, 15))::uuid,
    $1, 'CHAT_FINISHED', at, (ARRAY['OPENAI', 'ANTHROPIC', 'GOOGLE'])[n % 3 + 1], 'USER',
    ('0197c000-0000-7000-8000-00000000000' || n % 3)::uuid, gen_random_uuid(), 'bench', 'OK', 9, 20
  FROM (
    SELECT n, now() - interval '29 days' + interval '29 days' * n / $2 AS at FROM generate_series(1, $2::int) AS n
  ) AS events`;
const ROLL_UP = `
  INSERT INTO usage_hours (user_id, hour, provider, key_source, chats, input_tokens, output_tokens)
  SELECT user_id, date_trunc('hour', at, 'UTC'), provider, key_source, count(*), sum(input_tokens), sum(output_tokens)
  FROM audit_events WHERE user_id = $1 GROUP BY 1, 2, 3, 4`;
const ROLL_UP_KEYS = `
  INSERT INTO key_hours (user_id, hour, provider, key_source, key_id, model, chats, input_tokens, output_tokens)
  SELECT user_id, date_trunc('hour', at, 'UTC'), provider, key_source, key_id, model, count(*), sum(input_tokens), sum(output_tokens)
  FROM audit_events WHERE user_id = $1 GROUP BY 1, 2, 3, 4, 5, 6`;

/** @type {import('./case.mjs').Case} */
export const history = {
  name: 'history',
  title: 'auditEvents and usage of a user with 1,000,000 rows against one with 1,000, one request at a time',
  onRequest: true,
  async run(bench) {
    const keystream = await bench.keystream();
    const { url } = keystream.database;
    if (url === null) return [missing(history.name, 'Keystream', 'its rows are written to a PostgreSQL')];
    await withClient(url, async (client) => {
      for (const [user, rows] of Object.entries(sizes)) {
        await client.query(FILL, [user, rows]);
        await client.query(ROLL_UP, [user]);
        await client.query(ROLL_UP_KEYS, [user]);
      }
      await client.query('ANALYZE');
    });
    const figures = new Figures(history.name);
    const medianOf = async (/** @type {string} */ user, /** @type {string} */ query) => {
      const token = await tokenOf(user);
      const load = {
        url: keystream.url,
        pid: keystream.child.pid,
        clients: 1,
        token: () => token,
        body: () => ({ query }),
      };
      await runRequests({ ...load, count: WARM });
      const { medianMs, failures } = await runRequests({ ...load, count: REQUESTS });
      figures.count('Keystream', REQUESTS, failures);
      return medianMs;
    };
    await bench.eachRound(async () => {
      for (const [name, query] of [
        ['auditEvents', AUDIT],
        ['auditEvents, filtered', AUDIT_OF_KIND],
        ['usage', USAGE],
        ['usage by model and key', BY_KEY],
      ]) {
        const reference = await medianOf('few', query ?? '');
        const value = await medianOf('many', query ?? '');
        figures.add({
          subject: 'Keystream',
          measure: `ms, ${name}, 1,000,000 rows`,
          value,
          reference,
          goal: '≤ 1.5 × 1,000 rows',
        });
      }
    });
    await keystream.child.stop();
    return figures.rows();
  },
};
