import { rename, writeFile } from 'node:fs/promises';

/** Puts a note in the place of the one before: whoever reads the file meanwhile finds the one or the other, whole. */
export async function writeCheckpointFile(path: string, note: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, note, { mode: 0o644 });
  await rename(draft, path);
}
