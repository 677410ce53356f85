import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { AppError } from '../common/app-error.js';
import { BadUserInputError } from '../common/input-errors.js';
import type { RequestContext } from '../auth/request-context.js';
import { checkOperation, toGraphQLError } from './operation-check.js';
import { sandboxPage } from './sandbox-page.js';

/** Runs the checks of both doors on HTTP, and sends subscriptions to the door that serves them. */
export const operationCheckPlugin: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, operation, request, contextValue: context }) {
        // Without an operation Apollo has refused the request before.
        if (!operation) return;
        if (operation.operation === 'subscription') {
          throw toGraphQLError(
            BadUserInputError.at('query', 'subscriptions run over WebSocket (sub-protocol graphql-transport-ws)'),
          );
        }
        try {
          checkOperation({ schema, document, operation, variables: request.variables ?? {}, context });
        } catch (error) {
          throw error instanceof AppError ? toGraphQLError(error) : (error as GraphQLError);
        }
      },
    };
  },
};

/** Apollo Sandbox for browsers at the endpoint. */
export const sandboxPlugin: ApolloServerPlugin<RequestContext> = {
  async serverWillStart() {
    return { renderLandingPage: async () => ({ html: sandboxPage }) };
  },
};
