import { once } from 'node:events';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Answer, exchange, openRawWebSocket, textFrame } from '../support/exchange.js';
import {
  type Environment,
  type LogLine,
  type ServerProcess,
  useProcesses,
} from '../support/server-process.js';
import { RawSocket, signToken } from '../support/test-server.js';
import { bestOf, clockMs } from '../support/timing.js';

/** As many as are logged of one address in a minute. */
const LIMIT = 30;
/** For so long the package waits for the answer to a Close frame. */
const PATIENCE_OF_WS_MS = 30_000;
const BAD = 'Bearer bad.bad.bad';

const processes = useProcesses();
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase('PGlite');
});
afterEach(() => database.drop());

const start = (environment: Environment = {}): Promise<ServerProcess> =>
  processes.start(processes.environment({ LOG_LEVEL: 'debug', ...database.environment, ...environment }));

/** Stops the server. @returns all that it logged of requests that were refused for their token */
async function linesOf(server: ServerProcess): Promise<{ requests: LogLine[]; reasons: LogLine[] }> {
  const { code, stdout } = await server.kill('SIGTERM');
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as LogLine);
  return {
    requests: lines.filter(({ status }) => status === 401),
    reasons: lines.filter(({ msg }) => msg.startsWith('A token was refused')),
  };
}

interface Caller {
  readonly authorization?: string;
  readonly from?: string;
  readonly path?: string;
  readonly query?: string;
}

function ask(
  { url }: ServerProcess,
  { authorization, from, path = '/graphql', query }: Caller,
): Promise<Answer> {
  return exchange(url, {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      ...(authorization && { authorization }),
      ...(from && { 'x-forwarded-for': from }),
    },
    body: JSON.stringify({ query: query ?? '{ viewer { id } }' }),
  });
}

const isClosed = ({ headers }: Answer): boolean => headers.connection === 'close';

const good = async (): Promise<string> => `Bearer ${await signToken('alice')}`;

async function introduce({ url }: ServerProcess, authorization?: string): Promise<number> {
  const raw = await RawSocket.open(`${url.replace('http', 'ws')}/graphql`, {});
  raw.send({ type: 'connection_init', payload: { authorization } });
  return (await raw.closed).code;
}

/** On every door, with a bad token and with none. @returns what the answers were, HTTP's first */
async function fail(server: ServerProcess): Promise<{ answers: Answer[]; codes: number[] }> {
  const answers = [
    await ask(server, { authorization: BAD }),
    await ask(server, { authorization: BAD, path: '/graphql/stream' }),
    await ask(server, { authorization: 'Basic YTpi' }),
    await ask(server, { path: '/graphql/stream' }),
  ];
  const codes = [await introduce(server, BAD), await introduce(server)];
  for (const { status, body } of answers)
    expect({ status, body }).toMatchObject({ status: 401, body: expect.stringContaining('UNAUTHENTICATED') });
  expect(codes).toEqual([4403, 4403]);
  return { answers, codes };
}

