import { InMemoryWebStorage, OidcClient, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { SignInSettings } from '../app/settings';

// With its package, this is loaded where somebody signs in at a provider.

/** Longer than this, no answer of the provider is waited for. */
const REQUEST_SECONDS = 10;
/** Nobody waits longer for the revocation of a token. */
const REVOCATION_SECONDS = 3;

/** A public client with PKCE. It renews nothing by itself: that is bound to the session, as `renewal.ts` does it. */
export function createOpenIdClient(
  { metadata, clientId, audience }: SignInSettings,
  callback: string,
): UserManager {
  const { origin } = window.location;
  return new UserManager({
    authority: metadata.issuer,
    metadata: { ...metadata },
    client_id: clientId,
    redirect_uri: origin + callback,
    silent_redirect_uri: `${origin}/console/renewed`,
    post_logout_redirect_uri: `${origin}/console`,
    scope: 'openid',
    // Some providers give out tokens for an API only where it is named; the others pass over the parameter.
    extraQueryParams: { audience },
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    requestTimeoutInSeconds: REQUEST_SECONDS,
    automaticSilentRenew: false,
    validateSubOnSilentRenew: true,
  });
}

/** Has the provider end a person's tokens (RFC 7009), as far as it does: they end by themselves, too. */
export async function revokeTokens({ metadata, clientId }: SignInSettings, user: User): Promise<void> {
  if (metadata.revocation_endpoint === undefined) return;
  const client = new OidcClient({
    authority: metadata.issuer,
    metadata: { ...metadata },
    client_id: clientId,
    redirect_uri: window.location.href,
    requestTimeoutInSeconds: REVOCATION_SECONDS,
  });
  await Promise.allSettled([
    client.revokeToken(user.access_token, 'access_token'),
    user.refresh_token !== undefined && client.revokeToken(user.refresh_token, 'refresh_token'),
  ]);
}

export { beginSession } from './renewal';
