import { randomBytes } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuard } from './run-guard.mjs';

const ROOMY_BYTES = 4 * 1024 ** 3;

/** @type {{ end(): Promise<void> } | null} */
let guard = null;
const { TMPDIR: before } = process.env;

/**
 * All that a run of tests makes is in one folder, which is every suite's for temporary files, or has TEST_RUN in its name:
 * the guard removes it, however the run ends.
 */
export async function beginRun() {
  const run = randomBytes(6).toString('hex');
  const folder = join(await placeForFiles(), `keystream-tests-${run}`);
  guard = await startGuard(folder, run);
  process.env.TEST_RUN = run;
  process.env.TMPDIR = folder;
  return { run, folder };
}

/** Removes all of it. */
export async function endRun() {
  await guard?.end();
  // In watch mode another one begins in this process.
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
}

/** The machine's memory, where it has a file system with room: an embedded database is hundreds of small files. */
async function placeForFiles() {
  if (before) return before;
  const shared = '/dev/shm';
  const { bavail, bsize } = await statfs(shared).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= ROOMY_BYTES ? shared : tmpdir();
}
