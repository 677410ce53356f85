import type { AuthenticatedContext } from './authenticated-user.js';

/** For an operation that has no time limit. */
export const noTimeLimit = () => (): void => undefined;

/** What resolvers get as GraphQL's context, the same on every door. */
export interface RequestContext extends AuthenticatedContext {
  /** In the log and in every error's `extensions.requestId`. */
  readonly requestId: string;
  /**
   * Of a query or mutation: aborts when the client leaves before it is answered. Of a subscription: aborts when its
   * connection is lost, or either side begins to close it, always before its iterator's `return()` is called; never when
   * the client unsubscribes and stays.
   */
  readonly signal: AbortSignal;
  /**
   * Lifts the time limit of a query or mutation, for a part that has a limit of its own: its signal aborts only when the
   * client leaves. Subscriptions have none to lift.
   *
   * @returns what puts it back, to be called when that part is over
   */
  readonly liftTimeLimit: () => () => void;
  /** The connection that a subscription runs on, made up by us; null for queries and mutations. */
  readonly connectionId: string | null;
  /** The id under which a WebSocket's client subscribed: unique on its connection while it runs. Null on other doors. */
  readonly operationId: string | null;
}
