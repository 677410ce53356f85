import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { jest } from '@jest/globals';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { CHAT, HELLO, RawSocket, signToken, type TestServer } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { watchSources } from '../support/watched-source.js';

// Every rule of https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md, asked of the protocol's own server and of
// ours. Where ours differs on purpose, the last part says so.

interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

interface Peer {
  readonly url: string;
  /** Sends a few results, and ends. */
  short(): Promise<Operation>;
  /** Sends one result, and is silent from then on. */
  endless(): Operation & { readonly returned: Promise<unknown> };
  stop(): Promise<void>;
}

async function startReference(): Promise<Peer> {
  let onReturn: (value: unknown) => void = () => undefined;
  async function* short() {
    yield { short: 1 };
    await Promise.resolve();
    yield { short: 2 };
  }
  const endless = () => {
    let end: (result: IteratorResult<unknown>) => void = () => undefined;
    const ended = new Promise<IteratorResult<unknown>>((resolve) => (end = resolve));
    const results = [{ endless: 1 }];
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const [value] = results.splice(0);
          return value ? Promise.resolve({ value, done: false }) : ended;
        },
        return: () => {
          onReturn(true);
          end({ value: undefined, done: true });
          return ended;
        },
      }),
    };
  };
  const field = (subscribe: () => unknown) => ({ type: GraphQLInt, subscribe });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { hello: { type: new GraphQLNonNull(GraphQLString), resolve: () => 'hello' } },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: { short: field(short), endless: field(endless) },
    }),
  });
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const onConnect = ({ connectionParams }: { connectionParams?: Readonly<Record<string, unknown>> }) =>
    typeof connectionParams?.authorization === 'string';
  const server = useServer({ schema, onConnect }, sockets);
  await once(sockets, 'listening');
  return {
    url: `ws://127.0.0.1:${String((sockets.address() as AddressInfo).port)}`,
    short: () => Promise.resolve({ query: 'subscription { short }' }),
    endless: () => ({
      query: 'subscription { endless }',
      returned: new Promise((resolve) => (onReturn = resolve)),
    }),
    stop: async () => {
      for (const socket of sockets.clients) socket.terminate();
      await server.dispose();
    },
  };
}

const ours = (server: TestServer): Peer => ({
  url: server.webSocketUrl,
  async short() {
    await server.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
    return { query: CHAT, variables: { input: { messages: HELLO } } };
  },
  endless() {
    const { abortedAtReturn: returned } = watchSources(server);
    return { query: CHAT, variables: { input: { messages: HELLO } }, returned };
  },
  stop: () => Promise.resolve(),
});

const server = useTestServer();
const authorizationOf = async (userId: string): Promise<string> => `Bearer ${await signToken(userId)}`;

const peers = [
  ['the protocol’s own server', startReference],
  ['ours', () => Promise.resolve(ours(server()))],
] as const;

