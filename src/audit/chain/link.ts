import { NIL } from 'uuid';
import type { AuditKeys } from '../../crypto/audit-keys.js';

/** The chain that names all others. No uuid comes before it. */
export const REGISTER = NIL;

/** What the hash of a chain's first link follows. */
export const NO_HASH = '';

/** Where a chain stands: its last link. */
export interface Head {
  /** 0: it has none yet. */
  readonly number: number;
  /** In hexadecimal digits. */
  readonly hash: string;
}

export const emptyHead: Head = { number: 0, hash: NO_HASH };

/** What a link says beside its place. */
export type LinkContent =
  | { readonly eventId: string; readonly mac: string; readonly note: null }
  | { readonly eventId: null; readonly mac: null; readonly note: string };

export type Link = Head & LinkContent & { readonly writer: string };

/**
 * The link behind `before`. Its hash is a MAC, so that nobody without the key can make a chain of other rows.
 *
 * @param content with the row's MAC in hexadecimal digits
 */
export function nextLink(keys: AuditKeys, writer: string, before: Head, content: LinkContent): Link {
  const number = before.number + 1;
  return { ...content, writer, number, hash: hashOf(keys, writer, number, before.hash, content) };
}

export const hashOf = (
  keys: AuditKeys,
  writer: string,
  number: number,
  before: string,
  { eventId, mac, note }: LinkContent,
): string =>
  keys
    .mac(JSON.stringify(['keystream/audit-link/v1', writer, number, before, eventId, mac, note]))
    .toString('hex');
