import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { projectFile } from './child.mjs';

/**
 * A migrated database that one server may use.
 *
 * @typedef {object} BenchDatabase
 * @property {Record<string, string>} environment the variables that point a server at it
 * @property {string | null} url null: an embedded one
 */

/** Databases of this run: one is migrated by the project's own command, the others are copies of it. */
export class Databases {
  #serverUrl;
  #folder;
  #prefix = `keystream_bench_${randomBytes(4).toString('hex')}`;
  #made = 0;
  /** @type {Map<string, Promise<BenchDatabase>>} */
  #templates = new Map();
  /** Those being made. @type {Set<Promise<BenchDatabase>>} */
  #making = new Set();
  #isEnding = false;

  /** @param {string | null} serverUrl of a PostgreSQL; null: all are embedded @param {string} folder for those */
  constructor(serverUrl, folder) {
    this.#serverUrl = serverUrl;
    this.#folder = folder;
  }

  get areEmbedded() {
    return this.#serverUrl === null;
  }

  /** @returns {Promise<BenchDatabase>} on PostgreSQL, where the run has one */
  create() {
    const serverUrl = this.#serverUrl;
    return serverUrl === null ? this.createEmbedded() : this.#make(() => this.#createOnServer(serverUrl));
  }

  /** @returns {Promise<BenchDatabase>} */
  createEmbedded() {
    return this.#make(() => this.#createEmbedded());
  }

  /** Those of this run, whatever still uses them; there are none after that. */
  async dropAll() {
    this.#isEnding = true;
    await Promise.allSettled(this.#making);
    await rm(this.#folder, { recursive: true, force: true });
    if (this.#serverUrl === null) return;
    const { rows } = await this.#onServer(
      `SELECT datname FROM pg_database WHERE starts_with(datname, '${this.#prefix}')`,
    );
    for (const { datname } of rows) await this.#onServer(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  }

  /** @param {() => Promise<BenchDatabase>} create */
  async #make(create) {
    if (this.#isEnding) throw new Error('The bench is ending.');
    const making = create();
    this.#making.add(making);
    try {
      return await making;
    } finally {
      this.#making.delete(making);
    }
  }

  /** @param {string} serverUrl @returns {Promise<BenchDatabase>} */
  async #createOnServer(serverUrl) {
    const name = `${this.#prefix}_${++this.#made}`;
    await this.#template('postgresql', async () => {
      const template = `${this.#prefix}_template`;
      await this.#onServer(`CREATE DATABASE ${template}`);
      return migrated({ url: withDatabase(serverUrl, template), environment: {} });
    });
    await this.#onServer(`CREATE DATABASE ${name} TEMPLATE ${this.#prefix}_template`);
    const url = withDatabase(serverUrl, name);
    return { url, environment: { DATABASE_URL: url, DATA_DIR: join(this.#folder, name) } };
  }

  /** @returns {Promise<BenchDatabase>} */
  async #createEmbedded() {
    const template = join(this.#folder, 'template');
    await this.#template('embedded', async () =>
      migrated({ url: null, environment: { DATA_DIR: template } }),
    );
    const folder = join(this.#folder, `embedded-${++this.#made}`);
    await cp(template, folder, { recursive: true });
    return { url: null, environment: { DATA_DIR: folder, ALLOW_EMBEDDED_DATABASE: 'true' } };
  }

  /** @param {string} kind @param {() => Promise<BenchDatabase>} make */
  #template(kind, make) {
    const template = this.#templates.get(kind) ?? make();
    this.#templates.set(kind, template);
    return template;
  }

  /** @param {string} statement */
  #onServer(statement) {
    return withClient(this.#serverUrl ?? '', (client) => client.query(statement));
  }
}

/**
 * @template Result
 * @param {string} url
 * @param {(client: pg.Client) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @param {BenchDatabase} database */
function migrated(database) {
  const { PATH = '' } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [projectFile('dist/cli/migrate.js')], {
    encoding: 'utf8',
    env: { PATH, ...database.environment, ...(database.url && { DATABASE_URL: database.url }) },
  });
  if (status !== 0) throw new Error(`The database could not be migrated: ${stderr}`);
  return database;
}

/** @param {string} serverUrl @param {string} name */
function withDatabase(serverUrl, name) {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
