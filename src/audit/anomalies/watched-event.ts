import type { KeySource } from '../../common/key-source.enum.js';

interface Watched {
  readonly at: Date;
  /** Where the request came from, as `192.0.2.0/24`; null where that is not known. */
  readonly network: string | null;
}

interface OfUser extends Watched {
  readonly userId: string;
  readonly provider: string | null;
  /** Null for a key of the server, and for one that is not stored. */
  readonly keyId: string | null;
}

/** A key was opened for a chat, a search or a list of models. */
export interface KeyUsed extends OfUser {
  readonly type: 'KEY_USED';
  readonly keySource: KeySource;
  /** Null for a search, and for a list. */
  readonly model: string | null;
  readonly isList?: true;
}

/** A provider has refused a key, in a chat, a search or a verification. */
export interface KeyRejected extends OfUser {
  readonly type: 'KEY_REJECTED';
  /** Stands for the key, so that the same one is not counted twice. */
  readonly name: string;
}

/** A record was asked for that cannot be opened, for a reason that points to whoever changes the database. */
export interface KeyUnreadable extends OfUser {
  readonly type: 'KEY_UNREADABLE';
  readonly keyId: string;
  readonly fault: 'DAMAGED' | 'ENCRYPTION_KEY_RETIRED';
}

/** A token was refused. */
export interface TokenRefused extends Watched {
  readonly type: 'TOKEN_REFUSED';
  /** Stands for the token, so that the same one is not counted twice. */
  readonly name: string;
}

/** Something that the rules look at, as it is told: nothing has been looked up yet. */
export type WatchedEvent = KeyUsed | KeyRejected | KeyUnreadable | TokenRefused;

/** What has been looked up of a {@link WatchedEvent}. */
export interface Lookup {
  /** The network as the database has it; null where there is none. */
  readonly networkHash: string | null;
  /** When the key was stored; null for a key of the server, or one that is gone. */
  readonly keyStoredAt: Date | null;
}

/** An event as the rules get it. */
export type SeenEvent = WatchedEvent & Lookup;

/** Of what has no user, in the place of one: no token has such a `sub`. */
export const NO_USER = '';

export const userOf = (event: WatchedEvent): string => ('userId' in event ? event.userId : NO_USER);
