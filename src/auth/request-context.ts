import type { AuthenticatedContext } from './authenticated-user.js';

/** What resolvers get as GraphQL's context, the same on HTTP and WebSocket. */
export interface RequestContext extends AuthenticatedContext {
  /** In the log and in every error's `extensions.requestId`. */
  readonly requestId: string;
  /** Aborts when the client leaves before it is answered. */
  readonly signal: AbortSignal;
}
