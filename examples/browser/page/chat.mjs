import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';

const CHAT = gql`
  subscription Chat($input: ChatInput!) {
    chat(input: $input) {
      __typename
      ... on ChatStarted {
        provider
        model
        keySource
      }
      ... on SearchStarted {
        engine: provider
        query
      }
      ... on TextDelta {
        text
      }
      ... on ChatCompleted {
        finishReason
      }
      ... on ChatFailed {
        error {
          code
          message
        }
      }
    }
  }
`;

const form = /** @type {HTMLFormElement} */ (document.getElementById('form'));
const stop = /** @type {HTMLElement} */ (document.getElementById('stop'));
const answer = /** @type {HTMLElement} */ (document.getElementById('answer'));
const status = /** @type {HTMLElement} */ (document.getElementById('status'));

/** @type {{ unsubscribe(): void } | null} */
let running = null;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { server, token, question, search } = Object.fromEntries(new window.FormData(form));
  running?.unsubscribe();
  answer.textContent = '';
  status.textContent = 'Asking…';
  running = connect(String(server), String(token))
    .subscribe({
      query: CHAT,
      variables: {
        input: { messages: [{ role: 'USER', content: question }], webSearch: search ? {} : null },
      },
      // Events are no objects to be looked up again.
      fetchPolicy: 'no-cache',
    })
    .subscribe({
      // What fails before the chat has started (bad input, no key) is an error; what fails later is an event.
      next: ({ data, error }) => (error ? showError(error) : showEvent(/** @type {any} */ (data).chat)),
      error: showError,
    });
});

// Leaving the chat stops the provider, too.
stop.addEventListener('click', () => {
  running?.unsubscribe();
  status.textContent = 'Stopped';
});

/** @param {string} url @param {string} token */
function connect(url, token) {
  const socket = createClient({
    url,
    connectionParams: { authorization: `Bearer ${token}` },
    // A chat that is subscribed to again is paid for again: the user decides, not the client.
    retryAttempts: 0,
  });
  return new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
}

/** Types of events that a newer server sends are skipped. @param {Record<string, any>} event */
function showEvent({ __typename, text, error, provider, model, keySource, engine, query }) {
  if (__typename === 'ChatStarted') status.textContent = `${provider} ${model}, key: ${keySource}`;
  if (__typename === 'SearchStarted') status.textContent += ` · Searching ${engine} for “${query}”…`;
  if (__typename === 'TextDelta') answer.append(text);
  if (__typename === 'ChatCompleted') status.textContent += ' · Completed';
  if (__typename === 'ChatFailed') showError(error);
}

/** @param {{ message: string }} error */
function showError({ message }) {
  status.textContent = message;
}
