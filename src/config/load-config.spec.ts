import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { ProviderDefinition } from '../common/provider-definition.js';
import { ConfigError } from './config-error.js';
import { unwrapped } from './encryption.js';
import { listVariables, loadConfig } from './load-config.js';

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const OTHER_KEY = 'ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100';
const JWT_SECRET = 'a secret that is long enough for HS256';

const madeUp: ProviderDefinition = {
  id: 'MADE_UP',
  kind: 'CHAT',
  displayName: 'Made Up',
  description: 'A provider of this test.',
  environment: {
    apiKey: 'MADE_UP_API_KEY',
    endpoints: {
      api: { variable: 'MADE_UP_BASE_URL', default: 'https://api.made-up.example', acceptedSuffix: '/v1' },
      files: { variable: 'MADE_UP_FILES_BASE_URL', default: 'https://files.made-up.example' },
    },
    defaultModel: { variable: 'MADE_UP_DEFAULT_MODEL', default: 'made-up-small' },
  },
  keyPrefixes: { public: [], unmistakable: [] },
};
const engine: ProviderDefinition = {
  id: 'ENGINE',
  kind: 'SEARCH',
  displayName: 'Engine',
  description: 'A search engine of this test.',
  environment: {
    apiKey: 'ENGINE_API_KEY',
    endpoints: { api: { variable: 'ENGINE_BASE_URL', default: 'https://engine.example' } },
  },
  keyPrefixes: { public: [], unmistakable: [] },
};

const development = { ENCRYPTION_KEY: KEY, AUTH_JWT_SECRET: JWT_SECRET };
const production = { ...development, NODE_ENV: 'production', DATABASE_URL: 'postgresql://u:p@db/keystream' };

const load = (environment: NodeJS.ProcessEnv) => loadConfig(environment, [madeUp, engine]);

/** Every variable that takes an http:// URL: a new one is held to their rule, too. */
const urlVariables = listVariables([madeUp, engine])
  .filter(({ parse }) => {
    try {
      return String(parse('http://elsewhere.example')).startsWith('http://elsewhere.example');
    } catch {
      return false;
    }
  })
  .filter(({ name }) => name.endsWith('_URL'));

