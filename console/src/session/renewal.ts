import type { User, UserManager } from 'oidc-client-ts';
import type { SignInSettings } from '../app/settings';
import { waitBefore } from '../server/online';
import { currentSession, onSessionChange, signInWith } from './session';
import { at } from './timer';
import { readClaims } from './token-claims';

/** How long before its end a token is renewed: the longer of a time and a share of its life, and never in its first half. */
const BEFORE_MS = 60_000;
const BEFORE_SHARE = 0.1;

/**
 * Signs in a person whom the provider has named, and renews the token for as long as that session lasts. A token takes the
 * place of one of the same person in the same session, and of no other: what the provider answers after the session has
 * ended, or when somebody else has signed in there, is dropped.
 */
export function beginSession(openId: UserManager, first: User, signIn: SignInSettings): void {
  let user = first;
  let renewing: Promise<void> | null = null;
  let cancelTimer = (): void => undefined;

  const renew = (): Promise<void> => (renewing ??= replaceToken().finally(() => (renewing = null)));
  const isOurs = (): boolean => currentSession()?.renew === renew;
  const tokenNow = (): string => tokenOf(user, signIn);

  async function replaceToken(): Promise<void> {
    const next = (await refreshed()) ?? (await openId.signinSilent({ forceIframeAuth: true }));
    if (!isOurs()) return openId.removeUser();
    if (isNewer(next)) take(next);
  }

  /** Null where there is no refresh token, or nothing newer comes for it: not every provider gives an ID token with it. */
  async function refreshed(): Promise<User | null> {
    if (user.refresh_token === undefined) return null;
    const next = await openId.signinSilent().catch(() => null);
    return isNewer(next) ? next : null;
  }

  function isNewer(next: User | null): next is User {
    if (next === null) return false;
    const [before, after] = [readClaims(tokenNow()), readClaims(tokenOf(next, signIn))];
    return after.owner === before.owner && (after.expiresAt ?? 0) > (before.expiresAt ?? 0);
  }

  function take(next: User): void {
    user = next;
    signInWith(tokenNow(), { renew });
    cancelTimer();
    const end = currentSession()?.expiresAt?.getTime();
    if (end === undefined) return;
    const life = end - Date.now();
    renewAt(end - Math.min(Math.max(BEFORE_MS, life * BEFORE_SHARE), life / 2), end);
  }

  /** Until the end, as often as it takes. After that, what is sent next tries once more. */
  function renewAt(time: number, end: number, attempts = 0): void {
    cancelTimer = at(time, () => {
      void renew()
        .catch(() => undefined)
        .then(() => {
          const next = Date.now() + waitBefore(attempts + 2);
          const isSame = isOurs() && currentSession()?.expiresAt?.getTime() === end;
          if (isSame && next < end) renewAt(next, end, attempts + 1);
        });
    });
  }

  take(first);
  const stopListening = onSessionChange(() => {
    if (isOurs()) return;
    stopListening();
    cancelTimer();
    void openId.removeUser();
  });
}

/** The token that the API takes: where its audience is this client itself, that is the one of the identity. */
const tokenOf = (user: User, { audience, clientId }: SignInSettings): string =>
  audience === clientId && user.id_token !== undefined ? user.id_token : user.access_token;
