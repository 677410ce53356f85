import type {
  ApolloServerPlugin,
  GraphQLRequestContext,
  GraphQLRequestContextDidResolveOperation,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import type { RequestContext } from '../../auth/request-context.js';
import { AppError } from '../../common/app-error.js';
import { BadUserInputError } from '../../common/input-errors.js';
import type { ErrorMask } from '../every-door/error-mask.js';
import { checkOperation, checkUser, toGraphQLError } from '../every-door/operation-check.js';
import { requiresUser } from '../every-door/requires-user.js';
import type { HttpContext } from './http-door.js';
import { rememberRequest } from './request-ids.js';
import { sandboxPage } from './sandbox-page.js';

/** Runs the checks of all doors on HTTP, and sends subscriptions to the doors that serve them. */
export const operationCheckPlugin = (mask: ErrorMask): ApolloServerPlugin<HttpContext> => ({
  requestDidStart: (started) => {
    const { request, contextValue } = started;
    // Clients that have no name for an operation may send an empty one.
    if (request.operationName === '') delete request.operationName;
    useDocument(started, contextValue);
    return Promise.resolve({
      parsingDidStart: () => Promise.reject(new Error('A document was read by Apollo.')),
      didEncounterErrors: ({ errors }) => {
        rememberRequest(errors, contextValue.requestId);
        return Promise.resolve();
      },
      willSendResponse: (request) => {
        hideDocumentErrors(mask, request);
        return Promise.resolve();
      },
      didResolveOperation: (request: GraphQLRequestContextDidResolveOperation<RequestContext>) => {
        try {
          checkRequest(request);
          return Promise.resolve();
        } catch (error) {
          return Promise.reject(error instanceof AppError ? toGraphQLError(error) : (error as Error));
        }
      },
    });
  },
});

/** Apollo reads no document that is there. Of a listed one it gets the text, which the request need not have, and no hash. */
function useDocument(
  context: GraphQLRequestContext<HttpContext>,
  { document, listedText }: HttpContext,
): void {
  if (document) Object.assign(context, { document });
  if (listedText === null) return;
  const { request } = context;
  request.query = listedText;
  if (request.extensions) request.extensions = { ...request.extensions, persistedQuery: undefined };
}

/** A document's errors reveal the schema: without a token, a wrong document gets the same answer as a good one. */
function hideDocumentErrors(
  mask: ErrorMask,
  { contextValue, document, operation, response }: GraphQLRequestContextWillSendResponse<RequestContext>,
): void {
  if (contextValue.user || (document && operation && !requiresUser(document))) return;
  const error = new UnauthenticatedError();
  response.http.status = error.httpStatus;
  response.body = {
    kind: 'single',
    singleResult: { errors: [mask.format(error, contextValue.requestId)] },
  };
}

function checkRequest({
  schema,
  document,
  operation,
  request,
  contextValue: context,
}: GraphQLRequestContextDidResolveOperation<RequestContext>): void {
  // Without one, Apollo has already refused the request.
  if (!operation) return;
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    checkUser({ document, context });
    throw BadUserInputError.at(
      'query',
      'subscriptions run over WebSocket (sub-protocol graphql-transport-ws), at POST /graphql/stream (graphql-sse), or here with Accept: multipart/mixed;subscriptionSpec=1.0',
    );
  }
  checkOperation({ schema, document, operation, variables: request.variables ?? {}, context });
}

/** Apollo Sandbox for browsers at the endpoint. */
export const sandboxPlugin: ApolloServerPlugin<RequestContext> = {
  serverWillStart: () => Promise.resolve({ renderLandingPage: () => Promise.resolve({ html: sandboxPage }) }),
};
