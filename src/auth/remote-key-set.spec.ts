import { createPublicKey, createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JWK,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { loadConfig } from '../config/load-config.js';
import { KeySetUnavailableError, UnauthenticatedError } from './auth.errors.js';
import { TokenVerifier } from './token-verifier.js';

const issuer = 'https://id.example';
const audience = 'keystream';

/** An OpenID provider's key set, on this machine. */
class KeySetServer {
  keys: JWK[] = [];
  status = 200;
  body: string | null = null;
  requests = 0;
  private readonly server: Server = createServer((_, response) => {
    this.requests += 1;
    response.writeHead(this.status, { 'content-type': 'application/json', location: '/elsewhere' });
    response.end(this.body ?? JSON.stringify({ keys: this.keys }));
  });

  async start(): Promise<URL> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks`);
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

describe('TokenVerifier with a key set', () => {
  let server: KeySetServer;
  let verifier: TokenVerifier;
  let first: GenerateKeyPairResult;
  let second: GenerateKeyPairResult;

  const publish = async (...named: [string, GenerateKeyPairResult][]) => {
    const jwkOf = async ([kid, { publicKey }]: [string, GenerateKeyPairResult]) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: 'RS256',
      use: 'sig',
    });
    server.keys = await Promise.all(named.map(jwkOf));
  };
  const good = () => ({ sub: 'alice', iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 60 });
  const sign = (claims: object, kid: string, pair: GenerateKeyPairResult) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid }).sign(pair.privateKey);

  beforeAll(async () => {
    Logger.overrideLogger(false);
    [first, second] = await Promise.all([
      generateKeyPair('RS256', { extractable: true }),
      generateKeyPair('RS256', { extractable: true }),
    ]);
  });
  beforeEach(async () => {
    server = new KeySetServer();
    const url = await server.start();
    await publish(['first', first]);
    const environment = {
      ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
      AUTH_JWKS_URL: url.href,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
    };
    verifier = new TokenVerifier(loadConfig(environment, []));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.stop();
  });

  it('fetches the keys once for many tokens', async () => {
    const token = await sign(good(), 'first', first);
    const users = await Promise.all([1, 2, 3].map(() => verifier.verify(token)));
    expect(users.map(({ userId }) => userId)).toEqual(['alice', 'alice', 'alice']);
    await verifier.verify(token);
    expect(server.requests).toBe(1);
  });

  it('learns of a new key, but asks for unknown ones only so often', async () => {
    await verifier.verify(await sign(good(), 'first', first));
    await publish(['first', first], ['second', second]);
    const rotated = await sign(good(), 'second', second);
    await expect(verifier.verify(rotated)).rejects.toThrow(UnauthenticatedError);
    expect(server.requests).toBe(1);

    const later = Date.now() + 31_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    await expect(verifier.verify(rotated)).resolves.toMatchObject({ userId: 'alice' });
    expect(server.requests).toBe(2);
    for (const kid of ['made', 'up']) {
      await expect(verifier.verify(await sign(good(), kid, second))).rejects.toThrow(UnauthenticatedError);
    }
    expect(server.requests).toBe(2);
  });

  it('forgets a key that is published no more', async () => {
    const token = await sign(good(), 'first', first);
    await verifier.verify(token);
    await publish(['second', second]);
    const later = Date.now() + 601_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    await expect(verifier.verify(token)).rejects.toThrow(UnauthenticatedError);
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['no end', { exp: undefined }],
    ['an end that has passed', { exp: 1 }],
  ])('refuses a token with %s', async (_, claims) => {
    const token = await sign({ ...good(), ...claims }, 'first', first);
    await expect(verifier.verify(token)).rejects.toThrow(UnauthenticatedError);
  });

  it("refuses a token that another key signed under a known key's id", async () => {
    await expect(verifier.verify(await sign(good(), 'first', second))).rejects.toThrow(UnauthenticatedError);
  });

  it('refuses a token without a signature', async () => {
    await expect(verifier.verify(new UnsecuredJWT(good()).encode())).rejects.toThrow(UnauthenticatedError);
    expect(server.requests).toBe(0);
  });

  it('does not take the public key for a shared secret', async () => {
    const pem = await exportSPKI(first.publicKey);
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    const modulus = Buffer.from(server.keys[0]?.n ?? '', 'base64url');
    for (const bytes of [Buffer.from(pem), der, modulus]) {
      const token = await new SignJWT(good())
        .setProtectedHeader({ alg: 'HS256', kid: 'first' })
        .sign(createSecretKey(bytes));
      await expect(verifier.verify(token)).rejects.toThrow(UnauthenticatedError);
    }
  });

  it('takes no symmetric key from the key set either', async () => {
    const bytes = Buffer.alloc(32, 7);
    server.keys = [{ kty: 'oct', k: bytes.toString('base64url'), kid: 'oct', alg: 'HS256' }];
    const token = await new SignJWT(good())
      .setProtectedHeader({ alg: 'HS256', kid: 'oct' })
      .sign(createSecretKey(bytes));
    await expect(verifier.verify(token)).rejects.toThrow(UnauthenticatedError);
  });

  describe('whose keys cannot be had', () => {
    const unavailable = async () => {
      const token = await sign(good(), 'first', first);
      const error: unknown = await verifier.verify(token).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeySetUnavailableError);
      expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true, httpStatus: 503 });
      expect(error).not.toHaveProperty('cause');
    };

    it('says so, and goes on once they can', async () => {
      server.status = 500;
      await unavailable();
      server.status = 200;
      await expect(verifier.verify(await sign(good(), 'first', first))).resolves.toMatchObject({
        userId: 'alice',
      });
    });

    it('says so when no server listens, and the log says why', async () => {
      const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      await server.stop();
      await unavailable();
      expect(warn).toHaveBeenCalledWith(
        'The key set at AUTH_JWKS_URL cannot be fetched or read (ECONNREFUSED).',
      );
      warn.mockRestore();
    });

    it.each([
      ['no JSON', '<html>'],
      ['no key set', '{"keys":1}'],
    ])('says so for an answer that is %s', async (_, body) => {
      server.body = body;
      await unavailable();
    });

    it('says so for a redirect, which is not followed', async () => {
      server.status = 302;
      await unavailable();
      expect(server.requests).toBe(1);
    });
  });
});
