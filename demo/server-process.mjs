import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What `npm run build` makes. */
export const serverEntry = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const LINES_KEPT = 10;

/** The real server, as a process of its own. */
export class ServerProcess {
  url = '';
  /** The newest lines of its log. @type {string[]} */
  lastLines = [];

  #child;
  /** @type {Promise<number | null>} */
  #exited;
  /** @type {Promise<void>} */
  #listening;

  /** @param {Record<string, string>} environment */
  constructor(environment) {
    // Of the visitor's own environment only what a process needs: no real key can end up in a demo.
    const { PATH, HOME, SystemRoot } = process.env;
    // What a demo asks of the embedded database is not worth V8's optimizing it.
    this.#child = spawn(process.execPath, ['--liftoff-only', '--enable-source-maps', serverEntry], {
      env: { PATH, HOME, SystemRoot, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = new Promise((resolve) => this.#child.once('close', resolve));
    this.#listening = new Promise((resolve, reject) => {
      for (const input of [this.#child.stdout, this.#child.stderr]) {
        createInterface({ input }).on('line', (line) => {
          this.#keep(line);
          if (this.url) resolve();
        });
      }
      this.#child.once('error', reject);
      void this.#exited.then((code) => reject(new Error(`the server ended at once, with exit code ${code}`)));
    });
    // A server that is stopped before it listens has nobody to tell.
    this.#listening.catch(() => undefined);
  }

  /** Resolves when it listens, and `url` says where. */
  listening() {
    return this.#listening;
  }

  /** Stops it as an operator would: it finishes what it is doing and ends with exit code 0. */
  async stop() {
    this.#child.kill('SIGTERM');
    const code = await this.#exited;
    if (code !== 0) throw new Error(`the server did not stop in order: exit code ${code}`);
  }

  async kill() {
    if (this.#child.pid === undefined) return;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** @param {string} line */
  #keep(line) {
    this.lastLines = [...this.lastLines, line].slice(-LINES_KEPT);
    this.url ||= /Listening on (http:\S+)\/graphql/.exec(line)?.[1] ?? '';
  }
}
