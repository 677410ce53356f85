import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { flood } from '../../demo/stand-in/behaviours.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { CHAT, HELLO } from '../support/test-server.js';
import { untilStalled } from '../support/until-stalled.js';
import { useTestServer } from '../support/use-test-server.js';

const MEGABYTE = 1_000_000;
const DELTA = 'x'.repeat(4_000);
const TOTAL_BYTES = 50 * MEGABYTE;
/**
 * What two TCP connections over loopback hold in the kernel's buffers (some 6 MB each way at their largest), and our
 * own marks of 64 KiB.
 */
const TAKEN_BYTES = 20 * MEGABYTE;

describe('a client that does not read', () => {
  const server = useTestServer();

  /** Starts a chat whose answer is long, and stops reading after ChatStarted. */
  async function startAndStall(delta = DELTA) {
    await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
    let deltas = 0;
    server().standIn.once('OPENAI', async (exchange, tools) => {
      const answer = new ResponseEvents(exchange.body);
      const chunk = answer.textDelta(delta);
      await flood({
        first: answer.begin() + answer.beginText(),
        chunk,
        bytes: TOTAL_BYTES,
        last: answer.end(1),
      })(exchange, {
        ...tools,
      });
      deltas = Math.round(exchange.sentBytes / chunk.length);
    });
    const request = server().standIn.nextRequest('OPENAI');
    const socket = await server().socket();
    await socket.init('alice');
    socket.subscribe('1', CHAT, { input: { messages: HELLO } });
    await socket.next();
    socket.socket.pause();
    const exchange: Exchange = await request;
    await untilStalled(exchange, server().url);
    return { socket, exchange, deltasSent: () => deltas };
  }

  it('stops its provider, so that its memory stays bounded', async () => {
    const { socket, exchange } = await startAndStall();
    // No part of the way can hold more than what the provider has sent.
    expect(exchange.sentBytes).toBeGreaterThan(0);
    expect(exchange.sentBytes).toBeLessThan(TAKEN_BYTES);
    socket.socket.terminate();
    await exchange.closedByClient;
  });

  it('misses nothing when it reads on', async () => {
    const { socket, deltasSent } = await startAndStall();
    let characters = 0;
    socket.socket.resume();
    for (;;) {
      const { type, payload } = await socket.next();
      if (type === 'complete') break;
      const { __typename, text } = payload.data.chat;
      if (__typename === 'TextDelta') characters += text.length as number;
      else expect(__typename).toBe('ChatCompleted');
    }
    expect(deltasSent()).toBeGreaterThan(10_000);
    expect(characters).toBe(deltasSent() * DELTA.length);
    socket.socket.close();
    await once(socket.socket, 'close');
  });

  it.each<[string, (socket: WebSocket) => void]>([
    ['unsubscribes', (socket) => socket.send(JSON.stringify({ id: '1', type: 'complete' }))],
    ['closes', (socket) => socket.close()],
    // ws shows its transport to nobody.
    ['ends its half of the connection', (socket) => (Reflect.get(socket, '_socket') as Socket).end()],
  ])('is heard all the same when it %s', async (_, leave) => {
    const { socket, exchange } = await startAndStall();
    leave(socket.socket);
    await exchange.closedByClient;
    socket.socket.terminate();
  });

  it('is heard when it unsubscribes, however large the event is that it has not read', async () => {
    const { socket, exchange } = await startAndStall('x'.repeat(3_500_000));
    socket.send({ id: '1', type: 'complete' });
    await exchange.closedByClient;
    socket.socket.terminate();
    // Before the server's pings would find the client lost.
  }, 10_000);

  it('is owed one pong at a time', async () => {
    const { socket, exchange } = await startAndStall();
    const pongs: string[] = [];
    let pongMessages = 0;
    socket.socket.on('pong', (data) => pongs.push(data.toString()));
    socket.socket.on('message', (data: Buffer) => {
      if (data.toString() === '{"type":"pong"}') pongMessages += 1;
    });
    for (let count = 1; count <= 1_000; count++) {
      socket.socket.ping(String(count));
      socket.send({ type: 'ping' });
    }
    // The proof that the server has read them all.
    socket.send({ id: '1', type: 'complete' });
    await exchange.closedByClient;
    socket.socket.resume();
    while (pongs.length < 2) await once(socket.socket, 'pong');
    while (pongMessages < 2) await once(socket.socket, 'message');
    socket.socket.close();
    await socket.closed;
    expect(pongs).toEqual(['1', '1000']);
    expect(pongMessages).toBe(2);
  });

  it('is no longer read when its invalid subscriptions are not read an answer to, and misses none', async () => {
    const COUNT = 1_000;
    const fields = Array.from({ length: 100 }, (_, index) => `field${String(index)}`).join(' ');
    const document = `subscription { ${fields} } # ${'x'.repeat(50_000)}`;
    const socket = await server().socket();
    await socket.init('alice');
    socket.socket.pause();
    for (let count = 0; count < COUNT; count++) socket.subscribe(String(count), document);
    await untilUnread(socket.socket);
    socket.socket.resume();
    for (let count = 0; count < COUNT; count++) {
      expect(await socket.next()).toMatchObject({ id: String(count), type: 'error' });
    }
    socket.socket.close();
    await socket.closed;
  });

  /** Resolves when the server takes no more of what this client sends, although it has time for others. */
  async function untilUnread(socket: WebSocket): Promise<void> {
    let unread = -1;
    for (let still = 0; still < 100; still++) {
      if (socket.bufferedAmount !== unread) still = 0;
      unread = socket.bufferedAmount;
      await fetch(`${server().url}/healthz`);
    }
    expect(unread).toBeGreaterThan(0);
  }
});
