import { rename, writeFile } from 'node:fs/promises';

/**
 * Puts a note in the place of the one before: a reader meanwhile finds the one or the other, whole.
 *
 * @param path AUDIT_CHECKPOINT_FILE; null: there is none
 */
export async function writeCheckpointFile(path: string | null, note: string): Promise<void> {
  if (path === null) return;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, note, { mode: 0o644 });
  await rename(draft, path);
}
