import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { flood } from '../../demo/stand-in/behaviours.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { doors } from '../support/doors.js';
import { answerChunks, RawStream } from '../support/raw-stream.js';
import { CHAT, HELLO, signToken } from '../support/test-server.js';
import { bestOf, clockMs } from '../support/timing.js';
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
/** Before the server's pings would find the client lost. */
const LOST_AFTER_MS = 10_000;

describe('a client that does not read', () => {
  const server = useTestServer();

  /** Starts a chat whose answer is long. @param subscribe starts it, and stops reading after ChatStarted */
  async function startAndStall<Stalled>(subscribe: () => Promise<Stalled>, delta = DELTA) {
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
    const stalled = await subscribe();
    const exchange: Exchange = await request;
    await untilStalled(exchange, server().url);
    return { stalled, exchange, deltasSent: () => deltas };
  }

  describe.each(doors)('over $name', (door) => {
    const start = async (delta?: string) => {
      const { stalled, ...rest } = await startAndStall(async () => {
        const subscription = await door.subscribe(server(), 'alice', CHAT, { input: { messages: HELLO } });
        await subscription.next();
        subscription.pause();
        return subscription;
      }, delta);
      return { ...rest, subscription: stalled };
    };

    it('stops its provider, so that its memory stays bounded', async () => {
      const { subscription, exchange } = await start();
      // No part of the way can hold more than what the provider has sent.
      expect(exchange.sentBytes).toBeGreaterThan(0);
      expect(exchange.sentBytes).toBeLessThan(TAKEN_BYTES);
      subscription.cut();
      await exchange.closedByClient;
    });

    it('misses nothing when it reads on', async () => {
      const { subscription, deltasSent } = await start();
      let characters = 0;
      subscription.resume();
      for (let result = await subscription.next(); result; result = await subscription.next()) {
        const { __typename, text } = result.data.chat;
        if (__typename === 'TextDelta') characters += text.length as number;
        else expect(__typename).toBe('ChatCompleted');
      }
      expect(deltasSent()).toBeGreaterThan(10_000);
      expect(characters).toBe(deltasSent() * DELTA.length);
      subscription.cut();
    });

    it.each(['leave', 'end', 'cut'] as const)('is heard all the same: %s', async (how) => {
      const { subscription, exchange } = await start();
      subscription[how]();
      await exchange.closedByClient;
      subscription.cut();
    });

    it('is heard when it leaves, however large the event is that it has not read', async () => {
      const best = await bestOf(3, LOST_AFTER_MS, async () => {
        const { subscription, exchange } = await start('x'.repeat(3_500_000));
        subscription.end();
        const took = await clockMs(exchange.closedByClient);
        subscription.cut();
        return took;
      });
      expect(best).toBeLessThan(LOST_AFTER_MS);
    });
  });

  describe('over OpenAI’s wire format', () => {
    const start = (delta?: string) =>
      startAndStall(async () => {
        const body = { model: 'openai/x', messages: [{ role: 'user', content: 'Hello' }], stream: true };
        const authorization = `Bearer ${await signToken('alice')}`;
        const stream = await RawStream.open(server().url, body, { authorization }, answerChunks);
        stream.response.pause();
        return stream;
      }, delta);

    it('stops its provider, so that its memory stays bounded, and misses nothing when it reads on', async () => {
      const { stalled: stream, exchange, deltasSent } = await start();
      expect(exchange.sentBytes).toBeGreaterThan(0);
      expect(exchange.sentBytes).toBeLessThan(TAKEN_BYTES);
      stream.response.resume();
      let characters = 0;
      let last = '';
      for (let chunk = await stream.next(); chunk; chunk = await stream.next()) {
        characters += (chunk.data?.choices[0].delta.content ?? '').length as number;
        last = chunk.event;
      }
      expect(last).toBe('complete');
      expect(deltasSent()).toBeGreaterThan(10_000);
      expect(characters).toBe(deltasSent() * DELTA.length);
    });

    it.each(['end', 'cut'] as const)('is heard all the same: %s', async (how) => {
      const { stalled: stream, exchange } = await start();
      if (how === 'end') stream.request.socket?.end();
      else stream.request.destroy();
      await exchange.closedByClient;
      stream.request.destroy();
    });
  });

  /** A chat over a WebSocket whose client stopped reading after ChatStarted. */
  const startOnSocket = async (delta?: string) => {
    const { stalled: socket, exchange } = await startAndStall(async () => {
      const raw = await server().socket();
      await raw.init('alice');
      raw.subscribe('1', CHAT, { input: { messages: HELLO } });
      await raw.next();
      raw.socket.pause();
      return raw;
    }, delta);
    return { socket, exchange };
  };

  it.each([DELTA, 'x'.repeat(3_500_000)].map((delta) => ({ delta, length: delta.length })))(
    'is heard when it unsubscribes, also with unread data: events of $length characters',
    async ({ delta }) => {
      const best = await bestOf(3, LOST_AFTER_MS, async () => {
        const { socket, exchange } = await startOnSocket(delta);
        socket.send({ id: '1', type: 'complete' });
        const heardAfter = await clockMs(exchange.closedByClient);
        socket.socket.terminate();
        return heardAfter;
      });
      expect(best).toBeLessThan(LOST_AFTER_MS);
    },
  );

  it('is owed one pong at a time', async () => {
    const { socket, exchange } = await startOnSocket();
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
    // Fifty megabytes of documents, each with a hundred mistakes, take their time on a busy machine.
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