describe('requests without a good token', () => {
  it('are answered beyond the limit of their address as before, but leave no line, and their connections are closed', async () => {
    const server = await start();
    // Six at a time: four over HTTP, of which one brings no token at all, and two over WebSocket, of which one does not.
    for (let round = 0; round < LIMIT / 6; round += 1) await fail(server);
    for (let round = 0; round < 10; round += 1) {
      const { answers } = await fail(server);
      expect(answers.map(isClosed)).toEqual([true, true, true, true]);
    }
    const { requests, reasons } = await linesOf(server);
    expect(requests).toHaveLength((LIMIT / 6) * 4);
    expect(reasons).toHaveLength((LIMIT / 6) * 4);
  });

  it('do not keep a good token of the same address out, on any door', async () => {
    const server = await start();
    for (let count = 0; count < LIMIT + 10; count += 1) await ask(server, { authorization: BAD });
    const answer = await ask(server, { authorization: await good() });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 200,
      body: expect.stringContaining('"alice"'),
    });
    const query = 'subscription { __typename }';
    const stream = await ask(server, { authorization: await good(), path: '/graphql/stream', query });
    expect(stream.status).toBe(200);
    await server.socket('alice');
    expect((await ask(server, { query: '{ __typename }' })).status).toBe(200);
  });

  it('hold no WebSocket open, also where the client answers no Close frame', async () => {
    const server = await start();
    for (let count = 0; count < LIMIT; count += 1) await ask(server, { authorization: BAD });
    const best = await bestOf(3, PATIENCE_OF_WS_MS, async () => {
      const socket = await openRawWebSocket(server.url);
      socket.write(textFrame(JSON.stringify({ type: 'connection_init', payload: { authorization: BAD } })));
      socket.resume();
      const took = await clockMs(once(socket, 'end'));
      socket.destroy();
      return took;
    });
    expect(best).toBeLessThan(PATIENCE_OF_WS_MS);
  });

  it('are counted by the address that a trusted proxy names, IPv6 by its network', async () => {
    const server = await start({ TRUST_PROXY: '127.0.0.1' });
    /** Fails so often that the next one from there is over the limit. */
    const exhaust = async (from: (count: number) => string) => {
      for (let count = 0; count < LIMIT; count += 1)
        await ask(server, { authorization: BAD, from: from(count) });
    };
    const isOver = async (from: string) => isClosed(await ask(server, { authorization: BAD, from }));
    await exhaust(() => '203.0.113.7');
    await exhaust((count) => `2001:db8:0:1::${count.toString(16)}`);
    expect({
      itself: await isOver('203.0.113.7'),
      mapped: await isOver('::ffff:203.0.113.7'),
      mappedInHex: await isOver('::ffff:cb00:7107'),
      withPort: await isOver('203.0.113.7:4711'),
      // What a client writes stands before what the proxy writes.
      forged: await isOver('198.51.100.1, 203.0.113.7'),
      sameNetwork: await isOver('2001:db8:0:1:ffff::1'),
      inBrackets: await isOver('[2001:db8:0:1::7]:443'),
    }).toEqual({
      itself: true,
      mapped: true,
      mappedInHex: true,
      withPort: true,
      forged: true,
      sameNetwork: true,
      inBrackets: true,
    });
    const { requests } = await linesOf(server);
    expect(requests).toHaveLength(2 * LIMIT);
  });
});

/** Which address a request counts for shows in whether it is logged. */
describe('X-Forwarded-For', () => {
  /** Sends one failing request for each, after `known` has failed too often. @returns how many of them leave a line */
  async function linesAfter(
    environment: Environment,
    known: string,
    froms: readonly string[],
  ): Promise<number> {
    const server = await start(environment);
    for (let count = 0; count < LIMIT; count += 1) await ask(server, { authorization: BAD, from: known });
    for (const from of froms) await ask(server, { authorization: BAD, from });
    const { requests } = await linesOf(server);
    return requests.length - LIMIT;
  }

  it('counts for nothing where no proxy is trusted', async () => {
    expect(await linesAfter({}, '203.0.113.7', ['203.0.113.8', '10.0.0.1', '::1'])).toBe(0);
  });

  it('counts for nothing from an address that is not trusted', async () => {
    const froms = ['203.0.113.8', '192.0.2.1'];
    expect(await linesAfter({ TRUST_PROXY: '192.0.2.1, 10.0.0.0/8, ::/0' }, '203.0.113.7', froms)).toBe(0);
  });

  it('is read from the right, past trusted proxies alone', async () => {
    const others = [
      '203.0.113.7, 203.0.113.8',
      '203.0.113.7, 10.0.0.2, 203.0.113.9, 10.0.0.1',
      '203.0.113.7, ::1',
    ];
    expect(
      await linesAfter({ TRUST_PROXY: '127.0.0.0/8, 10.0.0.0/8' }, '203.0.113.7, 10.0.0.1', others),
    ).toBe(3);
  });

  it('that is malformed, or longer than any row of proxies, ends nothing and stalls nothing', async () => {
    const server = await start({ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8' });
    const texts = [
      ...[
        '',
        ',',
        ',,,,',
        'unknown',
        '_hidden',
        '203.0.113.7:port',
        '[',
        '[]',
        '[::1',
        '::1]:',
        'constructor',
        '%00',
      ],
      ...['1.2.3', '999.1.1.1', '0x7f.0.0.1', '::ffff:', ':'.repeat(7_000), '[::1]:'.repeat(1_000), '\u00e9'],
      ...[
        Array(1_400).fill('10.0.0.1').join(','),
        ','.repeat(14_000),
        'a'.repeat(14_000),
        '10.0.0.1 '.repeat(1_000),
      ],
    ];
    for (const text of texts) {
      const { status } = await ask(server, { authorization: BAD, from: text });
      expect({ text: text.slice(0, 40), status }).toEqual({ text: text.slice(0, 40), status: 401 });
    }
    expect((await ask(server, { authorization: await good(), from: ',' })).status).toBe(200);
  });
});
