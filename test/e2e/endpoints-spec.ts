import { collect } from '../support/collect.js';
import { doors } from '../support/doors.js';
import { textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'local-0123456789abcdef';
const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { apiKey { id health endpoint { name baseUrl } } replacedKeyId }
}`;
const RESOLUTION = `query ($provider: Provider, $endpoint: String, $model: String) {
  keyResolution(provider: $provider, endpoint: $endpoint, model: $model) {
    provider source keyId candidates { provider source outcome }
  }
}`;

describe('an endpoint of a user', () => {
  const server = useTestServer({
    CUSTOM_ENDPOINTS: 'any',
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

  it('is tried like any other, and counts as a change to a key', async () => {
    await storeHome('alice', { verify: true });
    server().standIn.revokeKey('CUSTOM', KEY);
    const { errors } = await store('alice', { name: 'work', baseUrl: baseUrl() }, { verify: true });
    expect(errors).toMatchObject([{ extensions: { code: 'KEY_REJECTED' } }]);
  });
});
