import { reply } from '../../demo/stand-in/behaviours.mjs';
import { collect } from '../support/collect.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { doors } from '../support/doors.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { TestServer, textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'local-0123456789abcdef';
const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { apiKey { id health endpoint { name baseUrl } } replacedKeyId warning }
}`;
const VERIFY = 'mutation ($keyId: ID!) { verifyApiKey(keyId: $keyId) { apiKey { health } } }';
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const RESOLUTION = `query ($provider: Provider, $endpoint: String, $model: String) {
  keyResolution(provider: $provider, endpoint: $endpoint, model: $model) {
    provider source keyId candidates { provider source outcome }
  }
}`;

describe('an endpoint of a user', () => {
  const server = useTestServer({
    OPENAI_API_KEY: 'sk-proj-of-the-server-0123456789',
  });
  const baseUrl = () => server().standIn.environment().CUSTOM_BASE_URL!;

  const store = (user: string, endpoint: object | null, more: object = {}) =>
    server().post(user, STORE, { input: { provider: 'CUSTOM', apiKey: KEY, endpoint, ...more } });

  async function storeHome(user = 'alice', more: object = {}): Promise<string> {
    server().standIn.acceptKey('CUSTOM', KEY);
    const { data, errors } = (await store(user, { name: 'home', baseUrl: `${baseUrl()}/` }, more)) as any;
    expect(errors ?? []).toEqual([]);
    expect(data.storeApiKey.apiKey.endpoint).toEqual({ name: 'home', baseUrl: baseUrl() });
    return data.storeApiKey.apiKey.id as string;
  }

  const named = { provider: 'CUSTOM', endpoint: 'home', model: 'local-model' };

  describe.each(doors)('over $name', (door) => {
    it('answers a chat that names it, and its address gets the key and who sends it', async () => {
      const keyId = await storeHome();
      const request = server().standIn.nextRequest('CUSTOM');
      const events = await server().chatEvents('alice', named, door);
      expect(events[0]).toMatchObject({
        __typename: 'ChatStarted',
        provider: 'CUSTOM',
        keySource: 'USER',
        keyId,
      });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
      expect(textOf(events)).not.toBe('');
      const { key, path, headers, body } = await request;
      expect({ key, path, via: headers.via }).toEqual({
        key: KEY,
        path: '/chat/completions',
        via: '1.1 keystream',
      });
      expect(body.model).toBe('local-model');
    });

    it.each([401, 404, 429, 500])('shows of an answer of %i no more than its kind', async (status) => {
      await storeHome();
      server().standIn.once('CUSTOM', (exchange) =>
        exchange.reply({
          status,
          headers: { 'retry-after': '77', 'x-secret': 'zq7' },
          body: { error: { message: 'zq7', code: 'insufficient_quota', param: 'temperature' } },
        }),
      );
      const events = await server().chatEvents('alice', { ...named, failover: true }, door);
      const failure = events.at(-1) as any;
      const codes = {
        401: 'KEY_REJECTED',
        404: 'UNKNOWN_MODEL',
        429: 'PROVIDER_RATE_LIMITED',
        500: 'PROVIDER_UNAVAILABLE',
      };
      expect(failure).toMatchObject({
        __typename: 'ChatFailed',
        error: { code: codes[status as keyof typeof codes], retryAfterMs: null },
      });
      expect(JSON.stringify(events)).not.toMatch(/zq7|77000|temperature/);
      // Failover never leaves an endpoint, nor goes to one.
      expect(server().standIn.requests.map(({ provider }) => provider)).toEqual(['CUSTOM']);
    });
  });

  it('is stored with CUSTOM only and always, with an address that can be called', async () => {
    const refusal = async (endpoint: object | null, provider = 'CUSTOM') => {
      const { errors } = await server().post('alice', STORE, {
        input: { provider, apiKey: KEY, endpoint },
      });
      const [{ extensions }] = errors as any;
      expect(extensions.code).toBe('BAD_USER_INPUT');
      return extensions.violations.map(({ path }: any) => path as string) as string[];
    };
    expect(await refusal(null)).toEqual(['input.endpoint']);
    expect(await refusal({ name: 'home', baseUrl: baseUrl() }, 'OPENAI')).toEqual(['input.endpoint']);
    expect(await refusal({ name: ' ', baseUrl: baseUrl() })).toEqual(['input.endpoint.name']);
    for (const url of [
      '',
      'ftp://a.example',
      'https://u:p@a.example',
      'https://a.example?b',
      'https://a.example#b',
    ])
      expect(await refusal({ name: 'home', baseUrl: url })).toEqual(['input.endpoint.baseUrl']);
  });

  it('serves only where provider, endpoint and model name it', async () => {
    const keyId = await storeHome();
    for (const [input, paths] of [
      [{ provider: 'CUSTOM' }, ['input.endpoint', 'input.model']],
      [{ provider: 'CUSTOM', endpoint: 'home' }, ['input.model']],
      [{ provider: 'CUSTOM', model: 'local-model' }, ['input.endpoint']],
      [{ endpoint: 'home', model: 'local-model' }, ['input.endpoint']],
      [{ provider: 'OPENAI', endpoint: 'home' }, ['input.endpoint']],
    ] as const) {
      const [result] = await collect(await server().chat('alice', input));
      const { code, violations } = result?.errors?.[0]?.extensions as any;
      expect([code, violations.map(({ path }: any) => path as string)]).toEqual(['BAD_USER_INPUT', paths]);
    }
    expect(await server().chatFailure('alice', { ...named, endpoint: 'work' })).toBe('NO_KEY_AVAILABLE');
    expect(server().standIn.requests).toEqual([]);
    const { keyResolution: unnamed } = await server().query('alice', RESOLUTION, {});
    expect(unnamed.candidates.map(({ provider }: any) => provider)).not.toContain('CUSTOM');
    expect(unnamed).toMatchObject({ provider: 'OPENAI', source: 'SERVER' });
    const { keyResolution } = await server().query('alice', RESOLUTION, named);
    expect(keyResolution).toMatchObject({
      keyId,
      candidates: [
        { source: 'USER', outcome: 'CHOSEN' },
        { source: 'SERVER', outcome: 'NOT_NEEDED' },
      ],
    });
  });

  it('is tried at its own address, with what every request to an endpoint has', async () => {
    const keyId = await storeHome('alice', { verify: true });
    const [asked] = server().standIn.requests;
    expect([asked!.method, asked!.path, asked!.key]).toEqual(['GET', '/models', KEY]);
    expect(asked!.headers.via).toBe('1.1 keystream');
    server().standIn.revokeKey('CUSTOM', KEY);
    const { verifyApiKey } = await server().query('alice', VERIFY, { keyId });
    expect(verifyApiKey.apiKey).toMatchObject({ health: 'REJECTED' });
    const { errors } = await store('alice', { name: 'work', baseUrl: baseUrl() }, { verify: true });
    expect(errors).toMatchObject([
      {
        message: 'The provider refuses this key. It was not stored.',
        extensions: { code: 'KEY_REJECTED' },
      },
    ]);
  });

  it('is stored all the same where nobody answers, and nothing is said of why', async () => {
    const { data, errors } = await store(
      'alice',
      { name: 'nowhere', baseUrl: 'http://127.0.0.1:9/v1' },
      { verify: true },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      storeApiKey: {
        warning: 'Not verified: the provider could not be reached, or its answer proves nothing.',
        apiKey: { health: 'UNVERIFIED' },
      },
    });
  });

  it.each([
    ['name', { name: `my ${KEY}` }],
    ['name', { name: `fc-${'0a1b2c3d'.repeat(4)}` }],
    ['baseUrl', { baseUrl: `https://api.example/${KEY}/v1` }],
    ['baseUrl', { baseUrl: `https://api.example/${KEY.toUpperCase()}` }],
    ['baseUrl', { baseUrl: `https://api.example/fc-${'0a1b2c3d'.repeat(4)}` }],
  ])('has no key in its %s, which is kept in the clear: %j', async (field, changes) => {
    const { errors } = await store('alice', { name: 'home', baseUrl: baseUrl(), ...changes });
    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'BAD_USER_INPUT',
          violations: [{ path: `input.endpoint.${field}`, message: expect.stringContaining('a key in it') }],
        },
      },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/0123456789abcdef|0a1b2c3d/i);
  });

  it('takes any key: it may be a gateway to others', async () => {
    const { errors } = await store(
      'alice',
      { name: 'gateway', baseUrl: baseUrl() },
      { apiKey: 'sk-ant-api03-0123456789abcdef' },
    );
    expect(errors).toEqual([]);
  });

  it('is one of twenty: a name that is there may be stored again, and one that is deleted makes room', async () => {
    const storeAs = async (name: string) => {
      const { data, errors } = await store('alice', { name, baseUrl: baseUrl() });
      return errors.length > 0 ? errors[0]!.extensions : (data as any).storeApiKey;
    };
    const ids: string[] = [];
    for (let count = 1; count <= 20; count += 1) {
      const stored = await storeAs(`endpoint ${String(count)}`);
      expect(stored.replacedKeyId).toBeNull();
      ids.push(stored.apiKey.id);
    }
    expect(await storeAs('one more')).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: [{ path: 'input.endpoint' }],
    });
    const { apiKeys } = await server().query('alice', '{ apiKeys { id endpoint { name } } }');
    expect(new Set(apiKeys.map(({ id }: any) => id as string))).toEqual(new Set(ids));
    expect(await storeAs('endpoint 7')).toMatchObject({ replacedKeyId: ids[6] });
    // Another user has places of their own.
    expect((await store('bob', { name: 'home', baseUrl: baseUrl() })).errors).toEqual([]);
    await server().query('alice', DELETE, { keyId: ids[0] });
    expect(await storeAs('one more')).toMatchObject({ replacedKeyId: null });
  });

  it('makes CUSTOM a provider that can be used as long as one of them is enabled', async () => {
    const sourceOf = async () => {
      const { providers } = await server().query(
        'alice',
        '{ providers { provider keySource defaultModel } }',
      );
      return providers.find(({ provider }: any) => provider === 'CUSTOM');
    };
    expect(await sourceOf()).toEqual({ provider: 'CUSTOM', keySource: null, defaultModel: null });
    const home = await storeHome();
    await store('alice', { name: 'work', baseUrl: baseUrl() });
    await server().query('alice', UPDATE, { input: { keyId: home, expiresAt: '2020-01-01T00:00:00Z' } });
    expect(await sourceOf()).toMatchObject({ keySource: 'USER' });
    const { apiKeys } = await server().query('alice', '{ apiKeys { id endpoint { name } } }');
    const { id: work } = apiKeys.find(({ endpoint }: any) => endpoint.name === 'work');
    await server().query('alice', UPDATE, { input: { keyId: work, enabled: false } });
    expect(await sourceOf()).toMatchObject({ keySource: null });
  });

  it('is no place that failover goes to, nor a request that names no provider', async () => {
    await storeHome();
    await server().storeKey('alice', 'MISTRAL', 'key-of-alice-0123456789');
    server().standIn.once(
      'MISTRAL',
      reply({ status: 503, body: { object: 'error', type: 'internal_server_error' } }),
    );
    const events = await server().chatEvents('alice', { failover: true });
    expect(events.map(({ __typename }) => __typename)).toEqual(['ChatStarted', 'ChatFailed']);
    expect(server().standIn.requests.map(({ provider }) => provider)).toEqual(['MISTRAL']);
  });

  it.each([
    ['address', 'endpoint_url', (url: string) => `${url}/two`, 'home'],
    ['name', 'endpoint_name', () => 'work', 'work'],
  ])('does not open where its %s was changed in the database', async (_, column, changed, endpoint) => {
    const keyId = await storeHome();
    const database = server().app.get(DatabaseService).client;
    const setTo = (value: string) =>
      database.$executeRawUnsafe(`UPDATE api_keys SET ${column} = $1 WHERE id = $2::uuid`, value, keyId);
    await setTo(changed(baseUrl()));
    expect(await server().chatFailure('alice', { ...named, endpoint })).toBe('KEY_UNREADABLE');
    expect(await server().failure('alice', VERIFY, { keyId })).toBe('KEY_UNREADABLE');
    expect(server().standIn.requests).toEqual([]);
    await setTo(column === 'endpoint_url' ? baseUrl() : 'home');
    expect((await server().chatEvents('alice', named)).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('may be disabled and limited like any other key', async () => {
    const keyId = await storeHome();
    await server().query('alice', UPDATE, { input: { keyId, allowedModels: ['other-*'] } });
    expect(await server().chatFailure('alice', named)).toBe('KEY_NOT_PERMITTED');
    await server().query('alice', UPDATE, { input: { keyId, allowedModels: null, enabled: false } });
    expect(await server().chatFailure('alice', named)).toBe('NO_KEY_AVAILABLE');
    expect(server().standIn.requests).toEqual([]);
  });
});

describe('trying an endpoint', () => {
  const server = useTestServer({ LIMIT_KEY_CHANGES_PER_MINUTE: '2' });

  it('counts as a change to a key', async () => {
    const keyId = await server().storeKey('alice', 'CUSTOM', KEY);
    await server().query('alice', VERIFY, { keyId });
    expect(await server().failure('alice', VERIFY, { keyId })).toBe('RATE_LIMITED');
    expect(server().standIn.requests).toHaveLength(1);
  });
});

describe('an endpoint whose operator has changed the rule', () => {
  let database: TestDatabase;
  let server: TestServer | null = null;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(async () => {
    await server?.stop();
    server = null;
    await database.drop();
  });

  const startWith = async (mode: string): Promise<TestServer> => {
    await server?.stop();
    server = null;
    server = await TestServer.start({ ...database.environment, CUSTOM_ENDPOINTS: mode });
    return server;
  };
  const named = { provider: 'CUSTOM', endpoint: 'home', model: 'local-model' };
  const outcomeOf = async (running: TestServer) => {
    const { keyResolution } = await running.query('alice', RESOLUTION, named);
    return keyResolution.candidates[0].outcome as string;
  };

  it.each(['off', 'public'])(
    'is KEY_NOT_PERMITTED, used or tried, and can be listed and deleted: %s',
    async (mode) => {
      const keyId = await (await startWith('any')).storeKey('alice', 'CUSTOM', KEY);
      const running = await startWith(mode);
      const asked = running.standIn.requests;
      expect(await running.chatFailure('alice', named)).toBe('KEY_NOT_PERMITTED');
      expect(await running.failure('alice', VERIFY, { keyId })).toBe('KEY_NOT_PERMITTED');
      expect(await outcomeOf(running)).toBe('NOT_PERMITTED');
      const { errors } = await running.post('alice', STORE, {
        input: {
          provider: 'CUSTOM',
          apiKey: KEY,
          endpoint: { name: 'home', baseUrl: 'http://127.0.0.1/v1' },
        },
      });
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'input.endpoint.baseUrl' }] } },
      ]);
      const { providers, apiKeys } = await running.query(
        'alice',
        '{ providers { provider keySource } apiKeys { id endpoint { name } } }',
      );
      expect(providers).toContainEqual({ provider: 'CUSTOM', keySource: null });
      expect(apiKeys).toEqual([{ id: keyId, endpoint: { name: 'home' } }]);
      expect(asked).toEqual([]);
      await running.query('alice', DELETE, { keyId });
      expect(await running.chatFailure('alice', named)).toBe('NO_KEY_AVAILABLE');
    },
  );

  it('is what it was when the rule is', async () => {
    await (await startWith('any')).storeKey('alice', 'CUSTOM', KEY);
    expect(await outcomeOf(await startWith('off'))).toBe('NOT_PERMITTED');
    expect(await outcomeOf(await startWith('any'))).toBe('CHOSEN');
  });
});
