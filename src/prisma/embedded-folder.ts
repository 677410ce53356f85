import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../common/startup-error.js';
import { systemErrorCode } from '../config/system-error.js';

/** The PostgreSQL that PGlite is, as it writes it into PG_VERSION. Another one's files mean nothing to it. */
const POSTGRES_MAJOR = '18';

/** What every cluster has. PGlite makes some of it anew where it is missing, over what is left. */
const essential = ['PG_VERSION', 'base', 'global/pg_control', 'pg_wal', 'pg_xact'];

const REMEDY =
  'Nothing in it was changed. Put a backup of the folder in its place, or move it away to begin with an empty database: ' +
  'docs/operations.md, “Backup and restore”.';

/**
 * Looks at the folder of an embedded database before PGlite does, which would take it for a new one where PG_VERSION is
 * missing, and else only says that it failed.
 *
 * @returns whether there is a database; an empty folder is none
 * @throws StartupError where there is something else, one of another version, or not all of one
 */
export async function hasDatabase(folder: string): Promise<boolean> {
  const entries = await listFolder(folder);
  if (entries === null || entries.length === 0) return false;
  const missing = await firstMissing(folder);
  if (missing !== null) {
    throw new StartupError(
      `The embedded database in ${folder} cannot be opened: it is damaged, or it is none: ${missing} is missing.\n${REMEDY}`,
    );
  }
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version === POSTGRES_MAJOR) return true;
  // Other content is not quoted.
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(version)) {
    throw new StartupError(
      `The embedded database in ${folder} cannot be opened: it is damaged: its PG_VERSION holds no version.\n${REMEDY}`,
    );
  }
  throw new StartupError(
    `The embedded database in ${folder} cannot be opened: it was made by PostgreSQL ${version}, and this server's is PostgreSQL ` +
      `${POSTGRES_MAJOR}, which cannot read it. Nothing in it was changed. Start the version of this server that made it, ` +
      'or carry the data over: docs/operations.md, “Upgrading”.',
  );
}

/** What to say where PGlite fails at a folder that looked right. */
export const damaged = (folder: string, words: string): string =>
  `The embedded database in ${folder} cannot be opened: its files are damaged, were copied while a server had them ` +
  `open, or belong to another user of this machine (PGlite: ${words})\n` +
  'No new database was made over it. Put a backup of the folder in its place, or move it away to begin with an empty ' +
  'one: docs/operations.md, “Backup and restore”.';

async function listFolder(folder: string): Promise<string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return null;
    if (code !== 'ENOTDIR') throw error;
    throw new StartupError(
      `The embedded database in ${folder} cannot be opened: that is a file, and should be a folder. Nothing was changed. ` +
        'Move it away, or name another DATA_DIR.',
    );
  }
}

async function firstMissing(folder: string): Promise<string | null> {
  for (const name of essential) {
    const found = await stat(join(folder, name)).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return null;
      throw error;
    });
    if (found === null) return name;
  }
  return null;
}
