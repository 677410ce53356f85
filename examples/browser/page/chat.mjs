import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';

const EVENT = gql`
  fragment Event on ChatEvent {
    __typename
    chatId
    seq
    ... on ChatStarted {
      provider
      model
      keySource
    }
    ... on SearchStarted {
      engine
      query
    }
    ... on TextDelta {
      fromSeq
      text
    }
    ... on ReasoningDelta {
      fromSeq
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
`;
const CHAT = gql`
  subscription Chat($input: ChatInput!) {
    chat(input: $input) {
      ...Event
    }
  }
  ${EVENT}
`;
const RESUME = gql`
  subscription Resume($chatId: ID!, $afterSeq: Int!) {
    chat: resumeChat(chatId: $chatId, afterSeq: $afterSeq) {
      ...Event
    }
  }
  ${EVENT}
`;
/** The tab's own storage: it is there after a reload, and gone with the tab. */
const KEPT = 'chat';

/**
 * A chat as far as the page knows it: `text` is its answer up to the event `seq`, `by` is who gives it.
 *
 * @typedef {{ server: string, token: string, chatId: string | null, seq: number, text: string, by: string }} Chat
 */

const form = /** @type {HTMLFormElement} */ (document.getElementById('form'));
const stop = /** @type {HTMLElement} */ (document.getElementById('stop'));
const answer = /** @type {HTMLElement} */ (document.getElementById('answer'));
const status = /** @type {HTMLElement} */ (document.getElementById('status'));

/** The one that is being watched. @type {{ chat: Chat, subscription: { unsubscribe(): void } } | null} */
let running = null;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { server, token, question, search } = Object.fromEntries(new window.FormData(form));
  leave();
  status.textContent = 'Asking…';
  const chat = { server: String(server), token: String(token), chatId: null, seq: 0, text: '', by: '' };
  const input = { messages: [{ role: 'USER', content: question }], webSearch: search ? {} : null };
  watch(chat, CHAT, { input });
});

// Leaving the chat stops the provider, too.
stop.addEventListener('click', () => {
  leave();
  status.textContent = 'Stopped';
});

// A page that goes away is no reason to stop: the server goes on for a while, until the page comes back.
window.addEventListener('pagehide', () => {
  if (running?.chat.chatId) window.sessionStorage.setItem(KEPT, JSON.stringify(running.chat));
});
const kept = window.sessionStorage.getItem(KEPT);
if (kept !== null) {
  window.sessionStorage.removeItem(KEPT);
  const chat = /** @type {Chat} */ (JSON.parse(kept));
  status.textContent = chat.by;
  watch(chat, RESUME, { chatId: chat.chatId, afterSeq: chat.seq });
}

/** @param {Chat} chat as it was before @param {typeof CHAT} query @param {Record<string, unknown>} variables */
function watch(chat, query, variables) {
  const { seq, text } = chat;
  answer.textContent = text;
  const subscription = connect(chat)
    // Events are a stream, not objects to be cached.
    .subscribe({ query, variables, fetchPolicy: 'no-cache' })
    .subscribe({
      next: ({ data, error }) => {
        // What fails before the chat has started (bad input, no key), or cannot be resumed, is an error; what fails
        // later is an event.
        if (error) return showError(error);
        const event = /** @type {any} */ (data).chat;
        // graphql-ws has subscribed again after its connection was lost, and the events come once more, from where
        // this subscription began: so does the text.
        if ((event.fromSeq ?? event.seq) === seq + 1) chat.text = text;
        Object.assign(chat, { chatId: event.chatId, seq: event.seq, text: chat.text + (event.text ?? '') });
        answer.textContent = chat.text;
        showEvent(event, chat);
      },
      // The connection is lost for good. Loading the page again resumes.
      error: ({ message }) => (status.textContent = message),
      complete: () => (running = null),
    });
  running = { chat, subscription };
}

function leave() {
  running?.subscription.unsubscribe();
  running = null;
}

/** @param {Chat} chat */
function connect({ server, token }) {
  let wasConnected = false;
  const socket = createClient({
    url: server,
    connectionParams: { authorization: `Bearer ${token}` },
    // It subscribes again under the same operation id, by which the server knows the chat for the same one: nothing is
    // paid for twice. A server that was never reached is an error; 4403 means that the token is not good any more.
    shouldRetry: (problem) => wasConnected && /** @type {any} */ (problem).code !== 4403,
    on: { connected: () => (wasConnected = true) },
  });
  return new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
}

/**
 * Types of events that a newer server sends are skipped.
 *
 * @param {Record<string, any>} event
 * @param {Chat} chat
 */
function showEvent({ __typename, error, provider, model, keySource, engine, query }, chat) {
  if (__typename === 'ChatStarted') status.textContent = chat.by = `${provider} ${model}, key: ${keySource}`;
  if (__typename === 'SearchStarted')
    status.textContent = chat.by += ` · Searching ${engine} for “${query}”…`;
  if (__typename === 'ChatCompleted') status.textContent = `${chat.by} · Completed`;
  if (__typename === 'ChatCancelled') status.textContent = 'Stopped';
  if (__typename === 'ChatFailed') showError(error);
}

/** @param {{ message: string }} error */
function showError({ message }) {
  running = null;
  status.textContent = message;
}
