import { createSecretKey } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import type { AccessScope } from './access-scope.js';
import { KeySetUnavailableError, TokenRefusedError, UnauthenticatedError } from './auth.errors.js';
import { TrustedProxies } from '../edge/trusted-proxies.js';
import { Authenticator } from './authenticator.js';
import { FailingTokens } from './failing-tokens.js';
import { issueToken } from './issue-token.js';
import { TokenVerifier } from './token-verifier.js';

const base = {
  ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
  AUTH_JWT_SECRET: 'a secret that is long enough for HS256',
};
const plain = loadConfig(base, []);
const strict = loadConfig({ ...base, AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'keystream' }, []);
const secret = createSecretKey(base.AUTH_JWT_SECRET, 'utf8');

/** A token of each kind that there may be. */
const accessTokens = {
  verify: (token: string) =>
    token === 'ks_good'
      ? Promise.resolve({
          userId: 'alice',
          expiresAt: new Date(2_000_000_000_000),
          mayUseServerKeys: false,
          accessToken: { id: 'token-1', scopes: new Set<AccessScope>(['CHAT']) },
        })
      : Promise.reject(token === 'ks_away' ? new KeySetUnavailableError() : new TokenRefusedError('unknown')),
  noteUse: () => undefined,
};

const refused: unknown[][] = [];
const authenticatorOf = (config: Config) => {
  const proxies = new TrustedProxies(config);
  const watch = { onRefused: (...refusal: unknown[]) => void refused.push(refusal) };
  return new Authenticator(
    new TokenVerifier(config),
    new FailingTokens(proxies),
    proxies,
    watch,
    accessTokens,
  );
};
const request = { headers: {}, socket: { remoteAddress: '192.0.2.1' } } as IncomingMessage;
const publicMessage = 'A valid token is needed: Authorization: Bearer <token>.';
const now = () => Math.floor(Date.now() / 1000);

const sign = (
  claims: Record<string, unknown>,
  header: { alg: string; crit?: string[] } = { alg: 'HS256' },
  key = secret,
) => new SignJWT(claims).setProtectedHeader(header).sign(key);
const good = () => ({ sub: 'alice', exp: now() + 60 });

