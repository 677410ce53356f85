import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFile } from '@swc/core';
import { chatCompletionsContestant, keystreamContestant, plainContestant } from './load/contestant.mjs';
import { Child, projectFile } from './machine/child.mjs';
import { shareOutCores } from './machine/cores.mjs';
import { Databases } from './machine/databases.mjs';
import { startKeystream } from './machine/keystream.mjs';
import { removeFromRedis } from './machine/redis.mjs';

/** How many users share the load: what one user's chats have to wait for one another is no part of it. */
const USERS = 20;
const PORTKEY = projectFile('bench/peers/portkey/node_modules/@portkey-ai/gateway/build/start-server.js');

/**
 * @typedef {object} BenchSettings
 * @property {string | null} databaseUrl of a PostgreSQL; null: embedded databases
 * @property {string | null} redisUrl null: there is none
 * @property {number} rounds
 * @property {'smoke' | 'short' | 'long'} size
 * @property {(text: string) => void} say how far it has come
 */

/** What the cases work with: the fake providers, servers of this run, and databases that go with it. */
export class Bench {
  cores = shareOutCores();

  /** @type {Set<Child>} */
  #children = new Set();
  #databases;
  /** @type {Child | null} */
  #upstream = null;
  /** @type {Promise<import('./load/contestant.mjs').Contestant[]> | null} */
  #field = null;

  /** @param {BenchSettings} settings */
  constructor(settings) {
    this.settings = settings;
    this.#databases = new Databases(settings.databaseUrl, mkdtempSync(join(tmpdir(), 'keystream-bench-')));
  }

  /** @param {string} text */
  say(text) {
    this.settings.say(text);
  }

  /** Runs something once a round. @param {(round: number) => Promise<void>} work */
  async eachRound(work) {
    for (let round = 1; round <= this.settings.rounds; round++) {
      this.say(`  round ${round} of ${this.settings.rounds}`);
      await work(round);
    }
  }

  async start() {
    this.#upstream = await this.startOnLoadCore(projectFile('bench/parts/upstream.mjs'));
  }

  /** Where the fake providers are. */
  get upstreamUrl() {
    return this.#upstream?.url ?? '';
  }

  /** What streams the same chats, side by side: the floor first. */
  field() {
    return (this.#field ??= this.#startField());
  }

  /**
   * A server of a case's own, on a database of its own.
   *
   * @param {{ redisUrl?: string | null, nodeArguments?: string[], embedded?: boolean }} [settings]
   */
  async keystream({ embedded = false, ...settings } = {}) {
    const database = await (embedded ? this.#databases.createEmbedded() : this.#databases.create());
    return this.keystreamOn(database, settings);
  }

  /**
   * @param {import('./machine/databases.mjs').BenchDatabase} database
   * @param {{ redisUrl?: string | null, nodeArguments?: string[], core?: string | null }} [settings]
   */
  keystreamOn(database, settings = {}) {
    const all = { database, upstreamUrl: this.upstreamUrl, core: this.cores.server, ...settings };
    return startKeystream(all, this.#children);
  }

  /** @param {boolean} [embedded] */
  createDatabase(embedded = false) {
    return embedded ? this.#databases.createEmbedded() : this.#databases.create();
  }

  /** Whether the databases of {@link keystream} are on no PostgreSQL. */
  get isEmbedded() {
    return this.#databases.areEmbedded;
  }

  /** @param {string} script @param {Partial<import('./machine/child.mjs').ChildSettings>} [settings] */
  startOnServerCore(script, settings = {}) {
    return Child.start({ script, core: this.cores.server, ...settings }, this.#children);
  }

  /** @param {string} script */
  startOnLoadCore(script) {
    return Child.start({ script, core: this.cores.load }, this.#children);
  }

  /** Leaves nothing behind, from wherever it has got to. */
  async end() {
    await Promise.all([...this.#children].map((child) => child.stop('SIGKILL')));
    await this.#databases.dropAll();
    if (this.settings.redisUrl) await removeFromRedis(this.settings.redisUrl);
  }

  async #startField() {
    const { redisUrl } = this.settings;
    const environment = { UPSTREAM_URL: this.upstreamUrl };
    const field = [
      plainContestant(
        'floor',
        await this.startOnServerCore(projectFile('bench/parts/floor.mjs'), { environment }),
      ),
      await this.#enrolled('Keystream', await this.keystream()),
    ];
    if (redisUrl)
      field.push(await this.#enrolled('Keystream with Redis', await this.keystream({ redisUrl })));
    const plainNest = await this.startOnServerCore(await compiledPlainNest(), { environment });
    field.push(plainContestant('plain Nest', plainNest));
    // Its packages are installed by hand: bench/peers/portkey has a lockfile of its own.
    if (existsSync(PORTKEY) && this.settings.size !== 'smoke') {
      const portkey = await this.startOnServerCore(PORTKEY, {
        scriptArguments: (port) => [`--port=${port}`, '--headless'],
      });
      const headers = {
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${this.upstreamUrl}/v1`,
      };
      field.push(chatCompletionsContestant('Portkey', portkey, headers));
    }
    return field;
  }

  /** @param {string} name @param {import('./machine/keystream.mjs').Keystream} keystream */
  async #enrolled(name, keystream) {
    return keystreamContestant(name, keystream, await keystream.enrol(USERS));
  }
}

/** Decorators need a compiler; the packages are found from where it lies. */
async function compiledPlainNest() {
  const { code } = await transformFile(projectFile('bench/peers/plain-nest.ts'), {
    configFile: projectFile('.swcrc'),
    sourceMaps: false,
  });
  const folder = projectFile('node_modules/.cache/keystream-bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'plain-nest.mjs');
  writeFileSync(path, code);
  return path;
}
