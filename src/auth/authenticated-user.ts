/** Who is asking, as their token says. */
export interface AuthenticatedUser {
  /** The token's `sub`. */
  readonly userId: string;
  /**
   * When the token is refused from, the leeway for clocks included; a connection that it opened ends then. May be
   * further away than a timer can wait.
   */
  readonly expiresAt: Date;
}

/** The part of GraphQL's context that says who is asking; null where no token came. */
export interface AuthenticatedContext {
  readonly user: AuthenticatedUser | null;
}
