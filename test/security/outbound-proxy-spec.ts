import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { EgressProxy, startTlsFront } from '../support/egress-proxy.js';
import { type ServerProcess, useProcesses, type Environment } from '../support/server-process.js';
import { AUTHORITY } from '../support/tls-proxy.js';

const KEY = 'key-of-alice-0123456789';
const PASSWORD = 'zq7rWx2kPm9LtVb4';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { provider } }';

describe('the way to the internet', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let proxy: EgressProxy;
  let front: Awaited<ReturnType<typeof startTlsFront>>;
  beforeEach(async () => {
    database = await createDatabase();
    proxy = await EgressProxy.start();
    front = await startTlsFront(processes.standIn.url);
  });
  afterEach(async () => {
    await front.stop();
    await proxy.stop();
    await database.drop();
  });

  /** A server whose providers are reached by TLS only, with a certificate of {@link AUTHORITY}. */
  const start = (others: Environment): Promise<ServerProcess> => {
    const overTls = Object.fromEntries(
      Object.entries(processes.standIn.environment()).map(([name, url]) => [
        name,
        url.replace(processes.standIn.url, front.url),
      ]),
    );
    return processes.start({
      ...processes.environment(database.environment),
      ...overTls,
      NODE_EXTRA_CA_CERTS: AUTHORITY,
      ...others,
    });
  };

  const search = async (server: ServerProcess) => {
    processes.standIn.acceptKey('BRAVE', KEY);
    await server.storeKey('alice', 'BRAVE', KEY);
    return server.post('alice', SEARCH, { input: { query: 'words', provider: 'BRAVE' } });
  };

  const target = (): string => new URL(front.url).host;

  it("leads through the operator's proxy, for chats and searches, and the password is nowhere", async () => {
    const server = await start({ OUTBOUND_PROXY_URL: proxy.url(`user:${PASSWORD}`) });
    expect(await search(server)).toMatchObject({ errors: [], data: { webSearch: { provider: 'BRAVE' } } });
    processes.standIn.acceptKey('OPENAI', KEY);
    await server.storeKey('alice', 'OPENAI', KEY);
    expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    expect(new Set(proxy.targets)).toEqual(new Set([target()]));
    expect(proxy.requests).toEqual([]);

    await proxy.stop();
    expect(await search(server)).toMatchObject({
      errors: [{ extensions: { code: 'PROVIDER_UNAVAILABLE' } }],
    });
    const line = await server.logged('The proxy at OUTBOUND_PROXY_URL lets nothing through');
    expect(line).toMatchObject({ level: 40, code: expect.stringMatching(/^PROXY_/) });
    expect(await server.logged('A provider failed')).toMatchObject({ provider: 'BRAVE', errno: line.code });
    const { stdout, stderr } = await server.kill('SIGTERM');
    for (const secret of [PASSWORD, Buffer.from(`user:${PASSWORD}`).toString('base64')])
      expect(stdout + stderr).not.toContain(secret);
  });

  it('leads to the identity provider by the same proxy', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'first', alg: 'ES256' }];
    const provider = createServer((_, response) => response.end(JSON.stringify({ keys })));
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const host = `127.0.0.1:${String((provider.address() as AddressInfo).port)}`;
    const server = await start({
      OUTBOUND_PROXY_URL: proxy.url(),
      AUTH_JWT_SECRET: undefined,
      AUTH_JWKS_URL: `http://${host}/jwks`,
      AUTH_ISSUER: 'issuer',
      AUTH_AUDIENCE: 'audience',
    });
    const token = await new SignJWT({ sub: 'alice', iss: 'issuer', aud: 'audience' })
      .setProtectedHeader({ alg: 'ES256', kid: 'first' })
      .setExpirationTime('1h')
      .sign(pair.privateKey);
    const answer = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ viewer { id } }"}',
    });
    expect(await answer.json()).toEqual({ data: { viewer: { id: 'alice' } } });
    expect(proxy.targets).toEqual([host]);
    provider.closeAllConnections();
    provider.close();
  });

  it('is led nowhere by the variables that other programs read', async () => {
    const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
    const server = await start({
      ...Object.fromEntries(variables.map((name) => [name, proxy.url()])),
      // With it, Node itself looks at them.
      NODE_USE_ENV_PROXY: '1',
    });
    expect(await search(server)).toMatchObject({ errors: [] });
    expect([proxy.targets, proxy.requests]).toEqual([[], []]);
  });

  it('is led past the proxy by none of them either', async () => {
    const server = await start({ OUTBOUND_PROXY_URL: proxy.url(), NO_PROXY: '*', no_proxy: '*' });
    expect(await search(server)).toMatchObject({ errors: [] });
    expect(proxy.targets).toEqual([target()]);
  });

  it('ends at a certificate of an authority that nobody named in NODE_EXTRA_CA_CERTS', async () => {
    const server = await start({ NODE_EXTRA_CA_CERTS: undefined });
    expect(await search(server)).toMatchObject({
      errors: [{ extensions: { code: 'PROVIDER_UNAVAILABLE' } }],
    });
    expect(await server.logged('A provider failed')).toMatchObject({
      errno: expect.stringMatching(/^(UNABLE_TO_|SELF_SIGNED_)/),
    });
    expect(processes.standIn.requests).toEqual([]);
  });
});
