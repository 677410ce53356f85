import { settings } from '../app/settings';
import { newId } from '../server/new-id';
import { forgetKept, keepToken, keptToken, ownKept } from './kept';
import { endOf, readClaims } from './token-claims';

/** Who is signed in, and with what. It is in this module's memory, and at most in the tab's storage. */
export interface Session {
  readonly token: string;
  /** Whom it stands for; where that is not known, a name that is nobody else's. */
  readonly owner: string;
  /** When the token ends, as far as is known here: only the server ends a session. Null where it does not say. */
  readonly expiresAt: Date | null;
  /** Puts a newer token in the place of this one without asking the person; null: that takes the person. */
  readonly renew: (() => Promise<void>) | null;
}

/** Why nobody is signed in, where it needs a word. */
export type Absence =
  | 'ended' // by the server, and not by the person
  | 'deleted' // all of the person's data, which signs out
  | 'failed'; // the identity provider answered with something else than a person

/** Whether the tab may hold the token: never in production, and not where the identity provider gives another one. */
const isTokenKept = !settings.production && settings.signIn === null;
/** What is sent so shortly before the end may come too late. */
const ENDING_MS = 5_000;

let current: Session | null = null;
let absence: Absence | null = null;
const listeners = new Set<() => void>();

/** The session as it is now; null: nobody is signed in. The same object until it changes. */
export const currentSession = (): Session | null => current;

export const whyNobody = (): Absence | null => absence;

/** @returns what ends the listening */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Signs in, or goes on with a newer token of the same person. What another person left in the page and in the tab is
 * forgotten before.
 *
 * @param known the owner, where the server was asked; and what renews the token
 */
export function signInWith(
  token: string,
  known: { readonly owner?: string; readonly renew?: () => Promise<void> } = {},
): void {
  const claims = readClaims(token);
  const owner = known.owner ?? claims.owner ?? newId();
  if (current !== null && current.owner !== owner) change(null);
  ownKept(owner);
  if (isTokenKept) keepToken({ token, owner });
  absence = null;
  const { renew = null } = known;
  change({ token, owner, renew, expiresAt: endOf(claims, renew !== null) });
}

/** Forgets the token, and all that this tab keeps of its owner. */
export function signOut({ hasDeletedData = false } = {}): void {
  forgetKept();
  absence = hasDeletedData ? 'deleted' : null;
  change(null);
}

/**
 * Forgets a token that the server does not take any more. What was typed stays for its owner.
 *
 * @param refused the token; nothing happens where another one is in its place by now
 */
export function endSession(refused: string | undefined): void {
  if (current === null || current.token !== refused) return;
  keepToken(null);
  absence = 'ended';
  change(null);
}

/** Says why nobody is signed in from the beginning. */
export function noteFailedSignIn(): void {
  absence = 'failed';
}

/** Takes up the session of this tab from before a reload, where it may be kept. */
export function resumeSession(): void {
  const kept = isTokenKept ? keptToken() : null;
  if (kept !== null) signInWith(kept.token, kept);
}

/**
 * The token to send. One whose time is over, after the computer has slept, say, is renewed first where that can be.
 *
 * @returns an empty one where its owner is not signed in any more
 */
export async function freshToken(): Promise<string> {
  const before = current;
  const { renew = null, expiresAt = null } = before ?? {};
  const isEnding = expiresAt !== null && expiresAt.getTime() - Date.now() < ENDING_MS;
  if (renew !== null && isEnding) await renew().catch(() => undefined);
  return current !== null && current.owner === before?.owner ? current.token : '';
}

function change(session: Session | null): void {
  current = session;
  for (const listener of listeners) listener();
}
