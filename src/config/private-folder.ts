import { mkdirSync, statSync } from 'node:fs';

/**
 * Makes the folder for this user alone (0700) where it does not exist yet. One that exists keeps its mode: it may be a
 * place that others share on purpose.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Whether the folder exists and other users of this machine may look into it. */
export function isOpenToOthers(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}
