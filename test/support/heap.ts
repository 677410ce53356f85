import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerProcess } from './server-process.js';

/** Arguments of a server whose heap {@link snapshotOf} can read. */
export const CAN_WRITE_SNAPSHOTS = [
  '--import',
  new URL('../e2e/process/snapshot-on-message.mjs', import.meta.url).href,
  // Or V8 cuts strings after 1,024 characters, and a key in a request's body could stand behind that.
  '--heap-snapshot-string-limit=10000000',
];

/** A key that can be looked for in every form: alone, in a header, in a body, cut into pieces. */
export interface KnownKey {
  /** What it was used for. */
  readonly name: string;
  readonly key: string;
  readonly needle: string;
}

export function knownKey(name: string): KnownKey {
  const needle = randomBytes(12).toString('hex');
  return { name, key: `known-${needle}-tail`, needle };
}

/** What the keys were used for that a heap holds. */
export function namesIn(heap: Buffer, keys: readonly KnownKey[]): string[] {
  return keys.filter(({ needle }) => heap.includes(needle)).map(({ name }) => name);
}

export async function snapshotOf(server: ServerProcess): Promise<Buffer> {
  const path = join(tmpdir(), `keystream-${randomBytes(6).toString('hex')}.heapsnapshot`);
  try {
    const written = once(server.child, 'message');
    server.child.send(path);
    await written;
    return await readFile(path);
  } finally {
    await rm(path, { force: true });
  }
}
