import type { ServerResponse } from 'node:http';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { writeConsole } from '../support/console-folder.js';
import { policyOf, settingsIn } from '../support/console-page.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { DiscoveryServer } from '../support/discovery-server.js';
import { EgressProxy } from '../support/egress-proxy.js';
import { exchange } from '../support/exchange.js';
import { TestServer } from '../support/test-server.js';
import { clockMs } from '../support/timing.js';

/** How long an outcome is kept, in milliseconds, and a little. */
const AFTER_SUCCESS_MS = 600_001;
const AFTER_FAILURE_MS = 30_001;
/** How long a document serves at the most. */
const AFTER_ALL_MS = 3_600_001;
/** The time limit of a document, and what a busy machine adds. */
const WITHIN_MS = 5_000 + 10_000;

const rules = { production: false, maxAttachmentBytes: 20_971_520 };
const problem = { ...rules, signIn: null, signInProblem: true };

describe('signing in at the console', () => {
  let provider: DiscoveryServer;
  let database: TestDatabase;
  let server: TestServer;
  let warn: jest.SpiedFunction<Logger['warn']>;
  /** What is kept is kept by this clock. */
  let later = 0;
  beforeAll(async () => {
    provider = await new DiscoveryServer().start();
    database = await createDatabase('PGlite');
    server = await TestServer.start(
      { ...database.environment, ...provider.environment },
      undefined,
      writeConsole(),
    );
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
  });
  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    provider.answer = null;
    provider.others = {};
    // Each test finds nothing kept.
    later += AFTER_ALL_MS;
    provider.requests.length = 0;
  });
  afterEach(() => warn.mockRestore());
  afterAll(async () => {
    jest.restoreAllMocks();
    await server.stop();
    await provider.stop();
    await database.drop();
  });

  const open = async () => {
    const { status, headers, body } = await exchange(server.url, { path: '/console' });
    expect(status).toBe(200);
    return { settings: settingsIn(body), policy: policyOf(headers['content-security-policy']) };
  };
  const signIn = (others: object = {}) => ({
    ...rules,
    signIn: {
      clientId: 'console',
      audience: 'keystream',
      metadata: {
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        ...others,
      },
    },
  });

  it('is told to the page, which may go there and nowhere else', async () => {
    const others = {
      end_session_endpoint: 'https://end.example/session',
      revocation_endpoint: 'https://revoke.example:8443/revoke?a=b',
    };
    provider.others = { ...others, authorization_endpoint: 'https://login.example/authorize' };
    const { settings, policy } = await open();
    expect(settings).toEqual(
      signIn({ ...others, authorization_endpoint: 'https://login.example/authorize' }),
    );
    const { host } = new URL(server.url);
    expect(policy).toMatchObject({
      'connect-src': `'self' ws://${host} wss://${host} ${provider.origin} https://revoke.example:8443 https://end.example`,
      'frame-src': "'self' https://login.example",
    });
    expect(provider.requests).toEqual(['/realms/test/.well-known/openid-configuration']);
  });

  it('asks the provider once for all, and again after ten minutes', async () => {
    const { settings } = await open();
    expect(settings).toEqual(signIn());
    await Promise.all([open(), open(), open()]);
    expect(provider.requests).toHaveLength(1);
    later += AFTER_SUCCESS_MS;
    await Promise.all([open(), open(), open()]);
    expect(provider.requests).toHaveLength(2);
  });

  it('is off while the provider is away, and comes back', async () => {
    await provider.stop();
    expect(await open()).toMatchObject({
      settings: problem,
      policy: { 'frame-src': "'self'", 'connect-src': expect.not.stringContaining(provider.origin) },
    });
    expect(warn).toHaveBeenCalledWith('The discovery document of AUTH_ISSUER cannot be used (ECONNREFUSED).');
    await provider.start();
    // It is not asked for every page that is opened meanwhile.
    expect((await open()).settings).toEqual(problem);
    expect(provider.requests).toHaveLength(0);
    later += AFTER_FAILURE_MS;
    expect((await open()).settings).toEqual(signIn());
    expect(provider.requests).toHaveLength(1);
  });

  it('goes on as before while the provider is away for less than an hour', async () => {
    expect((await open()).settings).toEqual(signIn());
    await provider.stop();
    later += AFTER_SUCCESS_MS;
    expect((await open()).settings).toEqual(signIn());
    later += AFTER_FAILURE_MS;
    expect((await open()).settings).toEqual(signIn());
    expect(warn).toHaveBeenCalledWith('The discovery document of AUTH_ISSUER cannot be used (ECONNREFUSED).');
    later += AFTER_ALL_MS;
    expect((await open()).settings).toEqual(problem);
    await provider.start();
  });

  it('does not leave its places in the page for a document to fill', async () => {
    const address = `https://login.example/?nonce="KEYSTREAM_NONCE"&<script>'`;
    provider.others = { authorization_endpoint: address };
    const { settings } = await open();
    expect(settings).toEqual(signIn({ authorization_endpoint: new URL(address).href }));
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['of another issuer', { issuer: 'https://evil.example' }, /its issuer is another/],
    ['without an endpoint', { token_endpoint: undefined }, /it has no token_endpoint/],
    [
      'with a directive',
      { token_endpoint: "https://a;script-src 'unsafe-inline'" },
      /its token_endpoint is no/,
    ],
    ['with a directive in a host', { token_endpoint: 'https://a;sandbox/' }, /its token_endpoint is no/],
    ['with a space', { token_endpoint: 'https://a b/' }, /its token_endpoint is no/],
    ['with a script', { authorization_endpoint: 'javascript:alert(1)' }, /its authorization_endpoint is no/],
    ['with any host', { token_endpoint: 'https://*.example/' }, /its token_endpoint is no/],
    ['in the clear', { token_endpoint: 'http://id.example/token' }, /its token_endpoint is no/],
  ])('is off with a document %s', async (_, others, words) => {
    provider.others = others;
    const { settings, policy } = await open();
    expect(settings).toEqual(problem);
    expect(Object.keys(policy)).toHaveLength(11);
    expect(policy['frame-src']).toBe("'self'");
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(words));
  });

  it.each(['end_session_endpoint', 'revocation_endpoint'])(
    'does without a %s that no browser should be sent to',
    async (name) => {
      provider.others = { [name]: "https://*.example/;script-src 'unsafe-inline'" };
      const { settings, policy } = await open();
      expect(settings).toEqual(signIn({ [name]: undefined }));
      expect(JSON.stringify(policy)).not.toContain('*.example');
      expect(warn).toHaveBeenCalledWith(expect.stringMatching(`without a part \\(its ${name} is no`));
    },
  );

  const documents: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'that is huge': (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...provider.metadata, more: 'a'.repeat(1024 * 1024) }));
    },
    'of lists in lists': (response) => response.end(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    'that is no JSON': (response) => response.end('<html>'),
    'that is empty': (response) => response.end(),
    'that is null': (response) => response.end('null'),
    'that is cut': (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"issuer":', () => response.destroy());
    },
    'of another status': (response) => response.writeHead(503).end(JSON.stringify(provider.metadata)),
    'that stands elsewhere': (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  };

  it.each(Object.entries(documents))('is off with a document %s', async (_, answer) => {
    provider.answer = answer;
    expect((await open()).settings).toEqual(problem);
    expect(new Set(provider.requests)).toEqual(new Set(['/realms/test/.well-known/openid-configuration']));
    expect((await exchange(server.url, { path: '/healthz' })).status).toBe(200);
  });

  it('keeps the page waiting for a few seconds at most', async () => {
    let closed = (): void => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    provider.answer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 100);
      response.once('close', () => {
        clearInterval(timer);
        closed();
      });
    };
    const took = await clockMs(open().then(({ settings }) => expect(settings).toEqual(problem)));
    expect(took).toBeLessThan(WITHIN_MS);
    await isClosed;
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('(PROVIDER_TIMEOUT)'));
  });

  it('is no matter of the page for renewals', async () => {
    expect((await exchange(server.url, { path: '/console/renewed' })).status).toBe(200);
    expect(provider.requests).toEqual([]);
  });
});

