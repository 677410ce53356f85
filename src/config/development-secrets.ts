import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from './private-folder.js';
import { systemErrorCode } from './system-error.js';

export interface DevelopmentSecret {
  /** 64 hex characters: 32 random bytes. */
  readonly text: string;
  /** Whether this call made it. */
  readonly made: boolean;
}

/**
 * The secret kept in `folder` under `fileName`; where there is none, one is made. Of several processes that start at
 * once, one makes it and all get the same.
 */
export function developmentSecret(folder: string, fileName: string): DevelopmentSecret {
  makePrivateFolder(folder);
  const path = join(folder, fileName);
  const kept = readIfThere(path);
  if (kept !== null) return { text: kept, made: false };
  const made = publish(path, randomBytes(32).toString('hex'));
  return { text: readFileSync(path, 'utf8'), made };
}

/**
 * Writes the whole file under another name first and links it after: the link fails where the name is taken, and
 * no process, not even after a crash, finds half a secret.
 *
 * @returns false where another process was faster
 */
function publish(path: string, text: string): boolean {
  const draft = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
