import type { AccessScope } from './access-scope.js';

/** The access token that a user came with. */
export interface UsedAccessToken {
  readonly id: string;
  readonly scopes: ReadonlySet<AccessScope>;
}

/** Who is asking, as their token says. */
export interface AuthenticatedUser {
  /** The `sub` of their JWT, or of the one that made their access token. */
  readonly userId: string;
  /**
   * When the token is refused from, the leeway for clocks included; a connection that it opened ends then. May be
   * further away than a timer can wait.
   */
  readonly expiresAt: Date;
  /**
   * Whether the operator lets them spend the server's keys, as far as their token goes: who has keys of their own may be
   * refused all the same (`SERVER_KEYS_FOR=keyless`).
   */
  readonly mayUseServerKeys: boolean;
  /** Null where they came with a JWT, which may do everything. */
  readonly accessToken: UsedAccessToken | null;
  /** Where the request comes from, as `192.0.2.0/24` or `2001:db8:7::/48`; null where its socket is gone. */
  readonly network: string | null;
}

/** What a token says, whatever request it comes with. */
export type TokenUser = Omit<AuthenticatedUser, 'network'>;

/** The part of GraphQL's context that says who is asking; null where no token came. */
export interface AuthenticatedContext {
  readonly user: AuthenticatedUser | null;
}
