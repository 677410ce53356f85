import type { UserManager } from 'oidc-client-ts';
import { settings, type SignInSettings } from '../app/settings';
import { forgetAsked, hasLeft, isWaitedFor, setLeft, setWaitedFor } from './kept';
import type * as Code from './open-id-client';
import { currentSession, signOut } from './session';

/**
 * Signing in at an OpenID provider: code flow with PKCE, of a public client (RFC 7636, RFC 9700 section 2.1.1). The
 * tokens are in memory alone; what the tab keeps while the person is at the provider is the state of PKCE.
 */

const CALLBACK = '/console/signed-in';
/** A provider that takes longer to answer is taken for away, and the page is shown. */
const LEAVING_MS = 10_000;

/** Whether PKCE can work: over plain HTTP, a browser gives its cryptography to pages of its own machine alone. */
export const canSignIn = (): boolean => window.isSecureContext;

let loading: Promise<{ readonly code: typeof Code; readonly openId: UserManager }> | null = null;

const load = (signIn: SignInSettings): NonNullable<typeof loading> =>
  (loading ??= import('./open-id-client').then(
    (code) => ({ code, openId: code.createOpenIdClient(signIn, CALLBACK) }),
    (error: unknown) => {
      loading = null;
      throw error;
    },
  ));

/**
 * Comes back from the provider, or asks it who is there without showing anything (`prompt=none`): so a reload goes on. It is
 * not asked where a person has signed out, or where it has not answered the last time: a token can be pasted then.
 *
 * @returns what the provider answered in place of a person; `login_required` and its kin only say that nobody is there
 */
export async function resumeOpenId(): Promise<unknown> {
  const { signIn } = settings;
  if (signIn === null) return null;
  if (window.location.pathname === CALLBACK) return comeBack(signIn);
  if (!hasLeft() && !isWaitedFor() && canSignIn()) await goToProvider({ silently: true });
  return null;
}

async function comeBack(signIn: SignInSettings): Promise<unknown> {
  setWaitedFor(false);
  const { code, openId } = await load(signIn);
  try {
    const user = await openId.signinRedirectCallback();
    leaveCallback(pathOf(user.state));
    forgetAsked();
    code.beginSession(openId, user, signIn);
    return null;
  } catch (error) {
    leaveCallback(pathOf((error as { state?: unknown }).state));
    return isNobody(error) ? null : error;
  }
}

/** Nothing of the answer stays in the address. */
const leaveCallback = (path: string): void => window.history.replaceState(null, '', path);

/** Where the person was, in this page and nowhere else, and what was chosen there. */
function pathOf(state: unknown): string {
  const { path } = Object(state) as { path?: unknown };
  return typeof path === 'string' && /^\/console\/[a-z]*(?:\?[^#]*)?$/.test(path) ? path : '/console';
}

/** OpenID Connect Core 1.0, section 3.1.2.6. */
const NOBODY = ['login_required', 'interaction_required', 'account_selection_required', 'consent_required'];
const isNobody = (error: unknown): boolean => NOBODY.includes((error as { error?: string }).error ?? '');

/** Leaves for the provider, to come back to the page that is shown. */
export async function goToProvider({ silently = false } = {}): Promise<void> {
  const { signIn } = settings;
  if (signIn === null) return;
  const { openId } = await load(signIn);
  if (silently) setWaitedFor(true);
  else setLeft(false);
  const leaving = openId.signinRedirect({
    state: { path: window.location.pathname + window.location.search },
    // What nobody asked for leaves no entry in the history, to which the way back would lead.
    ...(silently && { prompt: 'none', redirectMethod: 'replace' }),
  });
  if (!silently) return leaving;
  // The browser is about to leave: nothing is to be shown in between.
  const stayed = new Promise<void>((resolve) => setTimeout(resolve, LEAVING_MS));
  await Promise.race([leaving.then(() => stayed), stayed]);
  window.stop();
}

/** Signs out here, and at the provider that the person came from, where it takes part. */
export async function leave(why: { readonly hasDeletedData?: boolean } = {}): Promise<void> {
  const { signIn } = settings;
  const loaded = currentSession()?.renew ? await loading : null;
  // With the session, the client forgets the person.
  const user = await loaded?.openId.getUser();
  setLeft(signIn !== null);
  signOut(why);
  window.history.replaceState(null, '', '/console');
  if (!signIn || !loaded || !user) return;
  await loaded.code.revokeTokens(signIn, user);
  if (signIn.metadata.end_session_endpoint === undefined) return;
  const { id_token } = user;
  // Here it is done already: where the way there fails, the provider's session ends by itself.
  await loaded.openId
    .signoutRedirect({ ...(id_token && { id_token_hint: id_token }) })
    .catch(() => undefined);
}
