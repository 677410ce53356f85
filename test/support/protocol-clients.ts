import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient as createUrqlClient, subscriptionExchange } from '@urql/core';
import type { Client } from 'graphql-ws';
import { SCRIPTED } from './protocol-peers.js';

interface ScriptedData {
  readonly chat: { readonly seq: number };
}

/** Where what a client hands on goes, in one form for all clients. */
export interface Listener {
  next(data: ScriptedData): void;
  /** The text of what it reports. */
  error(message: string): void;
  complete(): void;
}

/** A library that pages use, on a connection of graphql-ws's client. */
export interface Library {
  readonly name: string;
  /** @returns what unsubscribes */
  subscribe(transport: Client, query: string, listener: Listener): () => void;
}

const { variables } = SCRIPTED;

const graphqlWs: Library = {
  name: 'graphql-ws',
  subscribe: (transport, query, listener) =>
    transport.subscribe<ScriptedData>(
      { query, variables },
      {
        next: ({ data }) => data && listener.next(data),
        error: (error) => listener.error(JSON.stringify(error)),
        complete: () => listener.complete(),
      },
    ),
};

const apollo: Library = {
  name: 'Apollo Client',
  subscribe: (transport, query, listener) => {
    const client = new ApolloClient({ link: new GraphQLWsLink(transport), cache: new InMemoryCache() });
    const results = client.subscribe<ScriptedData>({ query: gql(query), variables, fetchPolicy: 'no-cache' });
    const subscription = results.subscribe({
      next: ({ data, error }) => (error ? listener.error(error.message) : data && listener.next(data)),
      complete: () => listener.complete(),
    });
    return () => subscription.unsubscribe();
  },
};

const urql: Library = {
  name: 'urql',
  subscribe: (transport, query, listener) => {
    const forward = subscriptionExchange({
      forwardSubscription: (request) => ({
        subscribe: (sink) => ({
          unsubscribe: transport.subscribe(
            { ...request, query: request.query ?? '' },
            {
              next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }),
              error: (error) => sink.error(error),
              complete: () => sink.complete(),
            },
          ),
        }),
      }),
    });
    const client = createUrqlClient({
      url: 'http://127.0.0.1',
      preferGetMethod: false,
      exchanges: [forward],
    });
    const subscription = client
      .subscription<ScriptedData>(query, variables)
      .subscribe(({ data, error, hasNext }) => {
        if (error) listener.error(error.message);
        // It repeats its last result, without more to come, for the end.
        else if (!hasNext) listener.complete();
        else if (data) listener.next(data);
      });
    return () => subscription.unsubscribe();
  },
};

export const libraries: readonly Library[] = [graphqlWs, apollo, urql];
