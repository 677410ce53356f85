// Beside a run of tests: makes its folder, waits until the run has ended in any way (stdin ends with it), and
// removes what belongs to it. A process of its own, for a run that is killed can clean up nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { dropDatabases, dropRedisKeys } from './run-databases.mjs';

const self = fileURLToPath(import.meta.url);
const ENDED = 'ended';

/**
 * @param {string} folder
 * @param {string} run
 * @returns {Promise<{ end(): Promise<void> }>} when the folder is there
 */
export async function startGuard(folder, run) {
  // Detached: Ctrl-C means a whole process group.
  const guard = spawn(process.execPath, [self, folder, run], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(guard, 'exit');
  const [words] = await Promise.race([once(guard.stdout, 'data'), exited]);
  if (String(words) !== 'ready\n') throw new Error(`The guard could not make ${folder}.`);
  const complaints = text(guard.stdout);
  guard.unref();
  return {
    end: async () => {
      guard.ref();
      guard.stdin.end(ENDED);
      const [code] = await exited;
      if (code !== 0) throw new Error(`Something of this run is left:\n${await complaints}`);
    },
  };
}

/**
 * @param {string} folder
 * @param {string} run
 */
async function guardRun(folder, run) {
  await mkdir(folder, { mode: 0o700 });
  process.stdout.write('ready\n');
  // No one reads any more where the run was killed.
  process.stdout.on('error', () => undefined);
  const inOrder = (await text(process.stdin)) === ENDED;
  if (!inOrder) await killProcesses(run);
  const results = await Promise.allSettled([
    // A server ends with the worker that started it, and may write until then.
    rm(folder, { recursive: true, force: true, maxRetries: 20 }),
    dropDatabases(process.env.TEST_DATABASE_URL, run),
    dropRedisKeys(process.env.TEST_REDIS_URL, run),
  ]);
  for (const result of results) {
    if (result.status === 'fulfilled') continue;
    process.stdout.write(`${String(result.reason)}\n`);
    process.exitCode = 1;
  }
}

/**
 * Ends what a run that was killed has left: workers go on with their suites, and children with what they do. Servers, which
 * get none of the run's variables, end with their parents (end-with-parent.mjs).
 *
 * @param {string} run
 */
async function killProcesses(run) {
  // Linux's; elsewhere they come to an end by themselves, for their folder is gone.
  const ids = await readdir('/proc').catch(() => []);
  for (const id of ids.filter((name) => /^\d+$/.test(name))) {
    const variables = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    if (!variables.split('\0').includes(`TEST_RUN=${run}`)) continue;
    try {
      process.kill(Number(id), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

if (process.argv[1] === self) {
  const [, , folder = '', run = ''] = process.argv;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  await guardRun(folder, run);
}
