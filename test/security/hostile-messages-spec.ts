import { once } from 'node:events';
import { connect } from 'node:net';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { Random } from '../chaos/random.js';
import { CHAT, HELLO, RawSocket, signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

// Ten thousand messages for each door take their time on a busy machine.
jest.setTimeout(240_000);

const MESSAGES = 10_000;
const AT_ONCE = 20;
const DEEP = 8_000;
/** Levels that must pass, in any surroundings. */
const GOOD = 100;

const nestings: Readonly<Record<string, (depth: number) => string>> = {
  lists: (depth) => '['.repeat(depth) + ']'.repeat(depth),
  objects: (depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  'both in turn': (depth) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`,
};
const nested = (depth: number): string[] => Object.values(nestings).map((nest) => nest(depth));

/** Messages and bodies that no client sends by accident, made from a seed. */
function hostileTexts(count: number): string[] {
  const random = new Random('hostile');
  const junk = [
    ...['', 'null', '[]', '""', '1e999', '-0', '{', '}', '\u0000', '{"type":', '\ufeff{}', 'undefined'],
    ...nested(DEEP),
    ...[
      '{"__proto__":[[]]}',
      '{"constructor":{"prototype":1}}',
      '{"type":{"toString":1}}',
      '[{"query":"{a}"}]',
    ],
  ];
  const values = [
    ...[
      'null',
      '0',
      '""',
      '[]',
      '{}',
      'true',
      '"__proto__"',
      '"\\ud800"',
      '1e400',
      ...nested(GOOD),
      ...nested(300),
    ],
    JSON.stringify('x'.repeat(2_000)),
    JSON.stringify(CHAT),
    JSON.stringify('subscription { chat(input: {}) { seq } }'),
    JSON.stringify(`{ ${'...on Query { '.repeat(400)}`),
  ];
  const types = [
    ...['connection_init', 'subscribe', 'complete', 'next', 'error', 'ping', 'pong', 'connection_ack'],
    ...['toString', '__proto__', 'constructor'],
  ];
  const names = ['query', 'variables', 'operationName', 'extensions', '__proto__', 'input', 'authorization'];
  const fields = (all: readonly string[]): string =>
    all
      .filter(() => random.chance(0.7))
      .map((name) => `"${name}":${random.pick(values)}`)
      .join(',');
  return Array.from({ length: count }, () => {
    if (random.chance(0.2)) return random.pick(junk);
    const payload = random.chance(0.6) ? `"payload":{${fields(names)}},` : '';
    return `{${payload}"type":"${random.pick(types)}","id":"${String(random.integer(0, 5))}",${fields(names)}`.replace(
      /,?$/,
      '}',
    );
  });
}

describe('a server that is sent hostile messages', () => {
  const running = useServerProcess();
  const key = 'key-of-alice-0123456789';
  /** Alice's. */
  let authorization: string;

  beforeAll(async () => {
    const { server, standIn } = running();
    authorization = `Bearer ${await signToken('alice')}`;
    standIn.acceptKey('OPENAI', key);
    await server.storeKey('alice', 'OPENAI', key);
  });

  /** The same process, as well as before. */
  const expectWell = async () => {
    const { server } = running();
    expect(server.child.exitCode).toBeNull();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const events = await server.chatEvents('alice', {});
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  };

  const open = () => RawSocket.open(`${running().server.url.replace('http', 'ws')}/graphql`, {});

  const send = (path: string, body: string, userId: 'alice' | null = 'alice') =>
    fetch(running().server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(userId && { authorization }) },
      body,
    });

  it.each([
    ['connection_init', (deep: string) => `{"type":"connection_init","payload":{"a":${deep}}}`],
    [
      'variables',
      (deep: string) => `{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":{"a":${deep}}}}`,
    ],
    [
      'extensions',
      (deep: string) => `{"type":"subscribe","id":"1","payload":{"query":"{a}","extensions":{"a":${deep}}}}`,
    ],
    ['a ping', (deep: string) => `{"type":"ping","payload":{"a":${deep}}}`],
    ['a pong', (deep: string) => `{"type":"pong","payload":{"a":${deep}}}`],
    ['an unknown field', (deep: string) => `{"type":"complete","id":"1","a":${deep}}`],
    ['nothing', (deep: string) => deep],
  ])(
    'closes a WebSocket with 4400 for lists and objects that are nested deeply in %s',
    async (_, message) => {
      for (const deep of nested(DEEP)) {
        const stranger = await open();
        stranger.socket.send(message(deep));
        expect(await stranger.closed).toMatchObject({ code: 4400 });
        const user = await running().server.socket('alice');
        user.socket.send(message(deep));
        expect(await user.closed).toMatchObject({ code: 4400 });
      }
      await expectWell();
    },
  );

  it.each(['/graphql', '/graphql/stream'])('answers them with BAD_USER_INPUT at %s', async (path) => {
    for (const deep of nested(DEEP)) {
      for (const body of [deep, `{"query":"{ __typename }","variables":{"a":${deep}}}`, `{"a":${deep}}`]) {
        const response = await send(path, body);
        expect(response.status).toBe(400);
        const { errors } = (await response.json()) as any;
        expect(errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
      }
    }
    await expectWell();
  });

  it('answers them with BAD_USER_INPUT in an address', async () => {
    const headers = { authorization };
    const query = encodeURIComponent('{ __typename }');
    for (const name of ['variables', 'extensions']) {
      for (const deep of nested(700)) {
        const address = `${running().server.url}/graphql?query=${query}&${name}=${encodeURIComponent(deep)}`;
        const response = await fetch(address, { headers });
        expect(response.status).toBe(400);
        const { errors } = (await response.json()) as any;
        expect(errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', violations: [{ path: name }] });
      }
    }
  });

  it(`lets ${String(GOOD)} levels pass on every door`, async () => {
    for (const deep of nested(GOOD)) {
      const variables = `{"a":${deep}}`;
      const response = await send('/graphql', `{"query":"{ __typename }","variables":${variables}}`);
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
      const query = JSON.stringify('subscription { chat(input: { messages: [] }) { seq } }');
      const socket = await running().server.socket('alice');
      socket.socket.send(
        `{"type":"subscribe","id":"1","payload":{"query":${query},"variables":${variables}}}`,
      );
      expect(await socket.next()).toMatchObject({
        payload: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
      });
      socket.socket.terminate();
      const stream = await send('/graphql/stream', `{"query":${query},"variables":${variables}}`);
      expect(await stream.text()).toContain('BAD_USER_INPUT');
    }
  });

  it('survives ten thousand messages over WebSocket, of strangers and of users', async () => {
    const texts = hostileTexts(MESSAGES);
    const { server } = running();
    /** The connection where it goes on; null where the message has ended it. */
    const afterSending = async (socket: RawSocket, text: string): Promise<RawSocket | null> => {
      socket.socket.send(text);
      const answered = new Promise<RawSocket>((resolve) => socket.socket.once('pong', () => resolve(socket)));
      socket.socket.ping();
      return Promise.race([answered, socket.closed.then(() => null)]);
    };
    const work = async (worker: number): Promise<void> => {
      let socket: RawSocket | null = null;
      for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
        // Most end their connection.
        socket = await afterSending(socket ?? (await (worker % 2 ? open() : server.socket('alice'))), text);
      }
      socket?.socket.terminate();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
    await expectWell();
  });

  it.each(['/graphql', '/graphql/stream'])('survives ten thousand at %s', async (path) => {
    const texts = hostileTexts(MESSAGES);
    // One assertion for all: ten thousand take as long as the requests.
    const statuses = new Set<number>();
    const work = async (worker: number): Promise<void> => {
      for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
        const response = await send(path, text, worker % 2 ? null : 'alice');
        await response.text();
        statuses.add(response.status);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => work(worker)));
    expect([200, 400, 401]).toEqual(expect.arrayContaining([...statuses]));
    await expectWell();
  });

  it('survives bytes that are no WebSocket frames', async () => {
    const handshake =
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';
    const random = new Random('frames');
    const port = Number(new URL(running().server.url).port);
    for (let round = 0; round < 300; round++) {
      const client = connect(port, '127.0.0.1');
      client.on('error', () => undefined);
      client.write(handshake);
      await once(client, 'data');
      client.end(Buffer.from(Array.from({ length: 64 }, () => random.integer(0, 255))));
      client.resume();
      await once(client, 'close');
    }
    await expectWell();
  });

  it.each([
    [
      'half a handshake',
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
    [
      'another version',
      'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\n\r\n',
    ],
    ['another protocol', 'GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'],
    [
      'a body',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\nhello',
    ],
    [
      'an address that is none',
      'GET //[ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
    [
      'a host and an origin that are none',
      'GET /graphql HTTP/1.1\r\nHost: [::\r\nOrigin: http://[\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['no HTTP', '\u0000\u0001\u0002 nothing\r\n\r\n'],
  ])('refuses an upgrade with %s, and goes on', async (_, text) => {
    const client = connect(Number(new URL(running().server.url).port), '127.0.0.1');
    client.on('error', () => undefined);
    client.write(text);
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
    client.destroy();
    await expectWell();
  });

  it('leaves the chats of others alone', async () => {
    const { server, standIn } = running();
    const bystander = await server.socket('alice');
    standIn.once('OPENAI', (exchange) => exchange.closedByClient);
    bystander.subscribe('1', CHAT, { input: { messages: HELLO } });
    expect(await bystander.next()).toMatchObject({
      payload: { data: { chat: { __typename: 'ChatStarted' } } },
    });
    for (const deep of nested(DEEP)) {
      const socket = await open();
      socket.socket.send(`{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":{"a":${deep}}}}`);
      await socket.closed;
    }
    expect(bystander.socket.readyState).toBe(WebSocket.OPEN);
    bystander.socket.terminate();
  });
});