// What is refused is logged, and not looked at here.
beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('Authenticator with a shared secret', () => {
  const authenticator = authenticatorOf(plain);
  const authenticate = async (token: string | Promise<string>) =>
    authenticator.authenticate(`Bearer ${await token}`, request);

  it('knows the user of a good token and when it ends', async () => {
    const exp = now() + 60;
    await expect(authenticate(sign({ sub: 'alice', exp }))).resolves.toEqual({
      userId: 'alice',
      // The leeway for clocks included.
      expiresAt: new Date((exp + 15) * 1000),
      mayUseServerKeys: true,
      accessToken: null,
      network: '192.0.2.0/24',
    });
  });

  it('takes the tokens that we issue, with issuer and audience where they are set', async () => {
    for (const config of [plain, strict]) {
      if (config.authentication.kind !== 'shared-secret') throw new Error('It should be HS256.');
      const token = await issueToken(config.authentication, 'auth0|ünï 🔑', 60);
      const user = await authenticatorOf(config).authenticate(`Bearer ${token}`, request);
      expect(user?.userId).toBe('auth0|ünï 🔑');
    }
  });

  it.each([undefined, null, ''])('takes %p for a request without a user', async (authorization) => {
    await expect(authenticator.authenticate(authorization, request)).resolves.toBeNull();
  });

  it('asks others whose an access token is, and takes none for a JWT', async () => {
    await expect(authenticate('ks_good')).resolves.toMatchObject({
      userId: 'alice',
      accessToken: { id: 'token-1' },
      network: '192.0.2.0/24',
    });
    refused.length = 0;
    const error: unknown = await authenticate('ks_bad').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', publicMessage });
    expect(refused).toEqual([['192.0.2.0/24', 'Bearer ks_bad']]);
  });

  it('does not take an access token that cannot be looked up for a bad one', async () => {
    refused.length = 0;
    await expect(authenticate('ks_away')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
    expect(refused).toEqual([]);
  });

  it('reads the scheme in any case', async () => {
    const token = await sign(good());
    for (const text of [`bearer ${token}`, `BEARER   ${token} `]) {
      await expect(authenticator.authenticate(text, request)).resolves.toMatchObject({ userId: 'alice' });
    }
  });

  it('leaves clocks a little leeway', async () => {
    await expect(authenticate(sign({ ...good(), exp: now() - 5 }))).resolves.toMatchObject({
      userId: 'alice',
    });
    await expect(authenticate(sign({ ...good(), nbf: now() + 5 }))).resolves.toMatchObject({
      userId: 'alice',
    });
  });

  it('refuses everything else with the same error', async () => {
    const otherKey = createSecretKey('another secret, long enough for HS256', 'utf8');
    const token = await sign(good());
    const [header, payload, signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...good(), sub: 'bob' })).toString('base64url');
    const expired = `Bearer ${await sign({ ...good(), exp: now() - 60 })}`;
    const bad: unknown[] = [
      'Bearer',
      'Bearer ',
      'Bearer not-a-token',
      `Basic ${token}`,
      token,
      `Bearer ${token}, Bearer ${token}`,
      `Bearer ${token}\n`,
      `Bearer ${'a'.repeat(20_000)}`,
      [`Bearer ${token}`],
      { toString: () => `Bearer ${token}` },
      5,
      `Bearer ${header}.${forged}.${signature}`,
      `Bearer ${header}.${payload}.`,
      `Bearer ${await sign(good(), { alg: 'HS256' }, otherKey)}`,
      `Bearer ${await sign(good(), { alg: 'HS512' }, createSecretKey(Buffer.alloc(64, 1)))}`,
      `Bearer ${new UnsecuredJWT(good()).encode()}`,
      expired,
      `Bearer ${await sign({ ...good(), nbf: now() + 60 })}`,
      `Bearer ${await sign({ sub: 'alice' })}`,
      `Bearer ${await sign({ ...good(), exp: 'tomorrow' })}`,
      `Bearer ${await sign({ ...good(), exp: 1e300 })}`,
      `Bearer ${await sign({ exp: now() + 60 })}`,
      `Bearer ${await sign({ ...good(), sub: '' })}`,
      `Bearer ${await sign({ ...good(), sub: 5 })}`,
      `Bearer ${await sign({ ...good(), sub: 'a'.repeat(256) })}`,
      `Bearer ${await sign({ ...good(), sub: 'al\u0000ice' })}`,
      `Bearer ${await sign({ ...good(), sub: 'alice\n' })}`,
      `Bearer ${await sign({ ...good(), sub: 'ali\u202ece' })}`,
    ];
    refused.length = 0;
    for (const authorization of bad) {
      const error: unknown = await authenticator
        .authenticate(authorization, request)
        .catch((thrown: unknown) => thrown);
      expect({ authorization, error }).toEqual({ authorization, error: expect.any(UnauthenticatedError) });
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED', httpStatus: 401, publicMessage });
      expect(error).not.toHaveProperty('cause');
    }
    const watched = bad.filter((authorization) => authorization !== expired);
    expect(refused).toEqual(watched.map((authorization) => ['192.0.2.0/24', authorization]));
  });

  it('holds tokens to issuer and audience where they are set', async () => {
    const strictly = authenticatorOf(strict);
    const right = { ...good(), iss: 'https://id.example', aud: ['other', 'keystream'] };
    await expect(strictly.authenticate(`Bearer ${await sign(right)}`, request)).resolves.toMatchObject({
      userId: 'alice',
    });
    for (const wrong of [
      { iss: 'https://id.example/' },
      { iss: undefined },
      { aud: 'other' },
      { aud: undefined },
    ]) {
      const token = await sign({ ...right, ...wrong });
      await expect(strictly.authenticate(`Bearer ${token}`, request)).rejects.toThrow(UnauthenticatedError);
    }
  });
});