/** Each mistake as `VARIABLE: message`. */
function mistakesOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map((m) => `${m.variable}: ${m.message}`);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('has the documented defaults', () => {
    const config = load(development);
    expect(config.general).toMatchObject({
      nodeEnvironment: 'development',
      production: false,
      environmentName: 'development',
      logLevel: 'info',
      dataDirectory: join(process.cwd(), 'data'),
    });
    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 4000,
      metricsPort: null,
      tracesEndpoint: null,
      persistedOperations: null,
      allowedOrigins: null,
      trustedProxies: [],
      maxBodyBytes: 1_048_576,
      maxFrameBytes: 1_048_576,
      drainTimeoutMs: 30_000,
    });
    expect(config.database).toEqual({ url: null, migrationUrl: null });
    expect(config.chat.maxDurationMs).toBe(600_000);
    expect(config.limits).toEqual({
      streamsPerUser: 20,
      streamsPerServer: 10_000,
      chatsPerMinute: 120,
      searchesPerMinute: 60,
      keyChangesPerMinute: 60,
    });
    expect(config.getProvider('ENGINE').settings).toEqual({
      endpoints: { api: 'https://engine.example' },
      firstByteTimeoutMs: 15_000,
      idleTimeoutMs: 15_000,
    });
  });

  it.each([
    ['off', {}],
    ['public', { CUSTOM_ENDPOINTS: 'public' }],
    ['any', { CUSTOM_ENDPOINTS: 'any' }],
  ] as const)('lets users name addresses in production only as far as it is told to: %s', (mode, set) => {
    expect(load({ ...production, ...set }).outbound.customEndpoints).toBe(mode);
    expect(load(development).outbound.customEndpoints).toBe('public');
    expect(load({ ...development, CUSTOM_ENDPOINTS: 'off' }).outbound.customEndpoints).toBe('off');
    expect(mistakesOf({ ...development, CUSTOM_ENDPOINTS: 'all' })).toHaveLength(1);
  });

  it('has neither a key nor an address nor a model for a provider without variables', () => {
    const endpoint: ProviderDefinition = { ...madeUp, id: 'ENDPOINT', environment: null };
    expect(
      listVariables([endpoint])
        .map(({ name }) => name)
        .join(),
    ).not.toContain('MADE_UP');
    const environment = { ...development, MADE_UP_API_KEY: 'a-key-of-nobody-0123456789' };
    expect(loadConfig(environment, [endpoint]).getProvider('ENDPOINT')).toMatchObject({
      serverKey: null,
      defaultModel: null,
      settings: { endpoints: {} },
    });
  });

  it('counts an empty value as unset', () => {
    expect(load({ ...development, PORT: '', DATABASE_URL: '', MADE_UP_API_KEY: '' }).server.port).toBe(4000);
  });

  it("reads a made-up provider's variables by its definition alone", () => {
    const { settings, serverKey, defaultModel } = load({
      ...development,
      MADE_UP_API_KEY: ' mu-key\n',
      MADE_UP_BASE_URL: 'http://127.0.0.1:9/gateway/v1/',
      MADE_UP_DEFAULT_MODEL: 'made-up-large',
      CHAT_IDLE_TIMEOUT_MS: '5',
    }).getProvider('MADE_UP');
    expect(serverKey?.reveal()).toBe('mu-key');
    expect(defaultModel).toBe('made-up-large');
    expect(settings).toEqual({
      endpoints: { api: 'http://127.0.0.1:9/gateway', files: 'https://files.made-up.example' },
      firstByteTimeoutMs: 60_000,
      idleTimeoutMs: 5,
    });
  });

  describe("a server's key", () => {
    const other: ProviderDefinition = {
      ...madeUp,
      id: 'OTHER',
      displayName: 'Other',
      environment: {
        apiKey: 'OTHER_API_KEY',
        endpoints: { api: { variable: 'OTHER_BASE_URL', default: 'https://api.other.example' } },
      },
      keyPrefixes: { public: ['ot-'], unmistakable: ['ot-'] },
    };
    const mistakes = (environment: NodeJS.ProcessEnv): string[] => {
      try {
        loadConfig({ ...development, ...environment }, [madeUp, engine, other]);
      } catch (error) {
        if (error instanceof ConfigError) return error.mistakes.map((m) => `${m.variable}: ${m.message}`);
        throw error;
      }
      return [];
    };

    it('is read as it was meant', () => {
      const config = load({ ...development, MADE_UP_API_KEY: "MADE_UP_API_KEY='mu-key'" });
      expect(config.getProvider('MADE_UP').serverKey?.reveal()).toBe('mu-key');
    });

    it('stops the start where it is none, with all mistakes at once and no value', () => {
      const found = mistakes({
        MADE_UP_API_KEY: 'mu-****Zq77',
        ENGINE_API_KEY: 'your-Zq77-key',
        OTHER_API_KEY: 'ot-Zq77 ot-Zq78',
        PORT: 'Zq77',
      });
      expect(found).toEqual([
        expect.stringMatching(/^PORT: /),
        'MADE_UP_API_KEY: is a masked key, of which a part is hidden: paste the whole key',
        'ENGINE_API_KEY: is a placeholder: put the key itself in its place',
        'OTHER_API_KEY: has white space in it: paste the key alone, in one piece',
      ]);
      expect(found.join()).not.toContain('Zq77');
    });

    it("is not unmistakably another provider's, where it goes to the provider itself", () => {
      const keys = {
        MADE_UP_API_KEY: '"ot-Zq77"',
        ENGINE_API_KEY: 'Bearer ot-Zq77',
        OTHER_API_KEY: 'mu-Zq77',
      };
      expect(mistakes(keys)).toEqual([
        'MADE_UP_API_KEY: looks like a key of Other, not of Made Up',
        'ENGINE_API_KEY: looks like a key of Other, not of Engine',
      ]);
      const gateway = 'https://gateway.example';
      expect(mistakes({ ...keys, MADE_UP_BASE_URL: gateway, ENGINE_BASE_URL: gateway })).toEqual([]);
    });
  });

  it('refuses to speak of a provider it was not loaded with', () => {
    expect(() => load(development).getProvider('NOBODY')).toThrow('NOBODY');
  });

  it('reports all mistakes at once, by name and never by value', () => {
    const mistaken = {
      NODE_ENV: 'staging-Zq7',
      PORT: '65536-Zq7',
      HOST: 'not a host Zq7',
      DATABASE_URL: 'mysql://u:Zq7@db/x',
      ENCRYPTION_KEY: 'Zq7',
      ENCRYPTION_KEYS_PREVIOUS: `${KEY},Zq7`,
      AUTH_JWT_SECRET: 'Zq7',
      AUTH_ISSUER: 'Zq7\u0000',
      ALLOWED_ORIGINS: 'https://fine.example,Zq7',
      MADE_UP_API_KEY: 'Zq7 Zq7',
      MADE_UP_BASE_URL: 'ftp://Zq7',
      MADE_UP_DEFAULT_MODEL: 'Zq7 Zq7',
      CHAT_MAX_DURATION_MS: 'Zq7',
      LOG_LEVEL: 'Zq7',
      ENVIRONMENT_NAME: '/Zq7',
      ALLOW_EMBEDDED_DATABASE: 'Zq7',
    };
    let message = '';
    try {
      load(mistaken);
    } catch (error) {
      message = error instanceof ConfigError ? error.message : String(error);
    }
    for (const name of Object.keys(mistaken)) expect(message).toContain(`\n  ${name}: `);
    expect(message).toContain(`has ${Object.keys(mistaken).length} mistakes`);
    expect(message).not.toContain('Zq7');
  });

  it('prints as nothing', () => {
    const config = load(production);
    expect(inspect(config) + JSON.stringify({ config })).not.toContain('u:p@db');
  });

  describe('in production', () => {
    it('needs an encryption key, a database and a way to check tokens', () => {
      expect(mistakesOf({ NODE_ENV: 'production' })).toEqual([
        'DATABASE_URL: is required in production, unless ALLOW_EMBEDDED_DATABASE=true',
        'ENCRYPTION_KEY: is required in production, unless ENCRYPTION_KEY_WRAPPED is set',
        'AUTH_JWT_SECRET: is required in production, unless AUTH_JWKS_URL is set',
      ]);
    });

    it('runs on the embedded database only when asked to', () => {
      const embedded = { ...production, DATABASE_URL: '' };
      expect(mistakesOf(embedded)).toHaveLength(1);
      expect(load({ ...embedded, ALLOW_EMBEDDED_DATABASE: 'true' }).database.url).toBeNull();
    });

    describe.each(urlVariables)('$name', ({ name }) => {
      const environment = {
        ...production,
        ...{ AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' },
        ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      };
      const mistake = `${name}: must be an https:// URL in production, unless it leads to this machine`;

      it.each([
        'http://elsewhere.example',
        'HTTP://10.0.0.7:8080/path',
        'http://127.0.0.1.elsewhere.example',
        'http://127.elsewhere.example',
        'http://localhost.elsewhere.example',
        'http://elsewhere.localhost',
        'http://localhost.',
        'http://0.0.0.0',
        'http://[::]',
        'http://[::2]',
        'http://128.0.0.1',
        'http://0x80.1',
        'http://169.254.169.254',
        'http://[::ffff:10.0.0.1]',
        'http:\\\\elsewhere.example',
        'http:elsewhere.example',
      ])('does not take %s', (url) => {
        expect(mistakesOf({ ...environment, [name]: url })).toEqual([mistake]);
        expect(mistakesOf({ ...environment, NODE_ENV: 'development', [name]: url })).toEqual([]);
      });

      it.each([
        'https://elsewhere.example',
        'http://localhost:8080/path',
        'http://LOCALHOST',
        'http://127.0.0.1',
        'http://127.255.255.254:9',
        'http://[::1]:8080',
        // What the URL parser takes for 127.0.0.1.
        'http://0x7f.1',
        'http://2130706433',
        'http://[::ffff:127.0.0.1]',
      ])('takes %s', (url) => {
        expect(mistakesOf({ ...environment, [name]: url })).toEqual([]);
      });
    });

    it('covers every variable that takes an http:// URL', () => {
      expect(urlVariables.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'AUTH_JWKS_URL',
          'MADE_UP_BASE_URL',
          'MADE_UP_FILES_BASE_URL',
          'ENGINE_BASE_URL',
        ]),
      );
    });

    it('checks certificates', () => {
      const unchecked = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      expect(mistakesOf({ ...production, ...unchecked })).toEqual([
        expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED: must not turn certificate checks off/),
      ]);
      expect(mistakesOf({ ...development, ...unchecked })).toEqual([]);
      // Node takes these for "on".
      for (const value of ['', '1', 'false', '00', ' 0']) {
        expect(mistakesOf({ ...production, NODE_TLS_REJECT_UNAUTHORIZED: value })).toEqual([]);
      }
    });
  });

  describe('who signs tokens', () => {
    it('asks for issuer and audience with a key set', () => {
      expect(mistakesOf({ ...development, AUTH_JWKS_URL: 'https://id.example/jwks' })).toEqual([
        'AUTH_ISSUER: is required with AUTH_JWKS_URL',
        'AUTH_AUDIENCE: is required with AUTH_JWKS_URL',
      ]);
    });

    it('takes the key set alone where both are set, and says so', () => {
      const config = load({
        ...development,
        AUTH_JWKS_URL: 'https://id.example/jwks',
        AUTH_ISSUER: 'https://id.example',
        AUTH_AUDIENCE: 'keystream',
      });
      expect(config.authentication.kind).toBe('key-set');
      expect(config.warnings).toContain('AUTH_JWT_SECRET has no effect beside AUTH_JWKS_URL.');
    });

    it('counts the bytes of the secret, not its characters', () => {
      expect(mistakesOf({ ...development, AUTH_JWT_SECRET: 'äöüßéèêàâîôûçñåø' })).toEqual([]);
      expect(mistakesOf({ ...development, AUTH_JWT_SECRET: 'u'.repeat(31) })).toEqual([
        'AUTH_JWT_SECRET: has 31 bytes; HS256 needs at least 32',
      ]);
    });
  });

  describe('a secret that is not random', () => {
    const weak = [
      ...['a', '0', ' ', 'ü', 'ab', 'abc', 'password', '1234567890', 'change-me-please'.slice(0, 15)],
    ].map((unit) => unit.repeat(64).slice(0, 64));
    const few = ['a'.repeat(63) + 'b', '01101001'.repeat(4) + '11010010'.repeat(4), `${'b'.repeat(40)}cdef`];

    it.each([...weak, ...few])(
      'such as %j is refused, in any environment where it is set by hand',
      (secret) => {
        for (const environment of [development, production]) {
          expect(mistakesOf({ ...environment, AUTH_JWT_SECRET: secret })).toEqual([
            expect.stringMatching(/^AUTH_JWT_SECRET: .* not random; make a new one$/),
          ]);
        }
      },
    );

    it('is refused as an encryption key, but for those that older versions sealed with', () => {
      const key = '01234567'.repeat(8);
      expect(mistakesOf({ ...development, ENCRYPTION_KEY: key })).toEqual([
        'ENCRYPTION_KEY: repeats a few characters, so it is not random; make a new one',
      ]);
      expect(mistakesOf({ ...development, ENCRYPTION_KEYS_PREVIOUS: key })).toEqual([]);
    });

    it.each(['a secret for tests, of more than 32 bytes', 'correct horse battery staple, twice!'])(
      'is none that is a sentence: %s',
      (secret) => expect(mistakesOf({ ...development, AUTH_JWT_SECRET: secret })).toEqual([]),
    );
  });

  describe('TRUST_PROXY', () => {
    it.each(['10.0.0.1', '10.0.0.0/8, fd00::/8,::1', '::ffff:10.0.0.0/104', '0.0.0.0/0', '2001:db8::1/128'])(
      'takes %s',
      (value) => expect(mistakesOf({ ...development, TRUST_PROXY: value })).toEqual([]),
    );

    it.each([
      ...[
        'true',
        '1',
        'loopback',
        '*',
        'proxy.example',
        '10.0.0.1:80',
        '[::1]',
        '10.0.0.0/33',
        '10.0.0.0/-1',
      ],
      ...[
        '10.0.0.0/',
        '10.0.0.0/8/8',
        '10.0.0.0/08',
        '10.0.0.0/255.0.0.0',
        '10.1',
        '010.0.0.1',
        '0x0a.0.0.1',
      ],
      ...['::/129', '::ffff:10.0.0.0/95', '10.0.0.1,', ',', Array(101).fill('10.0.0.1').join(',')],
    ])('refuses %s', (value) => {
      const mistakes = mistakesOf({ ...development, TRUST_PROXY: value });
      expect(mistakes).not.toEqual([]);
      for (const mistake of mistakes) expect(mistake).toMatch(/^TRUST_PROXY: (item \d+ )?must be/);
    });
  });

  describe('encryption keys', () => {
    it('become their bytes, in either case of the letters', () => {
      const { currentKey, previousKeys } = load({
        ...development,
        ENCRYPTION_KEY: KEY.toUpperCase(),
        ENCRYPTION_KEYS_PREVIOUS: ` ${OTHER_KEY} `,
      }).encryption;
      expect(unwrapped(currentKey).export().toString('hex')).toBe(KEY);
      expect(previousKeys.map((key) => unwrapped(key).export().toString('hex'))).toEqual([OTHER_KEY]);
    });

    const needed = 'needs exactly 64 hex characters (32 bytes)';
    it.each([
      [
        '32 characters',
        'a1'.repeat(16),
        `has 32 characters, which is 16 bytes in hex and half of what AES-256 takes; ${needed}`,
      ],
      ['another length', KEY + '0', `has 65 characters; ${needed}`],
      ['a letter that is not hex', KEY.replace('a', 'g'), `has characters other than 0-9 and a-f; ${needed}`],
      ['a line end in it', `${KEY.slice(0, 62)}\n0`, `has characters other than 0-9 and a-f; ${needed}`],
      ['one byte repeated', 'aA'.repeat(32), 'repeats one byte, so it is not random; make a new one'],
    ])('of %s get a message of their own', (_, key, message) => {
      expect(mistakesOf({ ...development, ENCRYPTION_KEY: key })).toEqual([`ENCRYPTION_KEY: ${message}`]);
      expect(mistakesOf({ ...development, ENCRYPTION_KEYS_PREVIOUS: `${OTHER_KEY},${key}` })).toEqual([
        `ENCRYPTION_KEYS_PREVIOUS: item 2 ${message}`,
      ]);
    });

    it('of the past are neither the current one nor named twice', () => {
      const previous = [OTHER_KEY, KEY.toUpperCase(), OTHER_KEY].join(',');
      expect(mistakesOf({ ...development, ENCRYPTION_KEYS_PREVIOUS: previous })).toEqual([
        'ENCRYPTION_KEYS_PREVIOUS: item 2 is the same key as ENCRYPTION_KEY',
        'ENCRYPTION_KEYS_PREVIOUS: item 3 is the same key as item 1',
      ]);
    });

    const kms = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'x' };
    const transit = { VAULT_ADDR: 'https://vault.example', VAULT_TOKEN: 'x' };
    const wrapped = (key: string) => ({ AUTH_JWT_SECRET: JWT_SECRET, ENCRYPTION_KEY_WRAPPED: key });
    const VAULT_KEY = 'vault:transit/key:vault:v1:AA==';

    it('may be wrapped, in production, too, and none is made beside it', () => {
      const { encryption, warnings } = load({
        ...production,
        ...wrapped('aws-kms:AQID'),
        ENCRYPTION_KEY: '',
        ...kms,
      });
      expect(encryption.currentKey).toEqual({ service: 'aws-kms', ciphertext: 'AQID' });
      expect(encryption.keyServices).toMatchObject({
        vault: null,
        'aws-kms': { region: 'eu-central-1', endpoint: null },
      });
      expect(warnings).toEqual([]);
      expect(inspect(encryption.keyServices)).not.toContain("'x'");
      expect(load({ ...wrapped(VAULT_KEY), ...transit }).encryption.keyServices).toMatchObject({
        'aws-kms': null,
        vault: { address: 'https://vault.example', namespace: null },
      });
    });

    it('have one source, and no more', () => {
      expect(mistakesOf({ ...development, ...wrapped(VAULT_KEY), ...transit })).toEqual([
        'ENCRYPTION_KEY_WRAPPED: is set beside ENCRYPTION_KEY; set one of them',
      ]);
    });

    it('need what their service needs, and no other', () => {
      expect(
        mistakesOf({ ...wrapped('aws-kms:AQID'), ENCRYPTION_KEYS_PREVIOUS: `${KEY},${VAULT_KEY}` }),
      ).toEqual([
        ...['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map(
          (name) => `${name}: is required to unwrap a key with AWS KMS`,
        ),
        ...['VAULT_ADDR', 'VAULT_TOKEN'].map((name) => `${name}: is required to unwrap a key with Vault`),
      ]);
      // They are there for many reasons: where nothing is wrapped, they are not looked at.
      expect(mistakesOf({ ...development, AWS_REGION: '!', VAULT_ADDR: '!' })).toEqual([]);
    });

    it('come over no network in the clear in production', () => {
      const address = { VAULT_ADDR: 'http://vault.example' };
      expect(
        mistakesOf({ ...production, ...wrapped(VAULT_KEY), ENCRYPTION_KEY: '', ...transit, ...address }),
      ).toEqual(['VAULT_ADDR: must be an https:// URL in production, unless it leads to this machine']);
      const local = { VAULT_ADDR: 'http://127.0.0.1:8200' };
      expect(
        mistakesOf({ ...production, ...wrapped(VAULT_KEY), ENCRYPTION_KEY: '', ...transit, ...local }),
      ).toEqual([]);
      expect(mistakesOf({ ...wrapped(VAULT_KEY), ...transit, ...address })).toEqual([]);
    });

    it('are refused where they are wrapped in no known way, and where they repeat', () => {
      expect(mistakesOf(wrapped('gcp-kms:AQID'))).toEqual([
        expect.stringMatching(/^ENCRYPTION_KEY_WRAPPED: must be aws-kms/),
      ]);
      expect(mistakesOf({ ...wrapped(VAULT_KEY), ...transit, ENCRYPTION_KEYS_PREVIOUS: VAULT_KEY })).toEqual([
        'ENCRYPTION_KEYS_PREVIOUS: item 1 is the same key as ENCRYPTION_KEY_WRAPPED',
      ]);
    });
  });

  it('keeps no development secret while anything is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystream-config-'));
    try {
      const DATA_DIR = join(folder, 'data');
      expect(mistakesOf({ DATA_DIR, PORT: 'x' })).toHaveLength(1);
      expect(() => rmSync(DATA_DIR)).toThrow('ENOENT');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
