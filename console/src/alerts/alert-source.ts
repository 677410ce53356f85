import type { ApolloClient } from '@apollo/client';
import type { Client } from 'graphql-ws';
import { AlertsDocument, NewAlertsDocument } from '../generated/alerts';
import { withTimeLimit } from '../parts/time-limit';
import { remember, unremembered } from '../server/last-operation';
import { online, waitBefore } from '../server/online';
import type { AlertSource } from './alert-feed';

/** The most that the server gives at once. */
const PAGE = 200;

const options = { fetchPolicy: 'no-cache', context: unremembered } as const;

/** The page that shows them says what it shows, though it was asked for before. */
export const rememberAlerts = (): void => remember(AlertsDocument, { first: PAGE, after: null });

/** Alerts of the server's. What they say is kept by the feed alone. */
export const alertSource = (client: ApolloClient, socket: Client): AlertSource => ({
  fetchPage: async (after, isWanted) => {
    const { data } = await client.query({
      query: AlertsDocument,
      variables: { first: PAGE, after },
      fetchPolicy: 'no-cache',
      context: { ...(!isWanted && unremembered), fetchOptions: { signal: withTimeLimit() } },
    });
    const { edges = [], pageInfo } = data?.keyAlertHistory ?? {};
    return {
      alerts: edges.map(({ node }) => node),
      older: pageInfo?.hasNextPage ? pageInfo.endCursor : null,
    };
  },
  subscribe: (onAlert, onEnd) => {
    let reason: unknown = null;
    const running = client.subscribe({ ...options, query: NewAlertsDocument }).subscribe({
      next: ({ data, error }) => {
        if (data) onAlert(data.keyAlerts);
        if (error) reason = error;
      },
      error: (error: unknown) => onEnd(error),
      complete: () => onEnd(reason),
    });
    return () => running.unsubscribe();
  },
  onConnected: (listener) => socket.on('connected', listener),
  wait: (attempts, signal) => online(waitBefore(attempts), signal),
});
