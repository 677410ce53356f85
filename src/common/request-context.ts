/** Who a request comes from. */
export interface AuthenticatedUser {
  /** The token's `sub`. */
  readonly id: string;
  /** When the token ends. */
  readonly expiresAt: Date;
}

/** What resolvers get as GraphQL's context, the same on HTTP and WebSocket. */
export interface RequestContext {
  /** In the log and in every error's `extensions.requestId`. */
  readonly requestId: string;
  /** Null for requests without a token: they may ask for next to nothing. */
  readonly user: AuthenticatedUser | null;
  /** Aborts when the client leaves before it is answered. */
  readonly signal: AbortSignal;
}
