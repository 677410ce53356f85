import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { AuditKeys } from '../../crypto/audit-keys.js';

/** https://c2sp.org/signed-note: the algorithm byte of Ed25519, and how many bytes name a key. */
const ED25519 = 1;
const ID_BYTES = 4;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE_LINE = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/;

/** What a note is checked with. */
export interface Verifier {
  /** Who signs: a name without spaces and plus signs. */
  readonly name: string;
  /** The 32 bytes of an Ed25519 key. */
  readonly publicKey: Buffer;
}

const keyIdOf = ({ name, publicKey }: Verifier): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ED25519]))
    .update(publicKey)
    .digest()
    .subarray(0, ID_BYTES);

/** A verifier as tools for signed notes take it: `<name>+<key id>+<key>`. */
export const formatVerifier = (verifier: Verifier): string => {
  const key = Buffer.concat([Buffer.from([ED25519]), verifier.publicKey]).toString('base64');
  return `${verifier.name}+${keyIdOf(verifier).toString('hex')}+${key}`;
};

/**
 * A signed note (https://c2sp.org/signed-note).
 *
 * @param text lines, each with its end
 */
export function signNote(text: string, name: string, keys: AuditKeys): string {
  const keyId = keyIdOf({ name, publicKey: keys.publicKey });
  const signature = Buffer.concat([keyId, keys.sign(text)]).toString('base64');
  return `${text}\n\u2014 ${name} ${signature}\n`;
}

/** @returns the text, where one of its signatures is by one of those; else null */
export function openNote(note: string, verifiers: readonly Verifier[]): string | null {
  const end = note.lastIndexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) return null;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const isSigned = lines.some((line) => {
    const [, name, base64] = SIGNATURE_LINE.exec(line) ?? [];
    const signature = base64 === undefined ? null : Buffer.from(base64, 'base64');
    return (
      signature !== null &&
      verifiers.some((verifier) => verifier.name === name && isBy(verifier, text, signature))
    );
  });
  return isSigned ? text : null;
}

function isBy(verifier: Verifier, text: string, signature: Buffer): boolean {
  if (!signature.subarray(0, ID_BYTES).equals(keyIdOf(verifier))) return false;
  return verify(null, Buffer.from(text), publicKeyOf(verifier), signature.subarray(ID_BYTES));
}

const publicKeyOf = ({ publicKey }: Verifier): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
