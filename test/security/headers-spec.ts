import { askForWebSocket, exchange, sendBytes } from '../support/exchange.js';
import { signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

const LIMITS = { MAX_BODY_BYTES: '1024' };

type Fields = Readonly<Record<string, unknown>>;

/** The header of an answer as it came. */
function fieldsOf(text: string): Fields {
  const [, ...lines] = text.split('\r\n\r\n', 1)[0]!.split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}

const json = { 'content-type': 'application/json' };
const query = (text: string) => JSON.stringify({ query: text });
const close = 'Connection: close\r\n';

/** One answer of each part that answers: routes, the framework, Node, and the doors. */
async function answersOf(url: string): Promise<Map<string, Fields>> {
  const authorization = `Bearer ${await signToken('alice')}`;
  const authorized = { ...json, authorization };
  const post = { method: 'POST', path: '/graphql', headers: authorized };
  const stream = { ...post, path: '/graphql/stream' };
  const requests = {
    data: { ...post, body: query('{ viewer { id } }') },
    'no token': { ...post, headers: json, body: query('{ viewer { id } }') },
    'bad token': {
      ...post,
      headers: { ...json, authorization: 'Bearer a.b.c' },
      body: query('{ __typename }'),
    },
    'no GraphQL': { ...post, body: query('{') },
    'no JSON': { ...post, body: '{' },
    'another type': { ...post, headers: { authorization, 'content-type': 'text/plain' }, body: 'a' },
    'too long': { ...post, body: query(`{ viewer { id } } #${'a'.repeat(2_000)}`) },
    'another origin': { ...post, headers: { ...authorized, origin: 'https://evil.example' }, body: '{}' },
    preflight: {
      method: 'OPTIONS',
      path: '/graphql',
      headers: { origin: url, 'access-control-request-method': 'POST' },
    },
    'malformed preflight': { method: 'OPTIONS', path: '/graphql' },
    stream: { ...stream, body: query('subscription { __typename }') },
    'stream without a token': { ...stream, headers: json, body: query('subscription { __typename }') },
    'stream by GET': { path: '/graphql/stream', headers: { authorization } },
    'page of Apollo Sandbox': { path: '/graphql', headers: { accept: 'text/html' } },
    'the first address': { path: '/' },
    health: { path: '/healthz' },
    'health by HEAD': { method: 'HEAD', path: '/healthz' },
    readiness: { path: '/readyz' },
    'another path': { path: '/nothing/here' },
    'another method': { method: 'PROPFIND', path: '/graphql' },
    'malformed path': { path: '/%' },
    'malformed path of a file': { path: '/graphiql/%E0%A4%A' },
    'path that is too long': { path: `/graphiql/${'a'.repeat(300)}` },
    'unknown expectation': { path: '/healthz', headers: { expect: 'miracles' } },
    'expectation of 100': {
      ...post,
      headers: { ...authorized, expect: '100-continue' },
      body: query('{ viewer { id } }'),
    },
  };
  const bytes = {
    'no request': 'nonsense\r\n\r\n',
    'no host': `GET /healthz HTTP/1.1\r\n${close}\r\n`,
    'every address': `OPTIONS * HTTP/1.1\r\nHost: a\r\n${close}\r\n`,
    'old HTTP': 'GET /healthz HTTP/1.0\r\n\r\n',
    'headers that are too long': `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    'two lengths':
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  };
  const sockets = {
    WebSocket: {},
    'WebSocket of another origin': { origin: 'https://evil.example' },
    'WebSocket without a key': { 'sec-websocket-key': '' },
    'WebSocket of another version': { 'sec-websocket-version': '12' },
    'another protocol': { upgrade: 'h2c' },
  };
  const answers = new Map<string, Fields>();
  for (const [name, request] of Object.entries(requests))
    answers.set(name, (await exchange(url, request)).headers);
  for (const [name, text] of Object.entries(bytes)) answers.set(name, fieldsOf(await sendBytes(url, text)));
  for (const [name, headers] of Object.entries(sockets))
    answers.set(name, (await askForWebSocket(url, headers)).headers);
  const elsewhere = 'GET /elsewhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  answers.set('WebSocket elsewhere', fieldsOf(await sendBytes(url, elsewhere)));
  return answers;
}

/** The answers that lack any of these. */
async function lacking(url: string, expected: Fields): Promise<object[]> {
  const answers = await answersOf(url);
  return [...answers].flatMap(([name, headers]) => {
    try {
      expect(headers).toMatchObject(expected);
      return [];
    } catch {
      return [{ name, headers }];
    }
  });
}

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': expect.stringMatching(/(^|; )frame-ancestors 'none'(;|$)/),
};

describe('every answer', () => {
  const running = useServerProcess(LIMITS);

  it('says what browsers may do with it', async () => {
    expect(await lacking(running().server.url, { ...always })).toEqual([]);
  });

  it("but GraphiQL's page has a policy of its own, and none outside production asks for TLS", async () => {
    const { url } = running().server;
    const { headers } = await exchange(url, { path: '/graphiql' });
    expect(headers).toMatchObject({
      ...always,
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(headers).not.toHaveProperty('strict-transport-security');
    const file = await exchange(url, { path: '/graphiql/page.css' });
    expect(file.headers).toMatchObject(always);
  });
});

describe('every answer in production', () => {
  const production = { NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' };
  const running = useServerProcess({ ...LIMITS, ...production });

  it('also says to come back over TLS', async () => {
    const expected = { ...always, 'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/) };
    expect(await lacking(running().server.url, expected)).toEqual([]);
  });
});
