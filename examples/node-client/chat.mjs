// Streams one chat to the terminal: node chat.mjs [--search] "Why is the sky blue?"
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { KEYSTREAM_URL = 'ws://127.0.0.1:4000/graphql', KEYSTREAM_TOKEN } = process.env;
const maySearch = process.argv[2] === '--search';
const content = process.argv.slice(maySearch ? 3 : 2).join(' ');
if (!KEYSTREAM_TOKEN || !content) {
  console.error('Usage: KEYSTREAM_TOKEN=<token> node chat.mjs [--search] <question>');
  process.exit(1);
}

const CHAT = `subscription Chat($input: ChatInput!) {
  chat(input: $input) {
    __typename
    ... on ChatStarted { provider model keySource }
    ... on SearchStarted { engine: provider query }
    ... on TextDelta { text }
    ... on ChatCompleted { finishReason usage { inputTokens outputTokens } }
    ... on ChatFailed { error { code message retryable } }
  }
}`;

const client = createClient({
  url: KEYSTREAM_URL,
  webSocketImpl: WebSocket,
  // Called for each connection: a place to fetch a fresh token.
  connectionParams: () => ({ authorization: `Bearer ${KEYSTREAM_TOKEN}` }),
  // A chat that is subscribed to again is paid for again: the user decides, not the client.
  retryAttempts: 0,
});

const chat = client.iterate({
  query: CHAT,
  variables: { input: { messages: [{ role: 'USER', content }], webSearch: maySearch ? {} : null } },
});
// Leaving the chat stops the provider, too.
process.once('SIGINT', () => void chat.return?.());

let complete = false;
try {
  for await (const { data, errors } of chat) {
    // What fails before the chat has started: bad input, no key.
    if (errors?.[0]) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);
    show(/** @type {any} */ (data).chat);
  }
  if (!complete) throw new Error('The chat ended before its answer was complete.');
} catch (error) {
  // A socket that failed or was closed is reported as its event: 4403 means that the token is not good.
  const { message, code, reason } = /** @type {any} */ (error);
  console.error(message || `Closed: ${code} ${reason}`);
  process.exitCode = 1;
} finally {
  await client.dispose();
}

/** Types of events that a newer server sends are skipped. @param {Record<string, any>} event */
function show({ __typename, text, error, engine, query, ...started }) {
  if (__typename === 'ChatStarted') console.error(Object.values(started).join(' · '));
  if (__typename === 'SearchStarted') console.error(`Searching ${engine} for “${query}”…`);
  if (__typename === 'TextDelta') process.stdout.write(text);
  if (__typename === 'ChatCompleted') complete = true;
  if (__typename === 'ChatFailed') throw new Error(`${error.code}: ${error.message}`);
}
