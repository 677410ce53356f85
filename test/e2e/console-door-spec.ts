import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { CONSOLE_SCRIPT, writeConsole } from '../support/console-folder.js';
import { policyOf, settingsIn } from '../support/console-page.js';
import { exchange, type OutgoingRequest, sendBytes } from '../support/exchange.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const PAGES = [
  ...['/console', '/console/', '/console/keys', '/console/try', '/console/usage', '/console/audit'],
  ...['/console/alerts', '/console/settings', '/console/signed-in'],
];
const ASSET = '/console/assets/index-Ab12.js';
const NOT_FOUND = { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] };

describe('the console', () => {
  const server = useTestServer({}, 'PGlite', writeConsole());
  const ask = (path: string, outgoing: OutgoingRequest = {}) => exchange(server().url, { path, ...outgoing });

  it.each(PAGES)('is one page, kept by nobody, at %s', async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, settingsIn(body)]).toEqual([
      200,
      { production: false, maxAttachmentBytes: 20_971_520, signIn: null },
    ]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    const head = await ask(path, { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-type']]).toEqual([
      200,
      '',
      'text/html; charset=utf-8',
    ]);
  });

  it('needs no token, and takes a bad one for none', async () => {
    for (const token of [await signToken('alice'), 'a.b.c'])
      expect((await ask('/console', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it('may do what its policy says', async () => {
    const { headers, body } = await ask('/console', { headers: { host: 'keys.example:8443' } });
    const [, nonce = ''] = /nonce="([^"]+)"/.exec(body) ?? [];
    expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
    expect(policyOf(headers['content-security-policy'])).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': `'self' 'nonce-${nonce}'`,
      'img-src': "'self' data: blob:",
      'connect-src': "'self' ws://keys.example:8443 wss://keys.example:8443",
      'frame-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': 'default',
    });
  });

  it('has a new nonce in every answer, in all places', async () => {
    const nonces = new Set<string>();
    for (const _ of [1, 2, 3]) {
      const { body } = await ask('/console');
      const found = [...body.matchAll(/nonce="([^"]*)"/g)].map(([, nonce]) => nonce!);
      expect([found.length, new Set(found).size]).toEqual([3, 1]);
      expect(body).not.toContain('KEYSTREAM_');
      nonces.add(found[0]!);
    }
    expect(nonces.size).toBe(3);
  });

  it.each(['x;sandbox', "x'unsafe-inline'", 'x,y', '*', '*.example', 'x"y'])(
    'names no host in its policy that says more than a host: %s',
    async (host) => {
      const { status, headers } = await ask('/console', { headers: { host } });
      expect(status).toBe(200);
      expect(policyOf(headers['content-security-policy'])).toMatchObject({ 'connect-src': "'self'" });
      expect(Object.keys(policyOf(headers['content-security-policy']))).toHaveLength(11);
    },
  );

  it('has a page for its hidden frame, which it alone may show', async () => {
    const { status, headers, body } = await ask('/console/renewed');
    expect(status).toBe(200);
    expect(body).toMatch(/nonce="[^"]{24}"/);
    expect(headers['cache-control']).toBe('no-store');
    expect(policyOf(headers['content-security-policy'])).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'self'",
      'require-trusted-types-for': "'script'",
      'trusted-types': "'none'",
    });
    expect((await ask('/console/renewed', { method: 'HEAD' })).status).toBe(200);
  });

  it('takes no other method, and is at no other address', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      for (const path of ['/console', '/console/renewed', ASSET]) {
        const { status, body } = await ask(path, { method });
        expect([method, path, status]).toEqual([method, path, 404]);
        expect(JSON.parse(body)).toMatchObject(NOT_FOUND);
      }
    const elsewhere = [
      ...['/console/other', '/console/keys/', '/console/keys/x', '/console/index.html', '/console/renewed/'],
      ...['/console/renewed.html', '/console/operations.json', '/console/assets', '/consoles', '/Console'],
      ...['/console//', '//console'],
    ];
    for (const path of elsewhere) {
      const { status, body } = await ask(path);
      expect([path, status]).toEqual([path, 404]);
      expect(JSON.parse(body)).toMatchObject(NOT_FOUND);
    }
  });

  it('comes with the licences of its packages', async () => {
    const { status, headers, body } = await ask('/console/licences.txt');
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(headers['cache-control']).toBe('no-cache');
    expect(body).toBe('Copyright (c) Somebody Ünlike\n');
  });

  it('is where / leads', async () => {
    const { status, headers, body } = await ask('/');
    expect([status, headers.location]).toEqual([302, '/console']);
    expect(body).toContain('GraphiQL is at /graphiql');
  });

  describe('whose assets', () => {
    const load = async (path: string, acceptEncoding?: string) => {
      const response = await fetch(server().url + path, {
        headers: { 'accept-encoding': acceptEncoding ?? 'identity' },
      });
      return { response, text: await response.text() };
    };

    it('are kept for a year', async () => {
      const { response, text } = await load(ASSET);
      expect([response.status, text]).toEqual([200, CONSOLE_SCRIPT]);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': "frame-ancestors 'none'",
        'content-length': String(CONSOLE_SCRIPT.length),
      });
      const etag = response.headers.get('etag')!;
      expect((await ask(ASSET, { headers: { 'if-none-match': etag } })).status).toBe(304);
    });

    it.each([
      ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
    ])('are sent as they were compressed: %s', async (encoding, accepted, decompress) => {
      const { headers, bytes } = await readBytes(ASSET, accepted);
      expect(headers).toMatch(new RegExp(`content-encoding: ${encoding}\r\n`, 'i'));
      expect(headers).toMatch(/content-type: application\/javascript; charset=utf-8\r\n/i);
      expect(headers).toMatch(/vary: [^\r]*accept-encoding/i);
      expect(decompress(bytes).toString()).toBe(CONSOLE_SCRIPT);
    });

    /** The bytes of an answer as they came. */
    async function readBytes(path: string, accepted: string): Promise<{ headers: string; bytes: Buffer }> {
      const lines = [`GET ${path} HTTP/1.1`, 'Host: x', `Accept-Encoding: ${accepted}`, 'Connection: close'];
      const text = await sendBytes(server().url, `${lines.join('\r\n')}\r\n\r\n`, 'latin1');
      const end = text.indexOf('\r\n\r\n') + 4;
      return { headers: text.slice(0, end), bytes: Buffer.from(text.slice(end), 'latin1') };
    }

    it('come as they are where there is no compressed copy, and in folders', async () => {
      const { response, text } = await load('/console/assets/index-Ab12.css', 'br');
      expect([response.headers.get('content-encoding'), text]).toEqual([null, 'body { margin: 0 }\n']);
      const font = await fetch(`${server().url}/console/assets/fonts/plain-Ef56.woff2`);
      expect([font.status, font.headers.get('content-type')]).toEqual([200, 'font/woff2']);
    });

    it('are asked for by HEAD without being sent', async () => {
      const { status, headers, body } = await ask(ASSET, { method: 'HEAD' });
      expect([status, body, headers['content-length']]).toEqual([200, '', String(CONSOLE_SCRIPT.length)]);
    });

    it.each([
      '/console/assets/',
      '/console/assets/fonts',
      '/console/assets/fonts/',
      '/console/assets/index.html',
      '/console/assets/missing.js',
      '/console/assets/.env',
      '/console/assets/%2eenv',
      '/console/assets/index-Ab12.js.br',
      '/console/assets/index-Ab12.js%00',
      '/console/assets/%00',
      '/console/assets/index-Ab12.js%00.css',
      '/console/assets/..%2foperations.json',
      '/console/assets/..%2f..%2f..%2fpackage.json',
      '/console/assets/%2e%2e/operations.json',
      '/console/assets/../operations.json',
      '/console/assets/..%5coperations.json',
      '/console/assets/..%252foperations.json',
      '/console/assets/fonts/../index-Ab12.js',
      '/console/assets//index-Ab12.js',
      '/console/assets/./index-Ab12.js',
      '/console/assets//etc/passwd',
      '/console/assets/constructor',
    ])('are those that were built, and nothing at %s', async (path) => {
      // As it is: Node's client would take the dots for steps.
      const answer = await sendBytes(
        server().url,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('"code":"BAD_USER_INPUT"');
      expect(answer).not.toContain('immutable');
    });

    it('are at no address that is none', async () => {
      const { status, body } = await ask('/console/assets/%E0%A4%A');
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject(NOT_FOUND);
    });
  });
});

