import type { AddressInfo } from 'node:net';
import { loadConfig } from './config/load-config.js';
import { firstSteps } from './first-steps.js';

const secrets = {
  ENCRYPTION_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  AUTH_JWT_SECRET: 'a secret that is long enough for HS256',
};
const here: AddressInfo = { address: '127.0.0.1', family: 'IPv4', port: 4000 };
const steps = (environment: NodeJS.ProcessEnv, listening = here, hasConsole = false): string =>
  firstSteps(loadConfig({ ...secrets, ...environment }, []), listening, { hasConsole }).join('\n');

describe('the first steps with a server', () => {
  it('are its pages, its endpoints, and a token', () => {
    expect(steps({})).toBe(
      [
        'GraphiQL: http://127.0.0.1:4000/graphiql',
        'Apollo Sandbox: http://127.0.0.1:4000/graphql',
        'Subscriptions: ws://127.0.0.1:4000/graphql, or server-sent events at http://127.0.0.1:4000/graphql/stream',
        'A token: npm run token -- --user alice',
      ].join('\n'),
    );
  });

  it.each([
    [{ address: '0.0.0.0', family: 'IPv4' }, 'http://localhost:4000/graphiql'],
    [{ address: '::', family: 'IPv6' }, 'http://localhost:4000/graphiql'],
    [{ address: '::1', family: 'IPv6' }, 'http://[::1]:4000/graphiql'],
  ])('lead to where a browser can go: %j', (address, expected) => {
    expect(steps({}, { ...address, port: 4000 })).toContain(expected);
  });

  it('begin with the console, where there is one', () => {
    expect(steps({}, here, true)).toMatch(/^Console: http:\/\/127\.0\.0\.1:4000\/console\nGraphiQL: /);
  });

  it('name who gives tokens where this server cannot', () => {
    const keySet = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' };
    expect(steps({ ...keySet, AUTH_JWT_SECRET: '' })).not.toContain('npm run token');
  });

  it('are none of production', () => {
    expect(steps({ NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' })).toBe('');
  });
});
