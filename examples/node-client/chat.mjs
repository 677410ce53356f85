// Streams one chat to the terminal, also over connections that are lost: node chat.mjs [--search] "Why is the sky blue?"
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { KEYSTREAM_URL = 'ws://127.0.0.1:4000/graphql', KEYSTREAM_TOKEN } = process.env;
const maySearch = process.argv[2] === '--search';
const content = process.argv.slice(maySearch ? 3 : 2).join(' ');
if (!KEYSTREAM_TOKEN || !content) {
  console.error('Usage: KEYSTREAM_TOKEN=<token> node chat.mjs [--search] <question>');
  process.exit(1);
}

const EVENT = /* GraphQL */ `
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
      text
    }
    ... on ChatCompleted {
      finishReason
      usage {
        inputTokens
        outputTokens
      }
    }
    ... on ChatFailed {
      error {
        code
        message
        retryable
      }
    }
  }
`;
const CHAT = /* GraphQL */ `
  subscription Chat($input: ChatInput!) {
    chat(input: $input) {
      ...Event
    }
  }
  ${EVENT}
`;
const RESUME = /* GraphQL */ `
  subscription Resume($chatId: ID!, $afterSeq: Int!) {
    chat: resumeChat(chatId: $chatId, afterSeq: $afterSeq) {
      ...Event
    }
  }
  ${EVENT}
`;

let wasConnected = false;
const client = createClient({
  url: KEYSTREAM_URL,
  webSocketImpl: WebSocket,
  // Called for each connection: a place to fetch a fresh token.
  connectionParams: () => ({ authorization: `Bearer ${KEYSTREAM_TOKEN}` }),
  // A server that was never reached is an error. One that was comes back: it restarts, or another takes its place.
  // 4403 means that the token is not good, or not any more: worth another try only with a fresh one.
  shouldRetry: (problem) => wasConnected && /** @type {any} */ (problem).code !== 4403,
  on: {
    connecting: (isRetry) => isRetry && console.error('The connection was lost. Trying again …'),
    connected: () => (wasConnected = true),
  },
});

// When the connection is lost, the client subscribes again by itself, to what stands here then. At first that is the
// chat, under the operation's id as before, by which the server knows it for the same one: nothing is paid for twice.
/** @type {import('graphql-ws').SubscribePayload} */
const request = {
  query: CHAT,
  variables: { input: { messages: [{ role: 'USER', content }], webSearch: maySearch ? {} : null } },
};
let complete = false;
try {
  await new Promise((resolve, reject) => {
    const leave = client.subscribe(request, {
      next: ({ data, errors }) => {
        // What fails before the chat has started (bad input, no key), or cannot be resumed.
        if (errors?.[0]) return reject(new Error(`${errors[0].extensions?.code}: ${errors[0].message}`));
        const event = /** @type {any} */ (data).chat;
        // From here on a retry asks for what comes after this event: nothing is missing, and nothing comes twice.
        const { chatId, seq } = event;
        Object.assign(request, { query: RESUME, variables: { chatId, afterSeq: seq } });
        show(event, reject);
      },
      error: reject,
      complete: () => resolve(null),
    });
    // Leaving the chat stops the provider, too.
    process.once('SIGINT', leave);
  });
  if (!complete) throw new Error('The chat ended before its answer was complete.');
} catch (error) {
  // A socket that failed or was closed is reported as its event: 4403 means that the token is not good.
  const { message, code, reason } = /** @type {any} */ (error);
  console.error(message || `Closed: ${code} ${reason}`);
  process.exitCode = 1;
} finally {
  await client.dispose();
}

/**
 * Types of events that a newer server sends are skipped.
 *
 * @param {Record<string, any>} event
 * @param {(error: Error) => void} fail
 */
function show({ __typename, text, error, provider, model, keySource, engine, query }, fail) {
  if (__typename === 'ChatStarted') console.error(`${provider} · ${model} · ${keySource}`);
  if (__typename === 'SearchStarted') console.error(`Searching ${engine} for “${query}”…`);
  if (__typename === 'TextDelta') process.stdout.write(text);
  if (__typename === 'ChatCompleted') complete = true;
  if (__typename === 'ChatFailed') fail(new Error(`${error.code}: ${error.message}`));
}
