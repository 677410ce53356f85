import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { RequestContext } from '../auth/request-context.js';
import { AppError } from '../common/app-error.js';
import { BadUserInputError } from '../common/input-errors.js';
import { checkOperation, toGraphQLError } from './operation-check.js';
import { sandboxPage } from './sandbox-page.js';

/** Runs the checks of both doors on HTTP, and sends subscriptions to the door that serves them. */
export const operationCheckPlugin: ApolloServerPlugin<RequestContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: (request: GraphQLRequestContextDidResolveOperation<RequestContext>) => {
        try {
          checkRequest(request);
          return Promise.resolve();
        } catch (error) {
          return Promise.reject(error instanceof AppError ? toGraphQLError(error) : (error as Error));
        }
      },
    }),
};

function checkRequest({
  schema,
  document,
  operation,
  request,
  contextValue: context,
}: GraphQLRequestContextDidResolveOperation<RequestContext>): void {
  // Without one Apollo has refused the request before.
  if (!operation) return;
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    throw BadUserInputError.at(
      'query',
      'subscriptions run over WebSocket (sub-protocol graphql-transport-ws)',
    );
  }
  checkOperation({ schema, document, operation, variables: request.variables ?? {}, context });
}

/** Apollo Sandbox for browsers at the endpoint. */
export const sandboxPlugin: ApolloServerPlugin<RequestContext> = {
  serverWillStart: () => Promise.resolve({ renderLandingPage: () => Promise.resolve({ html: sandboxPage }) }),
};
