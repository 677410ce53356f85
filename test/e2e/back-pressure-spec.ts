import { once } from 'node:events';
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
  async function startAndStall() {
    await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
    let deltas = 0;
    server().standIn.once('OPENAI', async (exchange, tools) => {
      const answer = new ResponseEvents(exchange.body);
      const chunk = answer.textDelta(DELTA);
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

  it('stops its provider, and does not fill the memory', async () => {
    const before = process.memoryUsage().rss;
    const { socket, exchange } = await startAndStall();
    expect(exchange.sentBytes).toBeGreaterThan(0);
    expect(exchange.sentBytes).toBeLessThan(TAKEN_BYTES);
    expect(process.memoryUsage().rss - before).toBeLessThan(TOTAL_BYTES);
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
});
