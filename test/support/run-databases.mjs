import { Redis } from 'ioredis';
import pg from 'pg';

/** @param {string} run */
const prefixOf = (run) => `keystream_test_${run}_`;

/**
 * An empty database with this run's name, for suites to copy once it is migrated.
 *
 * @param {string} serverUrl
 * @param {string} run
 * @returns {Promise<string>} its URL
 */
export async function createTemplateDatabase(serverUrl, run) {
  const name = `${prefixOf(run)}template`;
  await onServer(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * @param {string | undefined} serverUrl
 * @param {string} run
 */
export async function dropDatabases(serverUrl, run) {
  if (!serverUrl) return;
  await onServer(serverUrl, async (client) => {
    const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
      prefixOf(run),
    ]);
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  });
}

/**
 * @param {string | undefined} url
 * @param {string} run
 */
export async function dropRedisKeys(url, run) {
  if (!url) return;
  const redis = new Redis(url);
  try {
    const left = await redis.keys(`keystream:test-${run}-*`);
    if (left.length > 0) await redis.del(...left);
  } finally {
    redis.disconnect();
  }
}

/**
 * @param {string} url
 * @param {(client: pg.Client) => Promise<unknown>} work
 */
async function onServer(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
