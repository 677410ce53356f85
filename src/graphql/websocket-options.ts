import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CloseCode, type Context, type ServerOptions } from 'graphql-ws';
import type { Authenticator } from '../auth/authenticator.js';
import { findAuthorization } from '../auth/authorization.js';
import { UnauthenticatedError } from '../auth/auth.errors.js';
import { AppError } from '../common/app-error.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import type { RequestContext } from '../auth/request-context.js';
import { CLOSING_MS } from './stream-limits.js';
import type { Subscriptions } from './subscriptions.js';
import { closeAtExpiry } from './websocket-expiry.js';
import { clientIdOf } from './websocket-operations.js';
import type { ServerSocket } from './websocket-server-socket.js';

/** What belongs to one connection. */
export interface SocketExtra {
  readonly socket: ServerSocket;
  readonly request: IncomingMessage;
  readonly connectionId: string;
  /** Aborted as soon as the connection is lost or begins to close. */
  readonly closing: AbortController;
  /** Null until `connection_init` brought a good token. */
  user: AuthenticatedUser | null;
}

type Connection = Context<Record<string, unknown> | undefined, SocketExtra>;

/** Try again later (the registry of WebSocket close codes, IANA): clients reconnect. */
const TRY_AGAIN_LATER = 1013;

/** The rules of this door, in graphql-ws's terms. Errors of `onSubscribe` become an `error` message, others a `next`. */
export function webSocketOptions(
  authenticator: Authenticator,
  subscriptions: Subscriptions,
): ServerOptions<Record<string, unknown> | undefined, SocketExtra> {
  return {
    onConnect: (connection) => admit(connection, authenticator),
    onSubscribe: ({ extra }, id, request) =>
      subscriptions.prepare(request, contextOf(extra, id), 'over WebSocket'),
    subscribe: (args) => subscriptions.run(args),
    onNext: (_connection, _id, _payload, { contextValue }, result) =>
      result.errors && subscriptions.show(result, (contextValue as RequestContext).requestId),
    onError: (_connection, _id, _payload, errors) => subscriptions.showErrors(errors, randomUUID()),
  };
}

/** @param id of the operation, as graphql-ws knows it */
function contextOf({ user, connectionId, closing }: SocketExtra, id: string): RequestContext {
  return {
    requestId: randomUUID(),
    user,
    signal: closing.signal,
    connectionId,
    operationId: clientIdOf(id),
  };
}

/** @returns false for no or a bad token: graphql-ws closes with 4403 */
async function admit(
  { connectionParams, extra }: Connection,
  authenticator: Authenticator,
): Promise<boolean> {
  try {
    extra.user = await authenticator.authenticate(findAuthorization(connectionParams), extra.request);
    if (extra.user === null) return refuse(extra, authenticator);
    closeAtExpiry(extra.socket, extra.user.expiresAt);
    return true;
  } catch (error) {
    if (error instanceof UnauthenticatedError) return refuse(extra, authenticator);
    if (!(error instanceof AppError)) throw error;
    extra.socket.close(TRY_AGAIN_LATER, error.code);
    return true;
  }
}

/** graphql-ws closes with the same code and fewer words. */
function refuse({ socket, request }: SocketExtra, authenticator: Authenticator): false {
  socket.close(CloseCode.Forbidden, 'A valid token is needed');
  if (authenticator.countFailure(request)) cutSoon(socket);
  return false;
}

/** One of many that bring no good token does not keep its socket for as long as it likes. */
function cutSoon(socket: ServerSocket): void {
  const timer = setTimeout(() => socket.terminate(), CLOSING_MS);
  socket.once('close', () => clearTimeout(timer));
}