/** Opens the page of a server whose people would sign in at a provider. */
async function openWith(environment: Readonly<Record<string, string>>) {
  const provider = await new DiscoveryServer().start();
  const database = await createDatabase('PGlite');
  const variables = { ...database.environment, ...provider.environment, ...environment };
  const server = await TestServer.start(variables, undefined, writeConsole());
  const { body } = await exchange(server.url, { path: '/console' });
  await server.stop();
  await provider.stop();
  await database.drop();
  return { settings: settingsIn(body), provider };
}

describe('a console', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['with a shared secret', { AUTH_JWKS_URL: '' }],
    ['without a client', { AUTH_CLIENT_ID: '' }],
    [
      'in production, with a provider on this machine',
      { NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' },
    ],
  ])('%s asks no provider, and has a token pasted', async (_, environment) => {
    const { settings, provider } = await openWith(environment);
    const production = environment.NODE_ENV === 'production';
    expect(settings).toEqual({ ...rules, production, signIn: null });
    expect(provider.requests).toEqual([]);
  });

  it('asks its provider through the egress proxy', async () => {
    const proxy = await EgressProxy.start();
    const { settings, provider } = await openWith({ OUTBOUND_PROXY_URL: proxy.url() });
    expect(settings).toMatchObject({ signIn: { clientId: 'console' } });
    expect(proxy.targets).toEqual([new URL(provider.origin).host]);
    expect([proxy.requests, provider.requests.length]).toEqual([[], 1]);
    await proxy.stop();
  });
});
