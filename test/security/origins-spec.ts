import { createDatabase, type TestDatabase } from '../support/database.js';
import { askForWebSocket, exchange, type OutgoingRequest } from '../support/exchange.js';
import { type Environment, useProcesses } from '../support/server-process.js';

const FORBIDDEN = 403;

type Headers = Readonly<Record<string, string>>;

interface Way {
  readonly name: string;
  lets(url: string, headers: Headers): Promise<boolean>;
}

const post = (path: string): OutgoingRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ __typename }' }),
});

const posts = (path: string) => async (url: string, headers: Headers) => {
  const request = post(path);
  const { status } = await exchange(url, { ...request, headers: { ...request.headers, ...headers } });
  return status !== FORBIDDEN;
};

/** All on which a page can come in: they agree on every page. */
const ways: readonly Way[] = [
  { name: 'HTTP', lets: posts('/graphql') },
  { name: 'event stream', lets: posts('/graphql/stream') },
  { name: 'OpenAI', lets: posts('/v1/chat/completions') },
  { name: 'WebSocket', lets: async (url, headers) => (await askForWebSocket(url, headers)).status === 101 },
  {
    name: 'preflight',
    async lets(url, headers) {
      const asks = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      };
      const answer = await exchange(url, {
        method: 'OPTIONS',
        path: '/graphql',
        headers: { ...headers, ...asks },
      });
      return answer.headers['access-control-allow-origin'] !== undefined;
    },
  },
];

const processes = useProcesses();
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase('PGlite');
});
afterEach(() => database.drop());

/** Sends each request on each way, and says which of them were let in, or not, against expectation. */
async function expectOf(
  environment: Environment,
  { pass, fail }: { readonly pass: readonly Headers[]; readonly fail: readonly Headers[] },
): Promise<void> {
  const { url } = await processes.start(processes.environment({ ...database.environment, ...environment }));
  const wrong: object[] = [];
  for (const [headers, expected] of [
    ...pass.map((each) => [each, true] as const),
    ...fail.map((each) => [each, false] as const),
  ]) {
    for (const way of ways) {
      if ((await way.lets(url, headers)) !== expected) wrong.push({ way: way.name, headers, expected });
    }
  }
  expect(wrong).toEqual([]);
}

const at = (host: string, origin: string, more: Headers = {}): Headers => ({ host, origin, ...more });
const site = (value: string): Headers => ({ 'sec-fetch-site': value });

describe('a page', () => {
  it('of the same origin comes in however its address is written, and no other', () =>
    expectOf(
      { ALLOWED_ORIGINS: 'https://other.example' },
      {
        pass: [
          at('app.example', 'https://app.example'),
          at('app.example:443', 'https://app.example'),
          at('app.example', 'https://app.example:443'),
          at('APP.Example:443', 'https://app.example'),
          at('app.example', 'HTTPS://App.EXAMPLE'),
          at('app.example:80', 'http://app.example'),
          at('app.example:8443', 'https://app.example:8443'),
          at('[::1]:4000', 'http://[::1]:4000'),
          at('[0:0::1]:80', 'http://[::1]'),
          // A proxy replaced Host: the browser knows all the same.
          at('10.0.0.7:4000', 'https://app.example', site('same-origin')),
          // It is unknown whether TLS ends in front of us.
          at('app.example', 'http://app.example', { 'x-forwarded-proto': 'https' }),
        ],
        fail: [
          at('app.example:80', 'https://app.example'),
          at('app.example:443', 'http://app.example'),
          at('app.example', 'https://app.example:8443'),
          at('app.example', 'https://app.example.'),
          at('app.example', 'https://evil.example'),
          at('app.example', 'https://app.example.evil.example'),
          at('app.example', 'https://app.example/path'),
          at('app.example', 'https://user@app.example'),
          at('user@app.example', 'https://app.example'),
          at('app.example/x', 'https://app.example'),
          at('app.example', 'https://app.example, https://app.example'),
          // The browser's word, even where the address would fit.
          ...['cross-site', 'same-site', 'none', 'same-origin, cross-site', ''].map((value) =>
            at('app.example', 'https://app.example', site(value)),
          ),
          ...['null', 'foo://app.example', 'ws://app.example', 'file://', 'nonsense', ''].flatMap(
            (origin) => [
              at('app.example', origin),
              at('null', origin),
              at('app.example', origin, site('same-origin')),
            ],
          ),
          // Nothing is sent to whom only its own word names.
          at('evil.example', 'https://app.example', { 'x-forwarded-host': 'app.example' }),
        ],
      },
    ));

  it('comes over TLS where a trusted proxy says that the server is reached over TLS', () =>
    expectOf(
      { TRUST_PROXY: '127.0.0.1, 10.0.0.0/8' },
      {
        pass: [
          at('app.example', 'https://app.example', { 'x-forwarded-proto': 'https' }),
          at('app.example', 'https://app.example', { 'x-forwarded-proto': 'WSS' }),
          at('app.example', 'http://app.example', { 'x-forwarded-proto': 'http' }),
          at('app.example', 'https://app.example', {}),
          at('app.example', 'https://app.example', { 'x-forwarded-proto': 'gopher' }),
          // Each proxy of a row adds its own word; before these stands what the client made up.
          at('app.example', 'https://app.example', {
            'x-forwarded-for': '203.0.113.7, 10.0.0.2',
            'x-forwarded-proto': 'http, https, http',
          }),
        ],
        fail: [
          at('app.example', 'http://app.example', { 'x-forwarded-proto': 'https' }),
          at('app.example', 'https://app.example', { 'x-forwarded-proto': 'http' }),
          at('app.example', 'https://app.example', { 'x-forwarded-proto': 'https, http' }),
          at('internal.example', 'https://app.example', {
            'x-forwarded-proto': 'https',
            'x-forwarded-host': 'app.example',
          }),
        ],
      },
    ));

  it('of an app or an extension comes in where the operator allows it, and one label for a wildcard', () =>
    expectOf(
      {
        ALLOWED_ORIGINS:
          'capacitor://localhost, tauri://localhost:1420,chrome-extension://abcdefghij,https://*.example.com,http://*.example.org:8080',
      },
      {
        pass: [
          ...['capacitor://localhost', 'tauri://localhost:1420', 'chrome-extension://abcdefghij'],
          ...['https://app.example.com', 'https://APP.example.com:443', 'http://a-b.example.org:8080'],
        ].map((origin) => at('server.example', origin, site('cross-site'))),
        fail: [
          ...['capacitor://localhost:1', 'capacitor://elsewhere', 'ionic://localhost', 'tauri://localhost'],
          ...['chrome-extension://abcdefghi', 'https://example.com', 'https://a.b.example.com'],
          ...[
            'http://app.example.com',
            'https://app.example.com:8443',
            'https://app.example.com.evil.example',
          ],
          ...[
            'https://evilexample.com',
            'http://a.example.org',
            'http://a.example.org:80',
            'https://.example.com',
          ],
          ...['https://studio.apollographql.com', 'null'],
        ].map((origin) => at('server.example', origin)),
      },
    ));
});

it.each([
  '*',
  'https://*',
  'https://a.*.example',
  'https://**.example.com',
  'chrome-extension://*',
  'https://*.com',
])('a server does not start with the wildcard %s, and says why', async (origins) => {
  const { code, stderr } = await processes.refusal(processes.environment({ ALLOWED_ORIGINS: origins }));
  expect(code).toBe(1);
  expect(stderr).toMatch(/ALLOWED_ORIGINS: item 1 (may have \* only|must not be \*)/);
});
