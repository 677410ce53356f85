import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { CHAT, HELLO, RawSocket } from '../support/test-server.js';
import { clockMs } from '../support/timing.js';
import { useServerProcess } from '../support/use-server-process.js';
import { useTestServer } from '../support/use-test-server.js';

jest.setTimeout(180_000);

const SOCKETS = 1_000;
const SLOW = 300;
/** On a machine that runs other suites beside this one. */
const PATIENCE_MS = 2_000;
const HEADER = 'x-more: 1\r\n';
const KEY = 'key-of-alice-0123456789';
/** A server that waits for headers for two seconds instead of a minute, and looks every 200 ms: else the suite would wait. */
const IMPATIENT = ['--import', new URL('../support/short-header-times.mjs', import.meta.url).href];

describe('clients that say nothing, or next to nothing,', () => {
  const running = useServerProcess({}, IMPATIENT);
  beforeAll(async () => {
    const { server, standIn } = running();
    standIn.acceptKey('OPENAI', KEY);
    await server.storeKey('alice', 'OPENAI', KEY);
  });

  /** What a user waits for a whole chat, and for a query. */
  async function expectServed(): Promise<void> {
    const { server } = running();
    const chat = clockMs(server.chatEvents('alice', {}));
    const query = clockMs(server.query('alice', '{ viewer { id } }'));
    expect(await chat).toBeLessThan(PATIENCE_MS);
    expect(await query).toBeLessThan(PATIENCE_MS);
  }

  it(`are let go where ${String(SOCKETS)} WebSockets never send connection_init, and keep no user waiting`, async () => {
    const url = `${running().server.url.replace('http', 'ws')}/graphql`;
    // One that has begun, and goes on.
    const user = await running().server.socket('alice');
    running().standIn.once('OPENAI', (exchange) => exchange.closedByClient);
    user.subscribe('1', CHAT, { input: { messages: HELLO } });
    await user.next();

    const silent = await Promise.all(Array.from({ length: SOCKETS }, () => RawSocket.open(url, {})));
    await expectServed();
    const codes = await Promise.all(silent.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([4408]));
    await expectServed();
    expect(user.socket.readyState).toBe(user.socket.OPEN);
    user.socket.terminate();
  });

  const dribble = async (begin: string, more: string): Promise<Socket> => {
    const socket = connect(Number(new URL(running().server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(begin);
    const timer = setInterval(() => socket.write(more), 200);
    socket.once('close', () => clearInterval(timer));
    return socket;
  };

  it.each([
    ['the headers of a request', 'POST /graphql HTTP/1.1\r\nhost: x\r\n', HEADER],
    ['the headers of an event stream', 'POST /graphql/stream HTTP/1.1\r\nhost: x\r\n', HEADER],
    [
      'the headers of an upgrade',
      'GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n',
      HEADER,
    ],
    ['the first line', 'GET /', 'a'],
  ])(
    `are let go where ${String(SLOW)} of them never finish %s (slow loris), and keep no user waiting`,
    async (_, begin, more) => {
      const slow = await Promise.all(Array.from({ length: SLOW }, () => dribble(begin, more)));
      const answers = slow.map(async (socket) => {
        let answer = '';
        socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
        await once(socket, 'close');
        return answer.slice(0, 'HTTP/1.1 408'.length);
      });
      await expectServed();
      for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 4(?:08|00)|^$/);
      await expectServed();
    },
  );
});

describe('the times that a client has', () => {
  const server = useTestServer();

  it('are a minute for headers, and five for a request', () => {
    const { headersTimeout, requestTimeout } = server().app.getHttpServer();
    expect({ headersTimeout, requestTimeout }).toEqual({ headersTimeout: 60_000, requestTimeout: 300_000 });
  });
});
