import { mkdirSync, statSync } from 'node:fs';
import { systemErrorCode } from './system-error.js';

/**
 * Makes the folder for this user alone (0700) where it does not exist yet. One that exists keeps its mode: it may be a
 * place that others share on purpose.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * Whether the folder exists and other users of this machine may look into it. One that cannot be looked at is not: who
 * needs it will say why.
 */
export function isOpenToOthers(path: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    return (statSync(path).mode & 0o077) !== 0;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return false;
  }
}
