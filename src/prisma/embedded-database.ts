import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { entriesWithin } from '../common/entries-within.js';
import { StartupError } from '../common/startup-error.js';
import { damaged, hasDatabase } from './embedded-folder.js';
import { wordsOf } from './error-codes.js';
import { acquireLock, type FolderLock } from './folder-lock.js';

export interface EmbeddedDatabase {
  readonly pglite: PGlite;
  readonly close: () => Promise<void>;
}

/**
 * A segment of the log is not filled with zeros first: that writes 16 MiB in one go, in this process, and held its loop for
 * 45 ms at every sixteenth mebibyte.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'wal_init_zero=off'];

/** PGlite makes some files with modes of its own, which no umask changes. */
async function makePrivate(folder: string): Promise<void> {
  const entries = [...entriesWithin(folder)].filter((entry) => !entry.isSymbolicLink());
  await chmod(folder, 0o700);
  await Promise.all(
    entries.map((entry) => chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600)),
  );
}

/** A folder that exists is whole: a process killed while it makes one leaves it under the name for unfinished ones. */
async function makeCluster(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const pglite = await PGlite.create(unfinished);
  await pglite.close();
  await rename(unfinished, folder);
}

/**
 * Opens the database in `dataDir`, which one process at a time may do, and makes it where there is none yet.
 *
 * @throws StartupError where another process has it open, or where it cannot be read
 */
export async function openEmbeddedDatabase(dataDir: string): Promise<EmbeddedDatabase> {
  const lock = await lockFolder(dataDir);
  if (lock === null) {
    throw new StartupError(
      `Another process has the embedded database in ${dataDir} open, and only one may.\n` +
        'Stop that process, give this one a DATA_DIR of its own, or put both on a PostgreSQL server with DATABASE_URL.',
    );
  }
  try {
    const folder = join(dataDir, 'database');
    if (!(await hasDatabase(folder))) await makeCluster(folder);
    const pglite = await openCluster(folder);
    await makePrivate(folder);
    return { pglite, close: () => pglite.close().finally(lock.release) };
  } catch (error) {
    await lock.release();
    throw error instanceof StartupError ? error : cannotOpen(dataDir, error);
  }
}

async function openCluster(folder: string): Promise<PGlite> {
  try {
    return await PGlite.create(folder, { startParams });
  } catch (error) {
    throw new StartupError(damaged(folder, wordsOf(error)), { cause: error });
  }
}

async function lockFolder(dataDir: string): Promise<FolderLock | null> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await acquireLock(join(dataDir, 'database.lock'));
  } catch (error) {
    throw cannotOpen(dataDir, error);
  }
}

const cannotOpen = (dataDir: string, cause: unknown): StartupError =>
  new StartupError(`The embedded database in ${dataDir} cannot be opened: ${wordsOf(cause)}`, { cause });
