import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { currentSession, freshToken } from '../session/session';
import { online, waitBefore } from './online';

/** The server does not take the token, or takes it no more: docs/streaming.md. */
const FORBIDDEN = 4403;

/**
 * The WebSocket of all subscriptions: opened with the first and closed a while after the last. It is there again by
 * itself after a lost connection, however long that took, and asks for what went on; with the newest token.
 *
 * @param onRefused called with a token that the server has refused twice: the first time, it may just have been renewed
 */
export function createSocket(onRefused: (token: string) => void): Client {
  const refuse = atSecondRefusal(onRefused);
  return createWatchedClient(
    {
      lazyCloseTimeout: 10_000,
      keepAlive: 15_000,
      retryAttempts: Infinity,
      retryWait: (attempts) => online(waitBefore(attempts)),
      shouldRetry: () => currentSession() !== null,
    },
    (code, token) => {
      if (code === FORBIDDEN) refuse(token);
    },
  ).client;
}

/** @returns what a refusal is said to, and whether there is a session after it */
function atSecondRefusal(onRefused: (token: string) => void): (token: string) => boolean {
  let refused: string | null = null;
  return (token) => {
    if (refused === token) onRefused(token);
    refused = token;
    return currentSession() !== null;
  };
}

const PING_EVERY_MS = 8_000;
const PONG_WITHIN_MS = 5_000;
const CONNECTED_WITHIN_MS = 10_000;

/** A WebSocket for a chat: it says that it is lost, and leaves it to the chat how to go on. */
export interface ChatSocket {
  readonly client: Client;
  /** Says that its token was refused. @returns whether there may be a newer one */
  readonly refuse: () => boolean;
}

/** @param onRefused as of {@link createSocket} */
export function createChatSocket(onRefused: (token: string) => void): ChatSocket {
  const refuse = atSecondRefusal(onRefused);
  const { client, token } = createWatchedClient({
    retryAttempts: 0,
    keepAlive: PING_EVERY_MS,
    connectionAckWaitTimeout: PONG_WITHIN_MS,
  });
  return { client, refuse: () => refuse(token()) };
}

/** A connection may be gone without a word: one that does not answer is taken for lost. */
function createWatchedClient(
  options: Omit<ClientOptions, 'url' | 'connectionParams' | 'on'>,
  onClosed: (code: number, token: string) => void = () => undefined,
): { readonly client: Client; readonly token: () => string } {
  let missed: ReturnType<typeof setTimeout> | undefined;
  let token = '';
  const client = createClient({
    url: new URL('/graphql', window.location.href.replace(/^http/, 'ws')).href,
    connectionParams: async () => {
      token = await freshToken();
      return { authorization: `Bearer ${token}` };
    },
    ...options,
    on: {
      // The timer of graphql-ws begins only where there is a connection to speak on.
      connecting: () => (missed = setTimeout(() => client.terminate(), CONNECTED_WITHIN_MS)),
      connected: () => clearTimeout(missed),
      ping: (wasReceived) => {
        if (!wasReceived) missed = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (wasReceived) => {
        if (wasReceived) clearTimeout(missed);
      },
      closed: (event) => {
        clearTimeout(missed);
        onClosed((event as CloseEvent).code, token);
      },
    },
  });
  return { client, token: () => token };
}
