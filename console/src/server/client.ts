import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { freshToken } from '../session/session';
import { remember } from './last-operation';
import { isUnauthenticated } from './server-error';

/**
 * @param socket for subscriptions; it says itself where its token is refused
 * @param onRefused called with the token of a request that the server does not take, or takes no more
 */
export function createApolloClient(
  socket: Client,
  onRefused: (token: string | undefined) => void,
): ApolloClient {
  const remembered = new ApolloLink((operation, forward) => {
    if (!operation.getContext().isUnremembered) remember(operation.query, operation.variables);
    return forward(operation);
  });
  const refused = new ErrorLink(({ error, operation }) => {
    if (isUnauthenticated(error)) onRefused(operation.getContext().token as string | undefined);
  });
  const authorized = new SetContextLink(async ({ headers }) => {
    const token = await freshToken();
    return { token, headers: { ...(headers as object | undefined), authorization: `Bearer ${token}` } };
  });
  const transport = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    ApolloLink.from([refused, authorized, new HttpLink({ uri: '/graphql' })]),
  );
  return new ApolloClient({
    link: ApolloLink.from([remembered, transport]),
    cache: new InMemoryCache({
      typePolicies: {
        Viewer: { keyFields: [] },
        ProviderInfo: { keyFields: ['provider'] },
        // Two providers may have models of the same name.
        Model: { keyFields: false },
      },
    }),
    // They would keep the variables of every mutation, and so of every key that was stored.
    devtools: { enabled: false },
    // What is shown from before is brought up to date each time.
    defaultOptions: {
      watchQuery: { fetchPolicy: 'cache-and-network' },
      query: { fetchPolicy: 'network-only' },
    },
  });
}
