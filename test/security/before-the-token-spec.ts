import { connect, type Socket } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { RawSocket, signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

const MEGABYTE = 1_000_000;
/** What the kernel's buffers of a connection over loopback hold, and what one read of ours takes. */
const TAKEN_BYTES = 12 * MEGABYTE;

const modes = [
  ['in production', { NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' }],
  ['outside production', {}],
] as const;

describe.each(modes)('before the token is checked, %s,', (_, environment) => {
  const running = useServerProcess(environment);
  const isProduction = 'NODE_ENV' in environment;

  const post = (path: string, query: unknown, headers: Record<string, string> = {}) =>
    fetch(running().server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  it.each(['{__typename}', '{ __typename }', 'query { __typename }', 'query Health {\n  __typename\n}\n'])(
    'a monitor may ask %j',
    async (query) => {
      expect(await (await post('/graphql', query)).json()).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it.each([
    ['a field', '{ viewer { id } }'],
    ['what does not parse', '{'],
    ['what is nested too deeply', `${'{ a '.repeat(1_000)}${'}'.repeat(1_000)}`],
    [
      'a list that is no value of an enum',
      `{ keyResolution(provider: [${'"!!!" '.repeat(500)}]) { available } }`,
    ],
    ['many times the same', `{ ${'viewer { id } '.repeat(495)} }`],
    ['a ring of fragments', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    ['no text', { a: 1 }],
    ['nothing', undefined],
    ['__typename beside another field', '{ __typename viewer { id } }'],
    ['a mutation', 'mutation { __typename }'],
  ])('the answer to %s is 401, and no more', async (_, query) => {
    const response = await post('/graphql', query);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('introspection is answered outside production only', async () => {
    const response = await post('/graphql', getIntrospectionQuery());
    expect(response.status).toBe(isProduction ? 401 : 200);
  });

  it.each([
    ['a long body', { 'content-length': String(100 * MEGABYTE) }],
    ['a body that says no length', { 'transfer-encoding': 'chunked' }],
  ])('%s is not read on: the answer comes, and the connection closes', async (_, headers) => {
    for (const path of [
      '/graphql',
      '/graphql/stream',
      '/attachments',
      '/graphql?query=%7Bviewer%7Bid%7D%7D',
      '/v1/chat/completions',
      '/nothing',
      '/healthz',
    ]) {
      const { answer, sentBytes } = await floodWith(path, headers);
      expect(answer).toMatch(
        /^\/(graphql|attachments|v1)/.test(path) ? /^HTTP\/1\.1 401 / : /^HTTP\/1\.1 4(04|13) /,
      );
      expect(answer.toLowerCase()).toContain('connection: close');
      expect(sentBytes).toBeLessThan(TAKEN_BYTES);
    }
  });

  it('nor is that of a page of another origin, with any token', async () => {
    const authorization = `Bearer ${await signToken('alice')}`;
    const headers = {
      authorization,
      origin: 'https://evil.example',
      'content-length': String(100 * MEGABYTE),
    };
    for (const path of ['/graphql', '/v1/chat/completions']) {
      const { answer, sentBytes } = await floodWith(path, headers);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(sentBytes).toBeLessThan(TAKEN_BYTES);
    }
  });

  it('a client that sends a whole chat with an old token gets its 401', async () => {
    const authorization = `Bearer ${await signToken('alice', '-1h')}`;
    for (const path of ['/graphql', '/graphql/stream', '/v1/chat/completions']) {
      const response = await post(path, 'x'.repeat(900_000), { authorization });
      expect(response.status).toBe(401);
      expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
    }
  });

  it('a WebSocket is heard say who it is, and nothing else', async () => {
    const open = () => RawSocket.open(`${running().server.url.replace('http', 'ws')}/graphql`, {});
    const long = await open();
    long.send({ type: 'connection_init', payload: { padding: 'x'.repeat(900_000) } });
    expect(await long.closed).toMatchObject({ code: 4401 });
    const early = await open();
    early.subscribe('1', `subscription { ${'a '.repeat(1_000)} }`);
    expect(await early.closed).toMatchObject({ code: 4401 });
    const known = await open();
    known.send({ type: 'connection_init', payload: { authorization: `Bearer ${await signToken('alice')}` } });
    expect(await known.next()).toEqual({ type: 'connection_ack' });
    known.socket.close();
  });

  /** Sends a body without end. Resolves when the connection is over. */
  async function floodWith(path: string, headers: Record<string, string>) {
    const client = connect(Number(new URL(running().server.url).port), '127.0.0.1');
    client.on('error', () => undefined);
    let answer = '';
    client.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    client.write([`POST ${path} HTTP/1.1`, 'host: x', ...lines, '', ''].join('\r\n'));
    const isChunked = 'transfer-encoding' in headers;
    const block = 'x'.repeat(0x10000);
    const body = isChunked ? `10000\r\n${block}\r\n` : block;
    const closed = new Promise((resolve) => client.once('close', resolve));
    while (!client.destroyed && client.bytesWritten < 90 * MEGABYTE) {
      if (!client.write(body))
        await Promise.race([new Promise((resolve) => client.once('drain', resolve)), closed]);
    }
    client.destroy();
    await closed;
    return { answer, sentBytes: takenOf(client) };
  }
});

/** What the other side has taken of what was written. */
const takenOf = (client: Socket): number => client.bytesWritten - client.writableLength;
