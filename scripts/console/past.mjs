import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

const DAYS = 24;
const SUMS = [
  ...['chats', 'searches', 'failures', 'input_tokens', 'output_tokens', 'cached_input_tokens'],
  ...['cache_write_input_tokens', 'priced_chats'],
];

/**
 * Gives Alice's account a past: keys that are weeks old, and what was used since, more on some days than on others. One
 * process at a time may have the database open, so the server stops for it.
 *
 * @param {import('../../demo/demo.mjs').Demo} demo
 */
export async function makePast(demo) {
  await demo.stopServer();
  const database = await PGlite.create(join(demo.dataDir, 'database'));
  try {
    await database.exec(`UPDATE api_keys SET created_at = created_at - interval '${DAYS + 2} days'`);
    await spread(database, 'usage_hours', 'provider, key_source', SUMS);
    await spread(database, 'key_hours', 'provider, key_source, key_id, model', SUMS);
  } finally {
    await database.close();
  }
  await demo.startServer();
}

/**
 * Writes today's sums for each day before, many times over: how many times depends on the day alone.
 *
 * @param {PGlite} database
 * @param {string} table
 * @param {string} names its columns that are no sums
 * @param {readonly string[]} sums
 */
async function spread(database, table, names, sums) {
  const day = 'day.n';
  const times = `(3 + (${day} * 7) % 5 + (${day} * ${day}) % 4)`;
  await database.exec(`
    INSERT INTO ${table} (user_id, hour, ${names}, ${sums.join(', ')}, cost)
    SELECT user_id, hour - ${day} * interval '1 day', ${names}, ${sums.map((sum) => `${sum} * ${times}`).join(', ')}, cost * ${times}
    FROM ${table}, generate_series(1, ${DAYS}) AS day (n)
    WHERE ${day} % 7 NOT IN (5, 6)`);
}