describe('the console in production', () => {
  const production = {
    NODE_ENV: 'production',
    ALLOW_EMBEDDED_DATABASE: 'true',
    MAX_ATTACHMENT_BYTES: '30000000',
  };
  const server = useTestServer(production, 'PGlite', writeConsole());

  it('is there, knows where it is, and is where / leads', async () => {
    const { status, headers, body } = await exchange(server().url, { path: '/console' });
    expect([status, settingsIn(body)]).toEqual([
      200,
      { production: true, maxAttachmentBytes: 30_000_000, signIn: null },
    ]);
    expect(headers).toHaveProperty('strict-transport-security');
    const first = await exchange(server().url, { path: '/' });
    expect([first.status, first.headers.location, first.body]).toEqual([
      302,
      '/console',
      'The console is at /console.\n',
    ]);
  });
});

describe.each([
  ['is turned off', { CONSOLE: 'off' }, writeConsole()],
  ['was not built', {}, writeConsole({ 'index.html': null })],
])('a console that %s', (_, environment, folder) => {
  const server = useTestServer(environment, 'PGlite', folder);

  it('is nowhere', async () => {
    for (const path of [...PAGES, '/console/renewed', ASSET]) {
      const { status, body } = await exchange(server().url, { path });
      expect([path, status]).toEqual([path, 404]);
      expect(JSON.parse(body)).toMatchObject(NOT_FOUND);
    }
    const first = await exchange(server().url, { path: '/' });
    expect([first.status, first.headers.location]).toEqual([302, '/graphiql']);
  });
});
