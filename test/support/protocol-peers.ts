import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { Authenticator } from '../../src/auth/authenticator.js';
import { ChatService } from '../../src/chat/chat.service.js';
import { WebSocketDoor } from '../../src/graphql/websocket/websocket-door.js';
import { readSchema } from './committed-schema.js';
import { ScriptedSource } from './scripted-source.js';
import { HELLO, type TestServer } from './test-server.js';

/** A subscription whose events are a {@link ScriptedSource}'s, in the schema that both servers have. */
export const SCRIPTED = {
  query: 'subscription ($input: ChatInput!) { chat(input: $input) { seq } }',
  variables: { input: { messages: HELLO } },
};

/** The sources of a server's subscriptions, in the order in which they begin. */
class Sources {
  readonly #begun: ScriptedSource[] = [];
  #wake: () => void = () => undefined;

  readonly begin = (): ScriptedSource => {
    const source = new ScriptedSource();
    this.#begun.push(source);
    this.#wake();
    return source;
  };

  readonly next = async (): Promise<ScriptedSource> => {
    for (;;) {
      const source = this.#begun.shift();
      if (source) return source;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  };
}

/** A server of graphql-transport-ws, for clients that bring a token, whose subscriptions a test speaks for. */
export interface Peer {
  readonly url: string;
  /** The source of the next subscription that begins. */
  begun(): Promise<ScriptedSource>;
  /** What is waited for before a connection is acknowledged. */
  admit: () => Promise<void>;
  /** Cuts its connections without a word. */
  cut(): void;
  stop(): Promise<void>;
}

const schema = readSchema();

/** The protocol's own server, with our schema. */
export async function startReference(): Promise<Peer> {
  // It says there what it closes with 4500 for.
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const sources = new Sources();
  Object.assign(schema.getSubscriptionType()?.getFields().chat ?? {}, {
    subscribe: sources.begin,
    resolve: (event: unknown) => event,
  });
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const onConnect = async ({ connectionParams = {} }: { connectionParams?: Record<string, unknown> }) => {
    await peer.admit();
    return String(connectionParams.authorization).startsWith('Bearer ');
  };
  const server = useServer({ schema, onConnect }, sockets);
  await once(sockets, 'listening');
  const cut = (): void => sockets.clients.forEach((socket) => socket.terminate());
  const peer: Peer = {
    url: `ws://127.0.0.1:${String((sockets.address() as AddressInfo).port)}`,
    begun: sources.next,
    admit: () => Promise.resolve(),
    cut,
    stop: async () => {
      cut();
      await server.dispose();
    },
  };
  return peer;
}

/** A server of this project, until mocks are restored. */
export function oursAsPeer({ app, webSocketUrl }: TestServer): Peer {
  const sources = new Sources();
  jest
    .spyOn(app.get(ChatService), 'start')
    .mockImplementation(() => Promise.resolve(sources.begin() as never));
  const authenticator = app.get(Authenticator);
  const authenticate = authenticator.authenticate.bind(authenticator);
  jest.spyOn(authenticator, 'authenticate').mockImplementation(async (...presented) => {
    await peer.admit();
    return authenticate(...presented);
  });
  const peer: Peer = {
    url: webSocketUrl,
    begun: sources.next,
    admit: () => Promise.resolve(),
    cut: () => app.get(WebSocketDoor).terminate(),
    stop: () => Promise.resolve(),
  };
  return peer;
}
