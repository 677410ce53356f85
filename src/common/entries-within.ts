import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** All that is in a folder. No link is followed: whether `readdir` does that under `recursive` depends on the Node. */
export function* entriesWithin(folder: string): Generator<Dirent> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    yield entry;
    if (entry.isDirectory()) yield* entriesWithin(join(folder, entry.name));
  }
}
