import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type GraphQLSchema,
  parse,
  specifiedRules,
  subscribe,
  validate,
} from 'graphql';
import { CloseCode, type Context, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import type { Authenticator } from '../auth/authenticator.js';
import { findAuthorization } from '../auth/authorization.js';
import { UnauthenticatedError } from '../auth/auth.errors.js';
import { AppError } from '../common/app-error.js';
import { BadUserInputError } from '../common/input-errors.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import type { RequestContext } from '../auth/request-context.js';
import type { ErrorMask } from './error-mask.js';
import { checkOperation, toGraphQLError } from './operation-check.js';
import { operationRules, parseOptions } from './operation-rules.js';
import { closeAtExpiry } from './websocket-expiry.js';
import type { ServerSocket } from './websocket-server-socket.js';

/** What belongs to one connection. */
export interface SocketExtra {
  readonly socket: ServerSocket;
  readonly request: IncomingMessage;
  readonly connectionId: string;
  /** Null until `connection_init` brought a good token. */
  user: AuthenticatedUser | null;
}

interface Parts {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly authenticator: Authenticator;
  readonly mask: ErrorMask;
}

type Connection = Context<Record<string, unknown> | undefined, SocketExtra>;

/** Try again later (the registry of WebSocket close codes, IANA): clients reconnect. */
const TRY_AGAIN_LATER = 1013;

/** The rules of this door, in graphql-ws's terms. */
export function webSocketOptions(
  parts: Parts,
): ServerOptions<Record<string, unknown> | undefined, SocketExtra> {
  const rules = [...specifiedRules, ...operationRules(parts)];
  return {
    onConnect: (connection) => admit(connection, parts.authenticator),
    onSubscribe: (connection, _, payload) => prepare(parts.schema, rules, connection, payload),
    subscribe: async (args) => {
      const refusal = refusalOf(args);
      return refusal ? { errors: [refusal] } : subscribe(args);
    },
    onNext: (_connection, _id, _payload, { contextValue }, result) => {
      if (!result.errors) return;
      const { requestId } = contextValue as RequestContext;
      const errors = result.errors.map((error) => parts.mask.format(error, requestId));
      return { ...(result.data !== undefined && { data: result.data }), errors };
    },
    onError: (_connection, _id, _payload, errors) => {
      const requestId = randomUUID();
      return errors.map((error) => parts.mask.format(error, requestId));
    },
  };
}

/** @returns false for no or a bad token: graphql-ws closes with 4403 */
async function admit(
  { connectionParams, extra }: Connection,
  authenticator: Authenticator,
): Promise<boolean> {
  try {
    extra.user = await authenticator.authenticate(findAuthorization(connectionParams));
    if (extra.user === null) return refuse(extra.socket);
    closeAtExpiry(extra.socket, extra.user.expiresAt);
    return true;
  } catch (error) {
    if (error instanceof UnauthenticatedError) return refuse(extra.socket);
    if (!(error instanceof AppError)) throw error;
    extra.socket.close(TRY_AGAIN_LATER, error.code);
    return true;
  }
}

/** graphql-ws closes with the same code and fewer words. */
function refuse(socket: ServerSocket): false {
  socket.close(CloseCode.Forbidden, 'A valid token is needed');
  return false;
}

/** @returns errors where the document itself is refused: they become an `error` message */
function prepare(
  schema: GraphQLSchema,
  rules: NonNullable<Parameters<typeof validate>[2]>,
  { extra }: Connection,
  { query, operationName, variables }: SubscribePayload,
): ExecutionArgs | GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, parseOptions);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
  const errors = validate(schema, document, rules);
  if (errors.length > 0) return [...errors];
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    const message = operation
      ? 'only subscriptions run over WebSocket: send queries and mutations to POST /graphql'
      : 'must have one operation, or operationName must name one';
    return [toGraphQLError(BadUserInputError.at('query', message))];
  }
  const contextValue: RequestContext = { requestId: randomUUID(), user: extra.user, signal: NEVER_ABORTED };
  return { schema, document, operationName, variableValues: variables, contextValue };
}

/** Subscriptions learn that their client left by the iterator's `return()`. */
const NEVER_ABORTED = new AbortController().signal;

/** What is wrong with the input rather than the document: it becomes a `next` message with errors. */
function refusalOf({
  schema,
  document,
  operationName,
  variableValues,
  contextValue,
}: ExecutionArgs): GraphQLError | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('An operation was lost on its way.');
  try {
    const context = contextValue as RequestContext;
    checkOperation({ schema, document, operation, variables: variableValues ?? {}, context });
    return null;
  } catch (error) {
    if (error instanceof AppError) return toGraphQLError(error);
    throw error;
  }
}
