import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { makeUpKeys } from '../../demo/demo.mjs';
import { Child, projectFile } from './child.mjs';

/** No limit on users stands in the way of the load. */
const NO_LIMITS = {
  LIMIT_STREAMS_PER_USER: '0',
  LIMIT_STREAMS_PER_SERVER: '0',
  LIMIT_CHATS_PER_MINUTE: '0',
  LIMIT_SEARCHES_PER_MINUTE: '0',
  LIMIT_KEY_CHANGES_PER_MINUTE: '0',
};
/** What the shared secrets and data of one run go by, in Redis above all. */
export const ENVIRONMENT_NAME = `bench-${randomBytes(4).toString('hex')}`;
const secrets = {
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  AUTH_JWT_SECRET: randomBytes(32).toString('hex'),
};
/** Those of chats, which the fake upstream plays. */
export const CHAT_PROVIDERS = ['OPENAI', 'ANTHROPIC', 'GOOGLE'];
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';

/**
 * @typedef {object} KeystreamSettings
 * @property {import('./databases.mjs').BenchDatabase} database
 * @property {string} upstreamUrl where it finds its providers
 * @property {string | null} [core] for `taskset`; null: any
 * @property {string | null} [redisUrl]
 * @property {string[]} [nodeArguments]
 */

/** Of every process of the server's, a command too. @param {import('./databases.mjs').BenchDatabase} database */
export const environmentOf = (database) => ({
  NODE_ENV: 'production',
  ENVIRONMENT_NAME,
  LOG_LEVEL: 'warn',
  ...secrets,
  ...database.environment,
});

/**
 * The server as an operator runs it in production, without limits.
 *
 * @param {KeystreamSettings} settings
 * @param {Set<Child>} running
 */
export async function startKeystream(settings, running) {
  const { database, upstreamUrl, core = null, redisUrl = null, nodeArguments } = settings;
  const child = await Child.start(
    {
      script: projectFile('dist/main.js'),
      core,
      ...(nodeArguments && { nodeArguments }),
      environment: {
        ...environmentOf(database),
        OPENAI_BASE_URL: upstreamUrl,
        ANTHROPIC_BASE_URL: upstreamUrl,
        GOOGLE_BASE_URL: upstreamUrl,
        ...NO_LIMITS,
        ...(redisUrl && { REDIS_URL: redisUrl }),
      },
    },
    running,
  );
  return new Keystream(child, database);
}

export class Keystream {
  /** @param {Child} child @param {import('./databases.mjs').BenchDatabase} database */
  constructor(child, database) {
    this.child = child;
    this.database = database;
    this.url = `${child.url}/graphql`;
  }

  /**
   * Lets users store keys for all providers of chats, and answers with their tokens.
   *
   * @param {number} count
   */
  async enrol(count) {
    const tokens = await Promise.all(Array.from({ length: count }, (_, index) => tokenOf(userOf(index))));
    for (const token of tokens) {
      const keys = makeUpKeys();
      for (const provider of CHAT_PROVIDERS) {
        const { code } = await this.post(token, STORE, { input: { provider, apiKey: keys[provider] } });
        if (code !== null) throw new Error(`A key could not be stored: ${code}`);
      }
    }
    return tokens;
  }

  /**
   * @param {string} token
   * @param {string} query
   * @param {Record<string, unknown>} [variables]
   * @returns {Promise<{ data: Record<string, unknown> | null, code: string | null }>} code: of its failure
   */
  async post(token, query, variables = {}) {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors } = /** @type {any} */ (await response.json());
    return { data, code: errors?.[0]?.extensions?.code ?? null };
  }
}

/** @param {number} index */
export const userOf = (index) => `bench-${index}`;

/** @param {string} userId @returns {Promise<string>} a token that lasts for longer than the bench */
export const tokenOf = (userId) =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('12h')
    .sign(new TextEncoder().encode(secrets.AUTH_JWT_SECRET));
