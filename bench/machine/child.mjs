import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';

const PROBE = ['--import', new URL('probe.mjs', import.meta.url).href];
/** Far more than any of them takes: an embedded database is made in five seconds. */
const START_LIMIT_MS = 60_000;
const TRY_AGAIN_MS = 5;
const LAST_CHARACTERS = 2_000;

/**
 * @typedef {object} ChildSettings
 * @property {string} script a path
 * @property {Record<string, string>} [environment] all its variables, beside PORT
 * @property {string[]} [nodeArguments]
 * @property {(port: string) => string[]} [scriptArguments]
 * @property {string | null} [core] for `taskset`; null: any
 */

/**
 * What a process says of itself.
 *
 * @typedef {object} ProbeReport
 * @property {number} delayP99Ms of the event loop
 * @property {number} longestStallMs of the event loop
 * @property {number} residentBytes after a collection of garbage, where it was started with --expose-gc
 * @property {number} heapBytes of that what JavaScript holds: objects, and buffers outside of the heap
 */

/** A Node process that listens on a port of 127.0.0.1. Where the bench ends, however it ends, so does this. */
export class Child {
  /** From its start until it listened, in milliseconds. */
  startedInMs = 0;

  #process;
  #said = '';

  /** @param {ChildSettings} settings @param {string} port */
  constructor(
    { script, environment = {}, nodeArguments = [], scriptArguments = () => [], core = null },
    port,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    const node = [process.execPath, ...PROBE, ...nodeArguments, script, ...scriptArguments(port)];
    const [command = '', ...rest] = core === null ? node : ['taskset', '--cpu-list', core, ...node];
    // Of the environment only what a process needs: a real key that is set here must not be used.
    const { PATH = '', HOME = '', TMPDIR } = process.env;
    this.#process = spawn(command, rest, {
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), NODE_ENV: 'production', ...environment, PORT: port },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const output of [this.#process.stdout, this.#process.stderr]) {
      output?.on('data', (/** @type {Buffer} */ text) => {
        this.#said = (this.#said + text.toString()).slice(-LAST_CHARACTERS);
      });
    }
  }

  /**
   * @param {ChildSettings} settings
   * @param {Set<Child>} running those that are to be stopped at the end: it is among them before it listens
   * @throws Error with its last words where it does not listen
   */
  static async start(settings, running) {
    const port = await freePort();
    const began = performance.now();
    const child = new Child(settings, String(port));
    running.add(child);
    while (!(await listens(port))) {
      if (child.hasEnded) throw new Error(`${settings.script} ended at once: ${child.#said}`);
      if (performance.now() - began > START_LIMIT_MS) {
        await child.stop('SIGKILL');
        throw new Error(`${settings.script} does not listen: ${child.#said}`);
      }
    }
    child.startedInMs = performance.now() - began;
    return child;
  }

  get pid() {
    return this.#process.pid ?? 0;
  }

  get hasEnded() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** What it said last, for finding out what went wrong. */
  get lastWords() {
    return this.#said;
  }

  /** Begins to watch its event loop. */
  watch() {
    return this.#ask('watch');
  }

  /** What it was like since {@link watch}, or the report before this one. */
  report() {
    return this.#ask('report');
  }

  /** @param {NodeJS.Signals} [signal] */
  async stop(signal = 'SIGTERM') {
    if (this.hasEnded) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  /** @param {string} request @returns {Promise<ProbeReport>} */
  async #ask(request) {
    const ended = once(this.#process, 'exit').then(() => {
      throw new Error(`A process ended: ${this.#said}`);
    });
    const answer = once(this.#process, 'message');
    // One that has ended says nothing; the other promise says so.
    this.#process.send(request, () => undefined);
    const [report] = await Promise.race([answer, ended]);
    return report;
  }
}

/** Tries once; a failure takes a few milliseconds. @param {number} port @returns {Promise<boolean>} */
function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(resolve, TRY_AGAIN_MS, false));
  });
}

/** A file of the project. @param {string} path from its root */
export const projectFile = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
