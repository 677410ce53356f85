import type { DatabaseService } from '../../prisma/database.service.js';
import type { AuditKeys } from '../../crypto/audit-keys.js';
import type { AuditKeyring } from './audit-keyring.js';
import { type Checkpoint, formatCheckpoint } from './checkpoint.js';
import type { Head } from './link.js';
import { Links } from './links.js';
import { signNote, type Verifier } from './signed-note.js';

/** What the register says of the chains. */
export interface Chains {
  readonly register: Head;
  /** Those that were not closed, by their writers: which server each belongs to. */
  readonly open: ReadonlyMap<string, string>;
}

export async function readChains(links: Links): Promise<Chains> {
  const open = new Map<string, string>();
  let register: Head = { number: 0, hash: '' };
  for await (const { number, hash, note } of links.notes(0)) {
    register = { number, hash };
    if (note?.type === 'OPENED') open.set(note.writer, note.server);
    if (note?.type === 'CLOSED') open.delete(note.writer);
  }
  return { register, open };
}

/** Signs where the trail stands. @param nextVerifier where the keys are about to change */
export async function takeCheckpoint(
  database: DatabaseService,
  keys: AuditKeys,
  environmentName: string,
  nextVerifier: string | null = null,
): Promise<{ readonly checkpoint: Checkpoint; readonly note: string }> {
  const links = new Links(database);
  const at = new Date();
  const { register, open } = await readChains(links);
  const heads = new Map<string, Head>();
  for (const writer of open.keys()) heads.set(writer, (await links.findEnd(writer)).head);
  const checkpoint = { environmentName, at, register, open: heads, nextVerifier };
  return { checkpoint, note: signNote(formatCheckpoint(checkpoint), signerOf(environmentName), keys) };
}

/** Who signs for an environment. */
export const signerOf = (environmentName: string): string => `keystream/${environmentName}`;

export const verifierOf = ({ publicKey }: AuditKeys, environmentName: string): Verifier => ({
  name: signerOf(environmentName),
  publicKey,
});

export const verifiersOf = (keyring: AuditKeyring, environmentName: string): Verifier[] =>
  keyring.all.map((keys) => verifierOf(keys, environmentName));
