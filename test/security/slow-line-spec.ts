import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { replay } from '../../demo/stand-in/behaviours.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { CHAT, type ChatEventData, HELLO, RawSocket, textOf } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

const KEY = 'key-of-alice-0123456789';
const BYTES_A_SECOND = 30_000;
/** What is on its way at once, as on a real line. */
const STEP_MS = 100;

describe('a client on a slow line', () => {
  const running = useServerProcess();
  beforeAll(async () => {
    const { server, standIn } = running();
    standIn.acceptKey('OPENAI', KEY);
    await server.storeKey('alice', 'OPENAI', KEY);
  });

  it('may take half a minute for one message', async () => {
    const line = await slowLine(running().server.url, 'up');
    const socket = await RawSocket.open(line.url, {});
    await socket.init('alice');
    const content = 'x'.repeat(900_000);
    socket.subscribe('1', CHAT, { input: { messages: [{ role: 'USER', content }] } });
    const events: ChatEventData[] = [];
    for (;;) {
      const message = await Promise.race([socket.next(), socket.closed]);
      expect(message).toHaveProperty('type');
      if ((message as any).type === 'complete') break;
      events.push((message as any).payload.data.chat);
    }
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    socket.socket.terminate();
    await line.close();
  });

  it('may take half a minute for one event', async () => {
    const { standIn } = running();
    const text = 'y'.repeat(900_000);
    standIn.once('OPENAI', (exchange, tools) => {
      const answer = new ResponseEvents(exchange.body);
      const events = answer.begin() + answer.beginText() + answer.textDelta(text) + answer.end(1);
      return replay([events])(exchange, tools);
    });
    const line = await slowLine(running().server.url, 'down');
    const socket = await RawSocket.open(line.url, {});
    await socket.init('alice');
    socket.subscribe('1', CHAT, { input: { messages: HELLO } });
    const events: ChatEventData[] = [];
    for (;;) {
      const message = await Promise.race([socket.next(), socket.closed]);
      expect(message).toHaveProperty('type');
      if ((message as any).type === 'complete') break;
      events.push((message as any).payload.data.chat);
    }
    expect(textOf(events)).toBe(text);
    socket.socket.terminate();
    await line.close();
  });
});

/** A way to the server on which one direction is slow, and holds no more than it has to. */
async function slowLine(address: string, direction: 'up' | 'down') {
  const port = Number(new URL(address).port);
  const pairs = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      pairs.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => [client, upstream].forEach((each) => each.destroy()));
    }
    const [from, to] = direction === 'up' ? [client, upstream] : [upstream, client];
    to.pipe(from);
    drip(from, to);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `ws://127.0.0.1:${String((proxy.address() as AddressInfo).port)}/graphql`,
    close: async () => {
      for (const socket of pairs) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** Passes on so many bytes a second: the line's own pace. */
function drip(from: Socket, to: Socket): void {
  const step = (BYTES_A_SECOND * STEP_MS) / 1_000;
  const timer = setInterval(() => {
    const chunk = (from.read(Math.min(step, from.readableLength)) ?? null) as Buffer | null;
    if (chunk) to.write(chunk);
  }, STEP_MS);
  from.on('readable', () => undefined);
  from.once('end', () => to.end());
  from.once('close', () => clearInterval(timer));
}