describe.each(peers)('%s', (name, start) => {
  const isOurs = name === 'ours';
  let peer: Peer;
  const clients: Client[] = [];
  const raws: RawSocket[] = [];
  beforeEach(async () => {
    // The protocol's own server says there what it closes with 4500 for.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    peer = await start();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    for (const { socket } of raws.splice(0)) socket.terminate();
    jest.restoreAllMocks();
    await peer.stop();
  });

  const open = async (): Promise<RawSocket> => {
    const socket = await RawSocket.open(peer.url, {});
    raws.push(socket);
    return socket;
  };
  const enter = async (): Promise<RawSocket> => {
    const socket = await open();
    await socket.init('alice');
    return socket;
  };
  const subscribe = (socket: RawSocket, id: string, { query, variables }: Operation): void =>
    socket.send({ id, type: 'subscribe', payload: { query, ...(variables && { variables }) } });
  /** The server's proof that it has heard all that came before, and has nothing more to say. */
  const expectSilence = async (socket: RawSocket): Promise<void> => {
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
  };
  const results = async (socket: RawSocket, id: string): Promise<number> => {
    for (let count = 0; ; count++) {
      const message = await socket.next();
      if (message.type === 'complete') {
        expect(message).toEqual({ id, type: 'complete' });
        return count;
      }
      expect(message).toMatchObject({ id, type: 'next', payload: { data: expect.anything() } });
    }
  };

  describe('the handshake', () => {
    it('without a sub-protocol ends with 4406', async () => {
      const socket = new WebSocket(peer.url);
      const [code] = (await once(socket, 'close')) as [number];
      expect(code).toBe(4406);
    });

    it('picks graphql-transport-ws', async () => {
      expect((await open()).socket.protocol).toBe('graphql-transport-ws');
    });
  });

  describe('connection_init', () => {
    it('is acknowledged', async () => {
      const socket = await open();
      socket.send({ type: 'connection_init', payload: { authorization: await authorizationOf('alice') } });
      expect(await socket.next()).toEqual({ type: 'connection_ack' });
    });

    it('that does not come ends with 4408', async () => {
      expect(await (await open()).closed).toMatchObject({
        code: 4408,
        reason: 'Connection initialisation timeout',
      });
    });

    it('that comes twice ends with 4429, also before it is acknowledged', async () => {
      const known = await enter();
      known.send({ type: 'connection_init' });
      const unknown = await open();
      const payload = { authorization: await authorizationOf('alice') };
      for (let count = 0; count < 2; count++) unknown.send({ type: 'connection_init', payload });
      for (const socket of [known, unknown]) {
        expect(await socket.closed).toMatchObject({ code: 4429, reason: 'Too many initialisation requests' });
      }
    });

    it('without a token ends with 4403', async () => {
      for (const init of [{ type: 'connection_init' }, { type: 'connection_init', payload: {} }]) {
        const socket = await open();
        socket.send(init);
        expect(await socket.closed).toMatchObject({ code: 4403 });
      }
    });

    it('comes before subscribe: else it ends with 4401', async () => {
      const socket = await open();
      subscribe(socket, '1', { query: 'subscription { short }' });
      expect(await socket.closed).toMatchObject({ code: 4401 });
    });

    it('need not come before complete', async () => {
      const socket = await open();
      socket.send({ id: '1', type: 'complete' });
      await expectSilence(socket);
    });
  });

  describe('ping and pong', () => {
    it('a ping is answered, before connection_init and after it', async () => {
      const socket = await open();
      await expectSilence(socket);
      await socket.init('alice');
      await expectSilence(socket);
    });

    it('an unsolicited pong is taken, with and without a payload', async () => {
      const socket = await open();
      socket.send({ type: 'pong' });
      socket.send({ type: 'pong', payload: { a: 1 } });
      await expectSilence(socket);
    });
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['another type', '{"type":"hello"}'],
    ['the name of a method', '{"type":"toString"}'],
    ['a payload of connection_init that is none', '{"type":"connection_init","payload":""}'],
    ['a payload of ping that is none', '{"type":"ping","payload":[]}'],
    ['a payload of pong that is none', '{"type":"pong","payload":1}'],
    ['subscribe without an id', '{"type":"subscribe","payload":{"query":"{a}"}}'],
    ['subscribe with an empty id', '{"type":"subscribe","id":"","payload":{"query":"{a}"}}'],
    ['subscribe with an id that is no text', '{"type":"subscribe","id":1,"payload":{"query":"{a}"}}'],
    ['subscribe without a payload', '{"type":"subscribe","id":"1"}'],
    ['subscribe without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['a query that is no text', '{"type":"subscribe","id":"1","payload":{"query":{}}}'],
    [
      'an operationName that is no text',
      '{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":1}}',
    ],
    ['variables that are none', '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}'],
    ['extensions that are none', '{"type":"subscribe","id":"1","payload":{"query":"{a}","extensions":""}}'],
    ['complete without an id', '{"type":"complete"}'],
    ['next without a payload', '{"type":"next","id":"1"}'],
    ['error without a payload', '{"type":"error","id":"1"}'],
  ])('a message that is %s ends with 4400', async (_, text) => {
    const socket = await enter();
    socket.socket.send(text);
    expect(await socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  it('a message may come as binary data', async () => {
    const socket = await open();
    socket.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await socket.next()).toEqual({ type: 'pong' });
  });

  describe('subscribe', () => {
    it('brings results and then complete', async () => {
      const operation = await peer.short();
      const socket = await enter();
      subscribe(socket, '1', operation);
      expect(await results(socket, '1')).toBeGreaterThan(1);
      await expectSilence(socket);
    });

    it.each(['subscription { nothing }', 'fragment a on Subscription { __typename }'])(
      'with a document that is none brings an error, and nothing more: %j',
      async (query) => {
        const socket = await enter();
        subscribe(socket, '1', { query });
        const { payload, ...message } = await socket.next();
        expect(message).toEqual({ id: '1', type: 'error' });
        expect(payload).toEqual([expect.objectContaining({ message: expect.any(String) })]);
        await expectSilence(socket);
      },
    );

    it('takes fields of null for left out', async () => {
      const { query, variables } = await peer.short();
      const socket = await enter();
      const payload = { query, variables: variables ?? null, operationName: null, extensions: null };
      socket.send({ id: '1', type: 'subscribe', payload });
      expect(await results(socket, '1')).toBeGreaterThan(1);
    });

    it('under the id of another that runs ends with 4409', async () => {
      const operation = peer.endless();
      const socket = await enter();
      for (let count = 0; count < 2; count++) subscribe(socket, 'mine', operation);
      expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber for mine already exists' });
    });

    it.each(['1', '__proto__', 'constructor', 'ä'.repeat(100)])(
      'may have any id, and the same one again as soon as it is over: %s',
      async (id) => {
        const operation = await peer.short();
        const socket = await enter();
        subscribe(socket, id, operation);
        await results(socket, id);
        subscribe(socket, id, { query: 'subscription { nothing }' });
        expect(await socket.next()).toMatchObject({ id, type: 'error' });
        subscribe(socket, id, operation);
        await results(socket, id);
      },
    );

    it('may run many times at once', async () => {
      const operation = peer.endless();
      const socket = await enter();
      const ids = Array.from({ length: 20 }, (_, index) => String(index));
      for (const id of ids) subscribe(socket, id, operation);
      const answered = new Set<unknown>();
      while (answered.size < ids.length) answered.add((await socket.next()).id);
      expect([...answered].sort()).toEqual([...ids].sort());
    });
  });

  describe('complete', () => {
    it('ends what runs, and nothing of it comes from then on, nor a complete', async () => {
      const operation = peer.endless();
      const socket = await enter();
      subscribe(socket, '1', operation);
      expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
      socket.send({ id: '1', type: 'complete' });
      await operation.returned;
      await expectSilence(socket);
    });

    it('gives the id back at once', async () => {
      const operation = peer.endless();
      const socket = await enter();
      // There the end of the first one completes the second one, whose id is the same.
      for (let count = 0; count < (isOurs ? 5 : 1); count++) {
        subscribe(socket, '1', operation);
        expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
        socket.send({ id: '1', type: 'complete' });
      }
      await expectSilence(socket);
    });

    it('in the same breath as subscribe brings nothing, or one result', async () => {
      const operation = peer.endless();
      const socket = await enter();
      subscribe(socket, '1', operation);
      socket.send({ id: '1', type: 'complete' });
      socket.send({ type: 'ping' });
      let message = await socket.next();
      if (message.type === 'next') message = await socket.next();
      expect(message).toEqual({ type: 'pong' });
    });

    it('of what does not run is passed over', async () => {
      const socket = await enter();
      socket.send({ id: 'nobody', type: 'complete' });
      await expectSilence(socket);
    });
  });

  it.each(['close', 'terminate'] as const)(
    'a connection that ends takes what runs with it: %s',
    async (how) => {
      const operation = peer.endless();
      const socket = await enter();
      subscribe(socket, '1', operation);
      await socket.next();
      socket.socket[how]();
      await operation.returned;
    },
  );

  describe('clients', () => {
    const connect = async (options: { keepAlive?: number } = {}): Promise<Client> => {
      const client = createClient({
        url: peer.url,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: await authorizationOf('alice') },
        retryAttempts: 0,
        ...options,
      });
      clients.push(client);
      return client;
    };

    it('graphql-ws gets its results', async () => {
      const operation = await peer.short();
      const client = await connect();
      let count = 0;
      for await (const { data, errors } of client.iterate({ ...operation })) {
        expect(errors).toBeUndefined();
        expect(data).toBeTruthy();
        count += 1;
      }
      expect(count).toBeGreaterThan(1);
    });

    it('graphql-ws unsubscribes', async () => {
      const { returned, ...operation } = peer.endless();
      const iterator = (await connect()).iterate({ ...operation });
      expect((await iterator.next()).value).toHaveProperty('data');
      await iterator.return?.();
      await returned;
    });

    it('the client of graphql-ws sees the errors of a document that does not validate', async () => {
      const iterator = (await connect()).iterate({ query: 'subscription { nothing }' });
      await expect(iterator.next()).rejects.toEqual([
        expect.objectContaining({ message: expect.stringContaining('Cannot query field "nothing"') }),
      ]);
    });

    it('graphql-ws has its pings answered', async () => {
      const client = await connect({ keepAlive: 1 });
      const ponged = new Promise((resolve) => client.on('pong', resolve));
      const { query, variables } = peer.endless();
      const iterator = client.iterate({ query, ...(variables && { variables }) });
      await iterator.next();
      await ponged;
    });

    // Its link takes a browser's global for granted.
    beforeAll(() => void Object.assign(globalThis, { WebSocket }));

    it('Apollo Client gets its results, and unsubscribes', async () => {
      const { returned, query, variables = {} } = peer.endless();
      const link = new GraphQLWsLink(await connect());
      const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
      const subscription = await new Promise<{ unsubscribe(): void }>((resolve, reject) => {
        const observable = apollo.subscribe({ query: gql(query), variables });
        const observed = observable.subscribe({ next: () => resolve(observed), error: reject });
      });
      subscription.unsubscribe();
      await returned;
      apollo.stop();
    });

    it('Apollo Client hears what is wrong with a document', async () => {
      const link = new GraphQLWsLink(await connect());
      const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
      const { error } = await new Promise<{ error?: Error | undefined }>((resolve, reject) => {
        const query = gql('subscription { nothing }');
        apollo.subscribe({ query }).subscribe({ next: resolve, error: reject });
      });
      expect(error?.message).toContain('Cannot query field "nothing"');
      apollo.stop();
    });
  });

  describe('differs on purpose:', () => {
    it.each(['graphql-ws', 'nothing'])(
      'the sub-protocol %s is let in, and closed with 4406, only here',
      async (protocol) => {
        const socket = new WebSocket(peer.url, protocol);
        const failed = once(socket, 'error');
        const closed = (await Promise.race([once(socket, 'close'), failed])) as [unknown, unknown];
        if (isOurs) expect(closed[0]).toBe(4406);
        else expect(String(closed[0])).toContain('Server sent no subprotocol');
      },
    );

    it('a pong repeats the payload of its ping only there', async () => {
      const socket = await open();
      socket.send({ type: 'ping', payload: { a: 1 } });
      // A client that does not read would have us keep what it sends.
      expect(await socket.next()).toEqual(isOurs ? { type: 'pong' } : { type: 'pong', payload: { a: 1 } });
    });

    it.each(['query', 'mutation'])('a %s runs only there', async (kind) => {
      const socket = await enter();
      subscribe(socket, '1', { query: `${kind === 'query' ? 'query' : 'mutation'} { __typename }` });
      const message = await socket.next();
      if (!isOurs && kind === 'query') expect(message).toMatchObject({ type: 'next' });
      if (isOurs) expect(message).toMatchObject({ type: 'error' });
    });

    it.each(['connection_ack', 'next', 'error'])(
      '%s is the server’s to say: the client’s mistake only here',
      async (type) => {
        const socket = await enter();
        const payload = { connection_ack: {}, next: {}, error: [{ message: '' }] }[type];
        socket.send({ type, id: '1', payload });
        expect(await socket.closed).toMatchObject({ code: isOurs ? 4400 : 4500 });
      },
    );

    it.each(['{', ''])(
      'a document that does not parse takes the connection with it only there: %j',
      async (query) => {
        const socket = await enter();
        subscribe(socket, '1', { query });
        if (!isOurs) {
          expect(await socket.closed).toMatchObject({ code: 4500 });
          return;
        }
        expect(await socket.next()).toMatchObject({ id: '1', type: 'error' });
        await expectSilence(socket);
      },
    );

    it('before the token nothing long is read only here', async () => {
      const socket = await open();
      socket.send({ type: 'ping', payload: { a: 'x'.repeat(64 * 1024) } });
      if (isOurs) expect(await socket.closed).toMatchObject({ code: 4401 });
      else expect(await socket.next()).toMatchObject({ type: 'pong' });
    });

    it('what is nested deeply ends with 4400 only here', async () => {
      const socket = await open();
      socket.socket.send(`{"type":"pong","payload":{"a":${'['.repeat(300)}${']'.repeat(300)}}}`);
      if (isOurs) expect(await socket.closed).toMatchObject({ code: 4400 });
      else await expectSilence(socket);
    });

    it('an id that would be a burden in every message ends with 4400 only here', async () => {
      const socket = await enter();
      for (const id of ['x'.repeat(1_000), 'x'.repeat(1_001)])
        subscribe(socket, id, { query: 'subscription { nothing }' });
      expect(await socket.next()).toMatchObject({ id: 'x'.repeat(1_000), type: 'error' });
      if (isOurs) expect(await socket.closed).toMatchObject({ code: 4400 });
      else expect(await socket.next()).toMatchObject({ type: 'error' });
    });

    it('a reason that would be too long for a Close frame is cut only here', async () => {
      const operation = peer.endless();
      const socket = await enter();
      const id = 'ä'.repeat(100);
      for (let count = 0; count < 2; count++) subscribe(socket, id, operation);
      expect(await socket.closed).toMatchObject({ code: isOurs ? 4409 : 4500 });
    });
  });
});
