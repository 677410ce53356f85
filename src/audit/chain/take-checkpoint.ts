import type { DatabaseService } from '../../prisma/database.service.js';
import type { AuditKeys } from '../../crypto/audit-keys.js';
import type { AuditKeyring } from './audit-keyring.js';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.js';
import { emptyHead, type Head } from './link.js';
import { Links } from './links.js';
import { openNote, signNote, type Verifier } from './signed-note.js';

/** A chain that was not closed: which server it belongs to, and which keys it is made with. */
export interface OpenChain {
  readonly server: string;
  readonly generation: number;
}

/** What the register says of the chains. */
export interface Chains {
  readonly register: Head;
  /** Those that were not closed, by their writers. */
  readonly open: ReadonlyMap<string, OpenChain>;
}

/** @param known what was read before: only what came after it is read */
export async function readChains(links: Links, known: Chains | null = null): Promise<Chains> {
  const open = new Map<string, OpenChain>(known?.open);
  let register = known?.register ?? emptyHead;
  for await (const { number, hash, note, generation } of links.notes(register.number)) {
    register = { number, hash };
    if (note?.type === 'OPENED') open.set(note.writer, { server: note.server, generation });
    if (note?.type === 'CLOSED') open.delete(note.writer);
  }
  return { register, open };
}

/** Where the trail stands, which nobody has verified. */
export async function takeCheckpoint(
  database: DatabaseService,
  environmentName: string,
): Promise<Checkpoint> {
  const links = new Links(database);
  const at = new Date();
  const { register, open } = await readChains(links);
  const heads = new Map<string, Head>();
  for (const writer of open.keys()) heads.set(writer, (await links.findEnd(writer)).head);
  return { environmentName, at, register, open: heads, verified: null, nextVerifier: null };
}

/** @returns the checkpoint's note */
export const signCheckpoint = (checkpoint: Checkpoint, keys: AuditKeys): string =>
  signNote(formatCheckpoint(checkpoint), signerOf(checkpoint.environmentName), keys);

/** @returns null for a note that no key of this trail signed for the environment, or that is no checkpoint */
export function openCheckpoint(
  note: string,
  keyring: AuditKeyring,
  environmentName: string,
): Checkpoint | null {
  const verifiers = keyring.all.map((keys) => verifierOf(keys, environmentName));
  const text = openNote(note, verifiers);
  return text === null ? null : parseCheckpoint(text);
}

/** Who signs for an environment. */
export const signerOf = (environmentName: string): string => `keystream/${environmentName}`;

export const verifierOf = ({ publicKey }: AuditKeys, environmentName: string): Verifier => ({
  name: signerOf(environmentName),
  publicKey,
});
