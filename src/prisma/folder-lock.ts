import { open } from 'node:fs/promises';
import { tryLock } from 'fs-native-extensions';

export interface FolderLock {
  readonly release: () => Promise<void>;
}

/**
 * Locks through the operating system: the lock ends with the process that holds it, however it ends, and holds across
 * containers that share the volume, where process ids prove nothing.
 *
 * @param path a file for the lock alone: it is made where it is missing, and stays when the lock is gone
 * @returns null where another process holds the lock
 */
export async function acquireLock(path: string): Promise<FolderLock | null> {
  const file = await open(path, 'a', 0o600);
  if (tryLock(file.fd)) return { release: () => file.close() };
  await file.close();
  return null;
}
