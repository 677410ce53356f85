import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ApolloClient, execute, gql, HttpLink, InMemoryCache, type Observable } from '@apollo/client';
import { createClient as createEventStreamClient } from 'graphql-sse';
import { createClient as createWebSocketClient, type FormattedExecutionResult } from 'graphql-ws';
import type { Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import { multipart, RawStream, serverSentEvents, type StreamForm } from './raw-stream.js';
import { type ChatData, RawSocket, tokenOf } from './test-server.js';

export type ChatResults = AsyncIterableIterator<FormattedExecutionResult<ChatData, unknown>>;

/** Where a server is reached. */
export interface Address {
  /** Of HTTP, without a path. */
  readonly url: string;
}

/** The real client of a door, for one user. */
export interface DoorClient {
  /** Subscribes; the iterator's `return()` leaves. */
  iterate(query: string, variables: Record<string, unknown>): ChatResults;
  /** Cuts its connections without a word. */
  cut(): void;
}

/** One subscription on a connection of its own, without a client's buffers. */
export interface RawSubscription {
  /** The next result; null after the last one, or where the connection is over. */
  next(): Promise<Record<string, any> | null>;
  pause(): void;
  resume(): void;
  /** Says goodbye as politely as the door allows. */
  leave(): void;
  /** Ends the client's half of the connection. */
  end(): void;
  cut(): void;
}

/** What a client brings along. */
export interface Arrival {
  readonly authorization?: string;
  readonly origin?: string;
}

/** One of the ways in for subscriptions. */
export interface Door {
  readonly name: string;
  /**
   * What it answers to clients without a good token, to pages of other origins, and to clients that it cannot check at
   * the moment: a status, or a close code.
   */
  readonly refusals: { readonly token: number; readonly origin: number; readonly later: number };
  client(server: Address, userId: string): Promise<DoorClient>;
  subscribe(
    server: Address,
    userId: string,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<RawSubscription>;
  /** Tries to get in. @returns with what it is refused; null where it is let in */
  knock(server: Address, arrival: Arrival): Promise<number | null>;
}

const webSocketUrl = ({ url }: Address): string => `${url.replace('http', 'ws')}/graphql`;

const bearer = async (userId: string): Promise<string> => `Bearer ${await tokenOf(userId)}`;

export const webSocketDoor: Door = {
  name: 'WebSocket',
  refusals: { token: 4403, origin: 403, later: 1013 },

  async client(server, userId) {
    const client = createWebSocketClient({
      url: webSocketUrl(server),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: await bearer(userId) },
      retryAttempts: 0,
    });
    return {
      iterate: (query, variables) => client.iterate<ChatData>({ query, variables }),
      cut: () => client.terminate(),
    };
  },

  async subscribe(server, userId, query, variables = {}) {
    const raw = await RawSocket.open(webSocketUrl(server), {});
    await raw.init(userId);
    raw.subscribe('1', query, variables);
    const over = raw.closed.then(() => null);
    return {
      next: async () => {
        const message = await Promise.race([raw.next(), over]);
        if (message?.type === 'next') return message.payload as Record<string, any>;
        return message?.type === 'error' ? { errors: message.payload as unknown } : null;
      },
      pause: () => raw.socket.pause(),
      resume: () => raw.socket.resume(),
      leave: () => raw.socket.close(1000),
      // ws does not expose its transport.
      end: () => (Reflect.get(raw.socket, '_socket') as Socket).end(),
      cut: () => raw.socket.terminate(),
    };
  },

  async knock(server, { authorization, origin }) {
    const socket = new WebSocket(webSocketUrl(server), 'graphql-transport-ws', { ...(origin && { origin }) });
    const refused = new Promise<number>((resolve) => {
      socket.once('unexpected-response', (_, { statusCode = 0 }: IncomingMessage) => {
        socket.terminate();
        resolve(statusCode);
      });
      socket.once('close', (code) => resolve(code));
      socket.on('error', () => undefined);
    });
    socket.once('open', () => {
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
    });
    const status = await Promise.race([
      once(socket, 'message').then(
        () => null,
        () => refused,
      ),
      refused,
    ]);
    socket.terminate();
    return status;
  },
};

/** What a door that answers with a stream has, whatever the form of its events. */
const streamed = (form: StreamForm): Omit<Door, 'name' | 'client'> => ({
  refusals: { token: 401, origin: 403, later: 503 },

  async subscribe(server, userId, query, variables = {}) {
    const authorization = await bearer(userId);
    const raw = await RawStream.open(server.url, { query, variables }, { authorization }, form);
    return {
      next: async () => {
        const message = await raw.next();
        return message?.event === 'next' ? (message.data as Record<string, any>) : null;
      },
      pause: () => raw.response.pause(),
      resume: () => raw.response.resume(),
      leave: () => raw.request.destroy(),
      end: () => raw.request.socket?.end(),
      cut: () => raw.request.destroy(),
    };
  },

  async knock(server, { authorization, origin }) {
    const query = 'subscription { keyAlerts { id } }';
    const headers = { ...(authorization && { authorization }), ...(origin && { origin }) };
    const { request, response } = await RawStream.open(server.url, { query }, headers, form);
    request.destroy();
    return response.statusCode === 200 ? null : (response.statusCode ?? 0);
  },
});

export const eventStreamDoor: Door = {
  name: 'server-sent events',
  ...streamed(serverSentEvents),

  async client(server, userId) {
    const client = createEventStreamClient({
      url: `${server.url}/graphql/stream`,
      headers: { authorization: await bearer(userId) },
      retryAttempts: 0,
    });
    return {
      iterate: (query, variables) => client.iterate<ChatData>({ query, variables }) as ChatResults,
      cut: () => client.dispose(),
    };
  },
};

/** Apollo Client without a WebSocket. */
export const multipartDoor: Door = {
  name: 'multipart',
  ...streamed(multipart),

  async client(server, userId) {
    const headers = { authorization: await bearer(userId) };
    const leaving = new AbortController();
    const link = new HttpLink({
      uri: `${server.url}/graphql`,
      headers,
      fetchOptions: { signal: leaving.signal },
    });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    return {
      iterate: (query, variables) =>
        iterate(execute(link, { query: gql(query), variables }, { client })) as ChatResults,
      cut: () => leaving.abort(),
    };
  },
};

/** What an observable says, one by one: to return from it is to unsubscribe. */
function iterate<Item>(observable: Observable<Item>): AsyncIterableIterator<Item> {
  let subscription: Subscription | undefined;
  const said = new ReadableStream<Item>({
    start: (controller) => {
      subscription = observable.subscribe({
        next: (item) => controller.enqueue(item),
        error: (error: unknown) => controller.error(error),
        complete: () => controller.close(),
      });
    },
    cancel: () => subscription?.unsubscribe(),
  });
  return said.values();
}

/** Every way in for subscriptions: what is promised of them holds on each. */
export const doors: readonly Door[] = [webSocketDoor, eventStreamDoor, multipartDoor];
