import { beginAnswer, endAnswer, showEvent } from './answer.mjs';
import { tabs } from './tabs.mjs';
import { authorization, installTokenForm } from './token.mjs';

const { GraphiQL, React, ReactDOM, graphqlWs } = window;

const socketUrl = new URL('/graphql', window.location.href);
socketUrl.protocol = socketUrl.protocol.replace('http', 'ws');

const socket = graphqlWs.createClient({
  url: socketUrl.href,
  connectionParams: authorization,
  // A chat that is subscribed to again is paid for again.
  retryAttempts: 0,
});

const fetcher = GraphiQL.createFetcher({
  url: '/graphql',
  fetch: (url, options) => fetch(url, { ...options, headers: { ...options?.headers, ...authorization() } }),
  wsClient: { ...socket, subscribe },
});

/**
 * Shows what a chat says on its way to GraphiQL.
 *
 * @param {import('graphql-ws').SubscribePayload} payload
 * @param {import('graphql-ws').Sink<any>} sink
 */
function subscribe(payload, sink) {
  beginAnswer();
  const unsubscribe = socket.subscribe(payload, {
    next(result) {
      showEvent(/** @type {import('./answer.mjs').ChatEvent | undefined} */ (result.data?.chat));
      sink.next(result);
    },
    error(error) {
      endAnswer();
      sink.error(
        isForbidden(error) ? { message: 'The server needs a valid token: paste one above.' } : error,
      );
    },
    complete() {
      endAnswer();
      sink.complete();
    },
  });
  return () => {
    unsubscribe();
    endAnswer();
  };
}

/** @param {unknown} error graphql-ws gives the event with which the socket was closed */
function isForbidden(error) {
  return error instanceof window.CloseEvent && error.code === graphqlWs.CloseCode.Forbidden;
}

installTokenForm();
ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: tabs,
    defaultEditorToolsVisibility: 'variables',
    // The token has a field of its own.
    isHeadersEditorEnabled: false,
    showPersistHeadersSettings: false,
    storage: memoryStorage(),
  }),
);

/** GraphiQL would keep tabs and history in local storage, and with them the variables: keys stand there. */
function memoryStorage() {
  /** @type {Map<string, string>} */
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    /** @param {string} name */
    getItem: (name) => items.get(name) ?? null,
    /** @param {string} name @param {string} value */
    setItem: (name, value) => void items.set(name, value),
    /** @param {string} name */
    removeItem: (name) => void items.delete(name),
    clear: () => items.clear(),
  };
}
