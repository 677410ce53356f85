import { ConfigError } from './config-error.js';
import { loadConfig } from './load-config.js';

const keySet = {
  ENCRYPTION_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  AUTH_JWKS_URL: 'https://id.example/jwks',
  AUTH_ISSUER: 'https://id.example/tenant/',
  AUTH_AUDIENCE: 'keystream',
};
const sharedSecret = {
  ...keySet,
  AUTH_JWKS_URL: '',
  AUTH_JWT_SECRET: 'a secret that is long enough for HS256',
};
const production = { NODE_ENV: 'production', DATABASE_URL: 'postgresql://u:p@db/keystream' };
const AUTH_CLIENT_ID = 'console';

const load = (environment: NodeJS.ProcessEnv) => loadConfig(environment, []);
const signInOf = (environment: NodeJS.ProcessEnv) => load(environment).console.signIn;

describe('the console', () => {
  it('is on unless it is turned off, in production, too', () => {
    expect(load(keySet).console).toEqual({ isOn: true, signIn: null });
    expect(load({ ...keySet, ...production }).console.isOn).toBe(true);
    expect(load({ ...keySet, CONSOLE: 'off', AUTH_CLIENT_ID }).console).toEqual({
      isOn: false,
      signIn: null,
    });
  });

  it('reports what is no value, by name', () => {
    expect(() => load({ ...keySet, CONSOLE: 'no', AUTH_CLIENT_ID: 'Zq7\u0000' })).toThrow(ConfigError);
    expect(() => load({ ...keySet, CONSOLE: 'no', AUTH_CLIENT_ID: 'Zq7\u0000' })).toThrow(
      / {2}CONSOLE: must be one of on, off\n {2}AUTH_CLIENT_ID: must be/,
    );
  });

  it('has people sign in with the provider whose tokens are accepted', () => {
    expect(signInOf({ ...keySet, AUTH_CLIENT_ID })).toEqual({
      clientId: AUTH_CLIENT_ID,
      issuer: 'https://id.example/tenant/',
      audience: 'keystream',
    });
    expect(load({ ...keySet, AUTH_CLIENT_ID }).warnings).toEqual([]);
  });

  it('warns of a client that has no provider', () => {
    const config = load({ ...sharedSecret, AUTH_CLIENT_ID });
    expect(config.console.signIn).toBeNull();
    expect(config.warnings).toEqual(['AUTH_CLIENT_ID has no effect without AUTH_JWKS_URL.']);
    expect(load(sharedSecret).warnings).toEqual([]);
  });

  it.each([
    'accounts.example',
    'urn:example:issuer',
    'ftp://id.example',
    'http://id.example',
    'http://127.0.0.1.id.example',
    'https://user@id.example',
    'https://id.example/?tenant=a',
    'https://id.example/?',
    'https://id.example/#a',
    'https://id.example;sandbox',
    'https://*.example',
    "https://id.example,'unsafe-inline'",
    'https:// id.example',
  ])('warns of an issuer that nobody can sign in at: %s', (AUTH_ISSUER) => {
    const config = load({ ...keySet, AUTH_CLIENT_ID, AUTH_ISSUER });
    expect(config.console.signIn).toBeNull();
    expect(config.warnings).toEqual([expect.stringMatching(/^AUTH_ISSUER is no https:\/\/ URL/)]);
    // Without the console's client, an issuer is any text.
    expect(load({ ...keySet, AUTH_ISSUER }).warnings).toEqual([]);
  });

  it.each(['http://localhost:8080', 'http://127.0.0.1:8080/realms/a', 'http://[::1]:8080'])(
    'takes an issuer on this machine outside production: %s',
    (AUTH_ISSUER) => {
      expect(signInOf({ ...keySet, AUTH_CLIENT_ID, AUTH_ISSUER })).not.toBeNull();
      expect(signInOf({ ...keySet, ...production, AUTH_CLIENT_ID, AUTH_ISSUER })).toBeNull();
      expect(signInOf({ ...keySet, ...production, AUTH_CLIENT_ID })).not.toBeNull();
    },
  );
});
