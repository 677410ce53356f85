import { once } from 'node:events';
import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { KeyResolutionService } from '../../src/keys/key-resolution.service.js';
import { doors, type RawSubscription } from '../support/doors.js';
import { CHAT, HELLO, type RawSocket } from '../support/test-server.js';
import { bestOf, clockMs } from '../support/timing.js';
import { useTestServer } from '../support/use-test-server.js';

const AUDIT = 'query { auditEvents(first: 20) { edges { node { kind outcome } } } }';
/** The promise of docs/streaming.md, in milliseconds. */
const CANCELLED_WITHIN_MS = 100;

describe('a client that leaves', () => {
  const server = useTestServer();
  beforeEach(() => server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789'));
  afterEach(() => jest.restoreAllMocks());

  const connect = async (): Promise<RawSocket> => {
    const socket = await server().socket();
    await socket.init('alice');
    return socket;
  };
  const ask = (socket: RawSocket, id = '1'): void =>
    socket.subscribe(id, CHAT, { input: { messages: HELLO } });
  const complete = (socket: RawSocket, id = '1'): void => socket.send({ id, type: 'complete' });

  /** A chat under the id 1 whose provider keeps silent. */
  async function startSilentChat(
    socket: RawSocket,
    id = '1',
  ): Promise<{ chatId: string; exchange: Exchange }> {
    server().standIn.once('OPENAI', hang());
    const request = server().standIn.nextRequest('OPENAI');
    ask(socket, id);
    const { payload } = await socket.next();
    expect(payload.data.chat).toMatchObject({ __typename: 'ChatStarted' });
    return { chatId: payload.data.chat.chatId as string, exchange: await request };
  }

  /** Outcomes of finished chats, as soon as there are so many. */
  async function outcomes(count: number): Promise<string[]> {
    for (;;) {
      const { auditEvents } = await server().query('alice', AUDIT);
      const events = auditEvents.edges.map(({ node }: any) => node) as { kind: string; outcome: string }[];
      const finished = events.filter(({ kind }) => kind === 'CHAT_FINISHED');
      if (finished.length >= count) return finished.map(({ outcome }) => outcome);
    }
  }

  /** Keys are looked up, but the result is held until `release`. */
  function holdResolution() {
    const resolution = server().app.get(KeyResolutionService);
    const open = resolution.open.bind(resolution);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let held = 0;
    let onHeld = (): void => undefined;
    jest.spyOn(resolution, 'open').mockImplementation(async (...request) => {
      held += 1;
      onHeld();
      await released;
      return open(...request);
    });
    const untilHeld = async (count: number): Promise<void> => {
      while (held < count) await new Promise<void>((resolve) => (onHeld = resolve));
    };
    return { release, untilHeld };
  }

  /** Resolves when the server has lost the connection that is made next. */
  async function untilDisconnected(): Promise<void> {
    const [connection] = (await once(server().app.getHttpServer(), 'connection')) as [Socket];
    await once(connection, 'close');
  }

  const requestsToProvider = (): number => server().standIn.requests.length;

  it('never reaches the provider when it unsubscribes while its key is resolved', async () => {
    const { release, untilHeld } = holdResolution();
    const socket = await connect();
    ask(socket);
    await untilHeld(1);
    complete(socket);
    // The server's proof that it has heard it.
    await pong(socket);
    release();
    expect(await outcomes(1)).toEqual(['CANCELLED']);
    expect(requestsToProvider()).toBe(0);
  });

  describe.each(doors)('over $name', (door) => {
    const subscribe = () => door.subscribe(server(), 'alice', CHAT, { input: { messages: HELLO } });

    /** A chat whose provider keeps silent. */
    async function startSilentChat() {
      server().standIn.once('OPENAI', hang());
      const request = server().standIn.nextRequest('OPENAI');
      const subscription = await subscribe();
      expect((await subscription.next())?.data.chat).toMatchObject({ __typename: 'ChatStarted' });
      return { subscription, exchange: await request };
    }

    it.each(['leave', 'end', 'cut'] as const)(
      'never reaches the provider when it leaves while its key is resolved: %s',
      async (how) => {
        const { release, untilHeld } = holdResolution();
        const disconnected = untilDisconnected();
        const subscription = await subscribe();
        await untilHeld(1);
        subscription[how]();
        // The server's proof that it has heard it.
        await disconnected;
        release();
        expect(await outcomes(1)).toEqual(['CANCELLED']);
        expect(requestsToProvider()).toBe(0);
      },
    );

    it.each([
      ['leaves', () => undefined],
      ['leaves and reads no more', (subscription: RawSubscription) => subscription.pause()],
    ])('ends its chat when it %s', async (_, prepare) => {
      const { subscription, exchange } = await startSilentChat();
      prepare(subscription);
      subscription.leave();
      await exchange.closedByClient;
      expect(await outcomes(1)).toEqual(['CANCELLED']);
      subscription.cut();
    });

    it(`is noticed by the provider within ${String(CANCELLED_WITHIN_MS)} ms`, async () => {
      const best = await bestOf(20, CANCELLED_WITHIN_MS, async () => {
        const { subscription, exchange } = await startSilentChat();
        subscription.leave();
        const took = await clockMs(exchange.closedByClient);
        subscription.cut();
        return took;
      });
      expect(best).toBeLessThan(CANCELLED_WITHIN_MS);
    });
  });

  it('uses an operation id again while the key of the first is resolved: one chat is left, and can be ended', async () => {
    const { release, untilHeld } = holdResolution();
    const socket = await connect();
    server().standIn.once('OPENAI', hang());
    server().standIn.once('OPENAI', hang());
    const request = server().standIn.nextRequest('OPENAI');
    ask(socket);
    await untilHeld(1);
    complete(socket);
    ask(socket);
    await untilHeld(2);
    release();
    const exchange = await request;
    expect(await outcomes(1)).toEqual(['CANCELLED']);
    expect(await socket.next()).toMatchObject({ id: '1', payload: { data: { chat: { seq: 1 } } } });
    expect(requestsToProvider()).toBe(1);
    complete(socket);
    await exchange.closedByClient;
    expect(await outcomes(2)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(requestsToProvider()).toBe(1);
  });

  it('uses the id of a running chat again at once: the new chat runs to its end', async () => {
    const socket = await connect();
    const first = await startSilentChat(socket);
    complete(socket);
    ask(socket);
    await first.exchange.closedByClient;
    const names: string[] = [];
    for (;;) {
      const { id, type, payload } = await socket.next();
      expect(id).toBe('1');
      if (type === 'complete') break;
      expect(payload.data.chat.chatId).not.toBe(first.chatId);
      names.push(payload.data.chat.__typename as string);
    }
    expect(names[0]).toBe('ChatStarted');
    expect(names.at(-1)).toBe('ChatCompleted');
    expect((await outcomes(2)).sort()).toEqual(['CANCELLED', 'OK']);
  });

  it('sees nothing of a chat after it has unsubscribed', async () => {
    const socket = await connect();
    await startSilentChat(socket);
    complete(socket);
    expect(await outcomes(1)).toEqual(['CANCELLED']);
    await pong(socket);
  });

  it('may use an id again after the server has completed it', async () => {
    const socket = await connect();
    ask(socket);
    while ((await socket.next()).type !== 'complete');
    socket.subscribe('1', 'subscription { nothing }');
    expect(await socket.next()).toMatchObject({ id: '1', type: 'error' });
    ask(socket);
    expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    while ((await socket.next()).type !== 'complete');
  });

  it.each([
    ['short', '1'],
    ['longer than a Close frame takes', 'ä'.repeat(200)],
  ])('uses the id of a running chat twice: 4409, and all its chats end (%s)', async (_, id) => {
    const socket = await connect();
    const chats = [await startSilentChat(socket, id), await startSilentChat(socket, 'another')];
    ask(socket, id);
    await Promise.all(chats.map(({ exchange }) => exchange.closedByClient));
    const { code, reason } = await socket.closed;
    expect(code).toBe(4409);
    expect(`Subscriber for ${id} already exists`).toContain(reason);
    expect(await outcomes(2)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it(`that unsubscribes is noticed by the provider within ${String(CANCELLED_WITHIN_MS)} ms`, async () => {
    const socket = await connect();
    const best = await bestOf(20, CANCELLED_WITHIN_MS, async () => {
      const { exchange } = await startSilentChat(socket);
      complete(socket);
      return clockMs(exchange.closedByClient);
    });
    expect(best).toBeLessThan(CANCELLED_WITHIN_MS);
  });

  /** Resolves when the server has handled all that was sent before; nothing else may come first. */
  async function pong(socket: RawSocket): Promise<void> {
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
  }
});

describe('a client whose chats go on without it', () => {
  const server = useTestServer({ CHAT_DISCONNECT_GRACE_MS: '60000' });
  beforeEach(() => server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789'));

  it('stops them by unsubscribing, also where its connection ends with that, without a Close frame', async () => {
    const socket = await server().socket();
    await socket.init('alice');
    const ids = ['1', '2', '3'];
    const exchanges: Exchange[] = [];
    for (const id of ids) {
      server().standIn.once('OPENAI', hang());
      const request = server().standIn.nextRequest('OPENAI');
      socket.subscribe(id, CHAT, { input: { messages: HELLO } });
      await socket.next();
      exchanges.push(await request);
    }
    const { _socket: transport } = socket.socket as unknown as { readonly _socket: Socket };
    transport.cork();
    for (const id of ids) socket.send({ id, type: 'complete' });
    transport.end();
    const stopped = Promise.all(exchanges.map((exchange) => exchange.closedByClient));
    expect(await clockMs(stopped)).toBeLessThan(30_000);
  });
});
