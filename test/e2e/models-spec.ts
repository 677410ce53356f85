import { hang, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { naming } from '../support/naming.js';
import { signToken } from '../support/test-server.js';
import { ENDPOINT_NAME } from '../support/victim.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const SERVER_KEY = 'key-of-the-server-0123456789';

const MODELS = `query ($provider: ChatProvider!, $endpoint: String) {
  models(provider: $provider, endpoint: $endpoint) {
    source fetchedAt keyId
    models {
      id displayName contextTokens outputTokens input tools reasoning
      price { currency inputPerMillion cachedInputPerMillion cacheWritePerMillion outputPerMillion }
    }
  }
}`;
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const VERIFY = 'mutation ($keyId: ID!) { verifyApiKey(keyId: $keyId) { apiKey { health } } }';
const KEYS = '{ apiKeys { id health lastUsedAt usedThisMonth { requests } } }';
const TRAIL = `{ auditEvents(first: 200, filter: { kinds: [KEY_USED] }) {
  edges { node { provider keyId keySource chatId model outcome detail } }
} }`;

describe('the models that a key may chat with', () => {
  const server = useTestServer({
    MISTRAL_API_KEY: SERVER_KEY,
    GROQ_DEFAULT_MODEL: 'the-operators-choice',
  });

  const list = async (provider = 'OPENAI', user = 'alice', more: object = {}) =>
    (await server().query(user, MODELS, { provider, ...more })).models;
  const idsIn = ({ models }: any): string[] => models.map(({ id }: any) => id as string);
  const failure = (provider = 'OPENAI', user = 'alice', more: object = {}) =>
    server().failure(user, MODELS, { provider, ...more });
  const asked = () => server().standIn.requests.length;

  async function store(provider = 'OPENAI', key = KEY, user = 'alice'): Promise<string> {
    server().standIn.acceptKey(provider, key);
    return server().storeKey(user, provider, key);
  }
  const uses = async (user = 'alice') =>
    (await server().query(user, TRAIL)).auditEvents.edges.map(({ node }: any) => node);
  const keys = async (user = 'alice') => (await server().query(user, KEYS)).apiKeys;
  /** Asks as a client that may leave. */
  const askUntil = async (signal: AbortSignal): Promise<unknown> =>
    fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await signToken('alice')}`,
      },
      body: JSON.stringify({ query: MODELS, variables: { provider: 'OPENAI' } }),
      signal,
    }).catch(() => 'left');
  const openAiList = (...ids: string[]) =>
    reply({ status: 200, body: { object: 'list', data: ids.map((id) => ({ id, object: 'model' })) } });

  it.each(providerIdsOf('CHAT'))('are listed as the provider says: %s', async (provider) => {
    const keyId = await store(provider);
    const endpoint = provider === 'CUSTOM' ? { endpoint: ENDPOINT_NAME } : {};
    const { source, fetchedAt, keyId: listedFor, models } = await list(provider, 'alice', endpoint);
    expect({ source, listedFor }).toEqual({ source: 'LIVE', listedFor: keyId });
    expect(Math.abs(Date.parse(fetchedAt) - Date.now())).toBeLessThan(60_000);
    expect(models.length).toBeGreaterThan(0);
    // A chat takes the names.
    const named = { ...naming(provider), model: models[0].id };
    expect((await server().chatEvents('alice', named)).at(-1)).toMatchObject({
      __typename: 'ChatCompleted',
    });
  });

  it('have what the API does not say from the catalogue, without those that cannot chat', async () => {
    await store();
    server().standIn.once('OPENAI', openAiList('gpt-5.4-mini', 'text-embedding-3-small', 'brand-new-model'));
    expect((await list()).models).toEqual([
      {
        ...{ id: 'gpt-5.4-mini', displayName: 'GPT-5.4 Mini', contextTokens: 400_000 },
        ...{ outputTokens: 128_000, input: ['TEXT', 'IMAGE', 'FILE'], tools: true, reasoning: true },
        price: {
          ...{ currency: 'USD', inputPerMillion: '0.75', cachedInputPerMillion: '0.075' },
          ...{ cacheWritePerMillion: null, outputPerMillion: '4.5' },
        },
      },
      {
        ...{ id: 'brand-new-model', displayName: 'brand-new-model', contextTokens: null },
        ...{ outputTokens: null, input: ['TEXT'], tools: null, reasoning: null, price: null },
      },
    ]);
    await store('GROQ');
    expect(idsIn(await list('GROQ'))).toEqual(['openai/gpt-oss-20b']);
  });

  it('are as the API says, where the catalogue says something else', async () => {
    await store('OPENROUTER');
    const said = {
      id: 'openai/gpt-5.4-mini',
      name: 'Ours',
      context_length: 7,
      architecture: { input_modalities: ['text'], output_modalities: ['text'] },
      pricing: { prompt: '0.000001', completion: '0.000002' },
      supported_parameters: [],
    };
    server().standIn.once('OPENROUTER', reply({ status: 200, body: { data: [said] } }));
    expect((await list('OPENROUTER')).models).toEqual([
      {
        ...{ id: said.id, displayName: 'Ours', contextTokens: 7, outputTokens: 128_000 },
        ...{ input: ['TEXT'], tools: false, reasoning: false },
        price: {
          ...{ currency: 'USD', inputPerMillion: '1', cachedInputPerMillion: null },
          ...{ cacheWritePerMillion: null, outputPerMillion: '2' },
        },
      },
    ]);
  });

  it('of an endpoint have nothing from the catalogue', async () => {
    await store('CUSTOM');
    server().standIn.once('CUSTOM', openAiList('gpt-5.4-mini', 'text-embedding-3-small'));
    const { models } = await list('CUSTOM', 'alice', { endpoint: ENDPOINT_NAME });
    expect(models).toMatchObject([
      { id: 'gpt-5.4-mini', displayName: 'gpt-5.4-mini', contextTokens: null, tools: null, price: null },
      { id: 'text-embedding-3-small' },
    ]);
  });

  describe('are kept', () => {
    it('for those that ask again: one call, one use of the key', async () => {
      const keyId = await store();
      const first = await list();
      expect(await list()).toEqual(first);
      expect(asked()).toBe(1);
      expect(await uses()).toEqual([
        {
          ...{ provider: 'OPENAI', keyId, keySource: 'USER', chatId: null, model: null },
          ...{ outcome: 'OK', detail: 'models' },
        },
      ]);
    });

    it('for those that ask at the same time, also when the first of them leaves', async () => {
      await store();
      const request = server().standIn.nextRequest('OPENAI');
      let answer: () => void = () => undefined;
      const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
      server().standIn.once('OPENAI', async (exchange, tools) => {
        await mayAnswer;
        await openAiList('gpt-5.4')(exchange, tools);
      });
      const caller = new AbortController();
      const left = askUntil(caller.signal);
      await request;
      const others = [list(), list()];
      caller.abort();
      expect(await left).toBe('left');
      answer();
      for (const other of await Promise.all(others)) expect(idsIn(other)).toEqual(['gpt-5.4']);
      expect(asked()).toBe(1);
      expect(await uses()).toHaveLength(1);
    });

    it('for one key alone: not for the one that replaces it, nor after it was deleted or disabled', async () => {
      await store();
      await list();
      const other = await store('OPENAI', `other-${KEY}`);
      expect(await list()).toMatchObject({ source: 'LIVE', keyId: other });
      expect(asked()).toBe(2);
      await server().query('alice', UPDATE, { input: { keyId: other, enabled: false } });
      expect(await list()).toMatchObject({ source: 'CATALOGUE', keyId: null });
      await server().query('alice', UPDATE, { input: { keyId: other, enabled: true } });
      await server().query('alice', UPDATE, { input: { keyId: other, expiresAt: '2020-01-01T00:00:00Z' } });
      expect(await failure()).toBe('KEY_EXPIRED');
      await server().query('alice', UPDATE, { input: { keyId: other, expiresAt: null } });
      await server().query('alice', DELETE, { keyId: other });
      expect(await list()).toMatchObject({ source: 'CATALOGUE', keyId: null });
      expect(asked()).toBe(2);
    });

    it('for no key that its provider rejects meanwhile', async () => {
      const keyId = await store();
      await list();
      server().standIn.revokeKey('OPENAI', KEY);
      await server().query('alice', VERIFY, { keyId });
      expect(await failure()).toBe('KEY_REJECTED');
      server().standIn.acceptKey('OPENAI', KEY);
      server().standIn.once('OPENAI', openAiList('gpt-5.4'));
      expect(idsIn(await list())).toEqual(['gpt-5.4']);
      expect(await keys()).toMatchObject([{ health: 'VALID' }]);
    });

    it('for no other user, though the key is the same', async () => {
      await store();
      await store('OPENAI', KEY, 'bob');
      await list();
      await list('OPENAI', 'bob');
      expect(asked()).toBe(2);
    });

    it('for everybody who may spend a key of the server', async () => {
      server().standIn.acceptKey('MISTRAL', SERVER_KEY);
      const first = await list('MISTRAL', 'carol');
      expect(first).toMatchObject({ source: 'LIVE', keyId: null });
      expect(await list('MISTRAL', 'dave')).toEqual(first);
      expect(asked()).toBe(1);
      expect(await uses('carol')).toMatchObject([{ keySource: 'SERVER', keyId: null, detail: 'models' }]);
      expect(await uses('dave')).toEqual([]);
    });
  });

  it('are those that the key is allowed for, as it is now', async () => {
    const keyId = await store();
    server().standIn.once('OPENAI', openAiList('gpt-5.4', 'gpt-5.4-mini', 'o3'));
    expect(idsIn(await list())).toHaveLength(3);
    for (const [allowedModels, ids] of [
      [['gpt-*'], ['gpt-5.4', 'gpt-5.4-mini']],
      [
        ['o3', '*-mini'],
        ['gpt-5.4-mini', 'o3'],
      ],
      [['none'], []],
    ] as const) {
      await server().query('alice', UPDATE, { input: { keyId, allowedModels } });
      expect(idsIn(await list())).toEqual(ids);
    }
    expect(asked()).toBe(1);
  });

  it('are not listed with a key that is not for chats', async () => {
    const keyId = await store();
    await list();
    const database = server().app.get(DatabaseService).client;
    await database.apiKey.update({ where: { id: keyId }, data: { allowedUses: ['SEARCH'] } });
    expect(await failure()).toBe('KEY_NOT_PERMITTED');
    expect(asked()).toBe(1);
  });

  it('cost nothing of the key’s month, and are listed when that is used up', async () => {
    const keyId = await store();
    await server().query('alice', UPDATE, {
      input: { keyId, monthlyLimit: { requests: 1, tokens: 100_000 } },
    });
    await list();
    expect(await keys()).toMatchObject([{ usedThisMonth: { requests: 0 }, lastUsedAt: expect.any(String) }]);
    await server().chatEvents('alice', { provider: 'OPENAI' });
    expect(await server().chatFailure('alice', { provider: 'OPENAI' })).toBe('KEY_NOT_PERMITTED');
    server().standIn.acceptKey('OPENAI', `other-${KEY}`);
    await server().storeKey('alice', 'OPENAI', `other-${KEY}`);
    expect(await list()).toMatchObject({ source: 'LIVE' });
    expect(await keys()).toMatchObject([{ usedThisMonth: { requests: 1 } }]);
  });

  describe('come from the catalogue', () => {
    const catalogued = { source: 'CATALOGUE', fetchedAt: null };

    it('where there is no key: at least the default model, and nothing is called', async () => {
      for (const provider of providerIdsOf('CHAT').filter((id) => id !== 'CUSTOM' && id !== 'MISTRAL')) {
        const models = await list(provider);
        expect(models).toMatchObject({ ...catalogued, keyId: null });
        expect([provider, models.models.length > 2]).toEqual([provider, true]);
      }
      expect(idsIn(await list('GROQ'))[0]).toBe('the-operators-choice');
      expect(asked()).toBe(0);
      expect(await uses()).toEqual([]);
    });

    it('where the key may not list them, which is asked once and held against nobody', async () => {
      const keyId = await store();
      const missing = { message: 'Missing scopes: api.model.read', code: 'missing_scope' };
      server().standIn.once('OPENAI', reply({ status: 403, body: { error: missing } }));
      for (let count = 0; count < 2; count += 1) {
        const models = await list();
        expect(models).toMatchObject({ ...catalogued, keyId });
        expect(idsIn(models)).toContain('gpt-5.4-mini');
      }
      expect(asked()).toBe(1);
      expect(await keys()).toMatchObject([{ health: 'UNVERIFIED' }]);
      await server().query('alice', UPDATE, { input: { keyId, allowedModels: ['*-mini'] } });
      for (const id of idsIn(await list())) expect(id).toMatch(/-mini$/);
    });

    it.each([
      ['fails', reply({ status: 503, body: { error: { message: KEY } } })],
      ['has no such call', reply({ status: 404, body: { error: { message: 'Not found' } } })],
      ['says something else', reply({ status: 200, body: { hello: KEY } })],
      ['is cut off', replay(['{"data":['], { then: 'cut' })],
    ])('where the provider %s', async (_, behaviour) => {
      const keyId = await store();
      server().standIn.once('OPENAI', behaviour);
      const models = await list();
      expect(models).toMatchObject({ ...catalogued, keyId });
      expect(JSON.stringify(models)).not.toContain(KEY);
      expect(await keys()).toMatchObject([{ health: 'UNVERIFIED' }]);
    });

    it('for as long as the provider fails', async () => {
      await store();
      server().standIn.once('OPENAI', reply({ status: 500, body: {} }));
      expect(await list()).toMatchObject(catalogued);
      expect(await list()).toMatchObject({ source: 'LIVE' });
    });
  });

  describe('are an error of a stored key', () => {
    it.each([
      ['KEY_REJECTED', 401, { message: 'Incorrect API key', code: 'invalid_api_key' }, 'REJECTED'],
      ['KEY_EXHAUSTED', 429, { message: 'quota', code: 'insufficient_quota' }, 'EXHAUSTED'],
      ['PROVIDER_RATE_LIMITED', 429, { message: 'slow', code: 'rate_limit_exceeded' }, 'RATE_LIMITED'],
    ])('that its provider refuses: %s', async (code, status, error, health) => {
      await store();
      server().standIn.once('OPENAI', reply({ status, body: { error } }));
      expect(await failure()).toBe(code);
      expect(await keys()).toMatchObject([{ health }]);
    });

    it('whose credit was spent is not held for good by a list', async () => {
      await store();
      server().standIn.once(
        'OPENAI',
        reply({ status: 429, body: { error: { code: 'insufficient_quota' } } }),
      );
      expect(await failure()).toBe('KEY_EXHAUSTED');
      expect(await list()).toMatchObject({ source: 'LIVE' });
      expect(await keys()).toMatchObject([{ health: 'EXHAUSTED' }]);
    });

    it('that cannot be read, and no other is used in its place', async () => {
      const keyId = await store('MISTRAL');
      await list('MISTRAL');
      const database = server().app.get(DatabaseService).client;
      await database.$executeRawUnsafe(
        `UPDATE sealed_keys SET envelope = envelope || 'x' WHERE key_id = $1::uuid`,
        keyId,
      );
      for (let count = 0; count < 2; count += 1) expect(await failure('MISTRAL')).toBe('KEY_UNREADABLE');
      expect(asked()).toBe(1);
      expect((await uses())[0]).toMatchObject({ outcome: 'KEY_UNREADABLE', detail: 'models' });
    });
  });

  describe('of an endpoint', () => {
    const named = { endpoint: ENDPOINT_NAME };

    it('are asked for with its name, always and only', async () => {
      await store('CUSTOM');
      expect(await failure('CUSTOM')).toBe('BAD_USER_INPUT');
      expect(await failure('OPENAI', 'alice', named)).toBe('BAD_USER_INPUT');
      expect(await failure('CUSTOM', 'alice', { endpoint: 'none' })).toBe('NO_KEY_AVAILABLE');
      expect(await failure('CUSTOM', 'bob', named)).toBe('NO_KEY_AVAILABLE');
      expect(asked()).toBe(0);
      expect(idsIn(await list('CUSTOM', 'alice', named))).toEqual(['local-model']);
      const [{ path, headers, key }] = server().standIn.requests as any;
      expect({ path, via: headers.via, key }).toEqual({ path: '/models', via: '1.1 keystream', key: KEY });
    });

    it.each([
      [401, 'KEY_REJECTED'],
      [403, 'KEY_REJECTED'],
      [404, 'PROVIDER_BAD_REQUEST'],
      [429, 'PROVIDER_RATE_LIMITED'],
      [500, 'PROVIDER_UNAVAILABLE'],
    ])('show of an answer of %i its kind, and no more', async (status, code) => {
      await store('CUSTOM');
      for (let count = 0; count < 2; count += 1) {
        server().standIn.once('CUSTOM', (exchange) =>
          exchange.reply({
            status,
            headers: { 'retry-after': '77' },
            body: { error: { message: 'zq7', code: 'insufficient_quota', param: 'temperature' } },
          }),
        );
        const { errors, text } = await server().post('alice', MODELS, { provider: 'CUSTOM', ...named });
        expect(errors).toMatchObject([{ extensions: { code } }]);
        expect(text).not.toMatch(/zq7|77000|temperature/);
      }
      expect(asked()).toBe(2);
    });
  });

  it('end with the request of the only one who asks', async () => {
    await store();
    server().standIn.once('OPENAI', hang());
    const request = server().standIn.nextRequest('OPENAI');
    const caller = new AbortController();
    const left = askUntil(caller.signal);
    const exchange = await request;
    caller.abort();
    await left;
    await exchange.closedByClient;
    expect(await list()).toMatchObject({ source: 'LIVE' });
  });
});

describe('how often models may be asked for', () => {
  const server = useTestServer({ LIMIT_CHATS_PER_MINUTE: '2' });

  it('is limited with chats, where the provider is asked; what is kept costs nothing', async () => {
    const ask = (provider: string) => server().query('alice', MODELS, { provider });
    for (const provider of ['OPENAI', 'GOOGLE', 'XAI']) {
      server().standIn.acceptKey(provider, KEY);
      await server().storeKey('alice', provider, KEY);
    }
    await ask('OPENAI');
    for (let count = 0; count < 5; count += 1) await ask('OPENAI');
    await ask('GOOGLE');
    expect(await server().failure('alice', MODELS, { provider: 'XAI' })).toBe('RATE_LIMITED');
    expect(await server().chatFailure('alice', { provider: 'OPENAI' })).toBe('RATE_LIMITED');
    await ask('OPENAI');
    await ask('GROQ');
    expect(server().standIn.requests).toHaveLength(2);
  });
});
