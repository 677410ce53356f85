import { createPublicKey, createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type GenerateKeyPairResult,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { doors } from '../support/doors.js';
import { JWT_SECRET, signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

const ISSUER = 'https://id.example';
const AUDIENCE = 'keystream';
const inAnHour = () => Math.floor(Date.now() / 1_000) + 3_600;

type Claims = Record<string, unknown>;
type Forge = (claims: Claims) => Promise<string> | string;

const signed =
  (header: { alg: string; kid?: string }, key: Parameters<SignJWT['sign']>[0]): Forge =>
  (claims) =>
    new SignJWT(claims).setProtectedHeader(header).sign(key);
const secretOf = (text: string) => new TextEncoder().encode(text);
/** A token with another header, under the signature of the one that it was made of. */
const withHeader = (token: string, header: object): string =>
  [Buffer.from(JSON.stringify(header)).toString('base64url'), ...token.split('.').slice(1)].join('.');

const FORM_TYPE = 'multipart/form-data; boundary=b';
const FORM = '--b\r\ncontent-disposition: form-data; name="file"\r\n\r\na text\r\n--b--\r\n';

/** Every way in; resolves with whether it lets the token's user in. */
function waysInto(server: () => { readonly url: string }) {
  const overHttp =
    (method: string, path: string, body?: string, type = 'application/json') =>
    async (authorization: string) => {
      const headers = { authorization, 'content-type': type };
      const response = await fetch(server().url + path, { method, headers, ...(body && { body }) });
      const text = await response.text();
      expect([200, 201, 401]).toContain(response.status);
      if (response.status === 401) expect(text).toContain('"UNAUTHENTICATED"');
      return response.ok;
    };
  return [
    ['POST /graphql', overHttp('POST', '/graphql', JSON.stringify({ query: '{ viewer { id } }' }))],
    ['GET /export', overHttp('GET', '/export')],
    ['POST /attachments', overHttp('POST', '/attachments', FORM, FORM_TYPE)],
    ['GET /v1/models', overHttp('GET', '/v1/models')],
    ...doors.map(
      (door) =>
        [
          door.name,
          async (authorization: string) => {
            const refusal = await door.knock(server(), { authorization });
            if (refusal !== null) expect(refusal).toBe(door.refusals.token);
            return refusal === null;
          },
        ] as const,
    ),
  ] as const;
}

describe('a token that nobody issued, to a server with a secret', () => {
  const running = useServerProcess({ AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE });
  const good = (): Claims => ({ sub: 'alice', iss: ISSUER, aud: AUDIENCE, exp: inAnHour() });
  const withSecret = signed({ alg: 'HS256' }, secretOf(JWT_SECRET));
  const forgeries: Readonly<Record<string, () => Promise<string> | string>> = {
    'without a signature (alg none)': () => new UnsecuredJWT(good()).encode(),
    'with alg none over a good signature': async () => withHeader(await withSecret(good()), { alg: 'none' }),
    'with alg nOnE over a good signature': async () => withHeader(await withSecret(good()), { alg: 'nOnE' }),
    'with its signature cut off': async () => (await withSecret(good())).replace(/[^.]+$/, ''),
    'of another secret': () => signed({ alg: 'HS256' }, secretOf('x'.repeat(40)))(good()),
    'of another algorithm': () => signed({ alg: 'HS512' }, secretOf(JWT_SECRET.repeat(2)))(good()),
    'that has expired': () => withSecret({ ...good(), exp: 1 }),
    'without an end': () => withSecret({ ...good(), exp: undefined }),
    'that is not yet good': () => withSecret({ ...good(), nbf: inAnHour() }),
    'of another issuer': () => withSecret({ ...good(), iss: `${ISSUER}.evil.example` }),
    'for another audience': () => withSecret({ ...good(), aud: ['another'] }),
    'without a user': () => withSecret({ ...good(), sub: undefined }),
    'whose user is no text': () => withSecret({ ...good(), sub: { toString: 'alice' } }),
    'whose user is a line break': () => withSecret({ ...good(), sub: 'alice\n' }),
  };

  describe.each(waysInto(() => running().server))('is refused at %s', (_, isLetIn) => {
    it.each(Object.entries(forgeries))('%s', async (_name, forge) => {
      expect(await isLetIn(`Bearer ${await forge()}`)).toBe(false);
    });

    it('and a good one is not', async () => {
      expect(await isLetIn(`Bearer ${await withSecret(good())}`)).toBe(true);
    });
  });
});

describe('a token that nobody issued, to a server with a key set', () => {
  let provider: Server;
  const environment: Record<string, string | undefined> = { AUTH_JWT_SECRET: undefined };
  let pair: GenerateKeyPairResult;
  let other: GenerateKeyPairResult;
  beforeAll(async () => {
    [pair, other] = await Promise.all([
      generateKeyPair('RS256', { extractable: true }),
      generateKeyPair('RS256'),
    ]);
    const key = { ...(await exportJWK(pair.publicKey)), kid: 'first', alg: 'RS256', use: 'sig' };
    provider = createServer((_, response) => void response.end(JSON.stringify({ keys: [key] }))).listen(
      0,
      '127.0.0.1',
    );
    await once(provider, 'listening');
    const { port } = provider.address() as AddressInfo;
    Object.assign(environment, {
      AUTH_JWKS_URL: `http://127.0.0.1:${String(port)}/jwks`,
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
    });
  });
  // It is read when the server starts, after the hook above.
  const running = useServerProcess(environment);
  afterAll(() => {
    provider.closeAllConnections();
    provider.close();
  });

  const good = (): Claims => ({ sub: 'alice', iss: ISSUER, aud: AUDIENCE, exp: inAnHour() });
  const withKey: Forge = (claims) => signed({ alg: 'RS256', kid: 'first' }, pair.privateKey)(claims);
  const withPublic = async (bytesOf: (pem: string) => Buffer) =>
    signed(
      { alg: 'HS256', kid: 'first' },
      createSecretKey(bytesOf(await exportSPKI(pair.publicKey))),
    )(good());
  const forgeries: Readonly<Record<string, () => Promise<string> | string>> = {
    'without a signature (alg none)': () => new UnsecuredJWT(good()).encode(),
    'with alg none over a good signature': async () =>
      withHeader(await withKey(good()), { alg: 'none', kid: 'first' }),
    'signed with the public key as a secret (HS256), as PEM': () => withPublic((pem) => Buffer.from(pem)),
    'signed with it as DER': () =>
      withPublic((pem) => createPublicKey(pem).export({ type: 'spki', format: 'der' })),
    'of a shared secret': () => signToken('alice'),
    'of a key that is not in the set': () => signed({ alg: 'RS256', kid: 'first' }, other.privateKey)(good()),
    'that brings its own key': async () =>
      new SignJWT(good())
        .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK(other.publicKey) })
        .sign(other.privateKey),
    'that names a key set of its own': () =>
      new SignJWT(good())
        .setProtectedHeader({ alg: 'RS256', kid: 'first', jku: 'http://127.0.0.1:9/jwks' })
        .sign(other.privateKey),
    'that has expired': () => withKey({ ...good(), exp: 1 }),
    'of another issuer': () => withKey({ ...good(), iss: 'https://evil.example' }),
    'for another audience': () => withKey({ ...good(), aud: 'another' }),
  };

  describe.each(waysInto(() => running().server))('is refused at %s', (_, isLetIn) => {
    it.each(Object.entries(forgeries))('%s', async (_name, forge) => {
      expect(await isLetIn(`Bearer ${await forge()}`)).toBe(false);
    });

    it('and a good one is not', async () => {
      expect(await isLetIn(`Bearer ${await withKey(good())}`)).toBe(true);
    });
  });
});
