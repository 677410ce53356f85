import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { TokenVerifier } from '../auth/token-verifier.js';
import { StartupError } from '../common/startup-error.js';
import { loadConfig } from '../config/load-config.js';
import { tokenCommand } from './token-command.js';

describe('npm run token', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keystream-token-'));
    environment = { DATA_DIR: join(folder, 'data') };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes the development secret where there is none, and the server takes the token', async () => {
    const { token, warnings } = await tokenCommand(['--user', 'alice'], environment);
    expect(warnings).toContainEqual(expect.stringContaining('AUTH_JWT_SECRET is not set'));
    const verifier = new TokenVerifier(loadConfig(environment, []));
    await expect(verifier.verify(token)).resolves.toMatchObject({ userId: 'alice' });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
  });

  it.each([
    [[], 3_600],
    [['--ttl', '90s'], 90],
    [['--ttl=30m'], 1_800],
    [['--ttl', '2h'], 7_200],
    [['--ttl', '365d'], 31_536_000],
  ])('lets the token live as long as %j says', async (ttl, seconds) => {
    const { token } = await tokenCommand(['--user', 'alice', ...ttl], environment);
    const { iat = 0, exp = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(seconds);
  });

  it('signs with the secret of production', async () => {
    const production = {
      NODE_ENV: 'production',
      ENCRYPTION_KEY: '0123456789abcdef'.repeat(4),
      AUTH_JWT_SECRET: 'a secret that is long enough for HS256',
      AUTH_ISSUER: 'https://keystream.example',
      ALLOW_EMBEDDED_DATABASE: 'true',
    };
    const { token, warnings } = await tokenCommand(['--user', 'alice'], { ...environment, ...production });
    expect(warnings).toEqual([]);
    expect(decodeJwt(token).iss).toBe('https://keystream.example');
  });

  it('says that it cannot sign for an OpenID provider', async () => {
    const keySet = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' };
    await expect(tokenCommand(['--user', 'alice'], { ...environment, ...keySet })).rejects.toThrow(
      'AUTH_JWKS_URL is set: the tokens come from that OpenID provider',
    );
  });

  it.each([
    [[], '--user is missing'],
    [['--user', ''], '--user takes'],
    [['--user', 'a\u0007'], '--user takes'],
    [['--user', 'alice', '--ttl', '1'], '--ttl takes'],
    [['--user', 'alice', '--ttl', '0h'], '--ttl takes'],
    [['--user', 'alice', '--ttl', '1.5h'], '--ttl takes'],
    [['--user', 'alice', '--ttl', '366d'], '--ttl takes'],
    [['--user', 'alice', '--admin'], "Unknown option '--admin'"],
    [['alice'], 'Unexpected argument'],
  ])('explains its use after %j', async (commandLine, message) => {
    const act = tokenCommand(commandLine, environment);
    await expect(act).rejects.toThrow(StartupError);
    await expect(act).rejects.toThrow(message);
    await expect(act).rejects.toThrow('Usage: npm run token -- --user');
  });
});
