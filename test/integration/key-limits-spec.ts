import { v7 as uuidv7 } from 'uuid';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';
import { DatabaseService } from '../../src/prisma/database.service.js';

const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { replacedKeyId apiKey { ...Key } }
} fragment Key on ApiKey { id expiresAt expiresSoon rotateBy shouldRotate healthReason allowedModels allowedUses monthlyLimit { tokens requests } usedThisMonth { tokens requests resetsAt } }`;
const UPDATE = `mutation ($input: UpdateApiKeyInput!) {
  updateApiKey(input: $input) { apiKey { ...Key } }
} fragment Key on ApiKey { id expiresAt healthReason allowedModels allowedUses monthlyLimit { tokens requests } usedThisMonth { tokens requests resetsAt } }`;
const LIST = `{ apiKeys { id expiresAt expiresSoon rotateBy shouldRotate healthReason usedThisMonth { tokens requests resetsAt } } }`;
const EXPLAIN = `query ($provider: Provider, $kind: ProviderKind, $model: String, $use: KeyUse) {
  keyResolution(provider: $provider, kind: $kind, model: $model, use: $use) {
    available provider source candidates { provider source outcome reason }
  }
}`;
const SEARCH = '{ webSearch(input: { query: "words" }) { keySource provider } }';
const KEY = 'a-key-of-nobody-0123456789';
const DAY_MS = 24 * 60 * 60 * 1_000;

describe.each(databaseKinds)('what the owner of a key allows it for, on %s', (kind) => {
  const server = useTestServer(
    { OPENAI_API_KEY: 'sk-server-key-0123456789', BRAVE_API_KEY: 'server-key-0123456789' },
    kind,
  );

  const database = () => server().app.get(DatabaseService).client;
  const store = async (input: Record<string, unknown>, userId = 'alice') => {
    server().standIn.acceptKey(String(input.provider), KEY);
    return (await server().query(userId, STORE, { input: { apiKey: KEY, ...input } })).storeApiKey;
  };
  const update = async (keyId: string, input: Record<string, unknown>) =>
    (await server().query('alice', UPDATE, { input: { keyId, ...input } })).updateApiKey.apiKey;
  const violations = async (query: string, input: Record<string, unknown>) => {
    const { errors } = await server().post('alice', query, { input });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    return errors[0]?.extensions.violations?.map(({ path }) => path);
  };
  const explain = async (variables: object) =>
    (await server().query('alice', EXPLAIN, { ...variables })).keyResolution;
  /** What the first candidate ends the request with. No other one is used in its place. */
  const endIn = async (variables: object): Promise<string> => {
    const { available, candidates } = await explain(variables);
    expect(available).toBe(false);
    const [first, ...others] = candidates.map(({ outcome }: { outcome: string }) => outcome);
    expect(new Set(others)).toEqual(new Set(['NOT_NEEDED']));
    return first;
  };
  const month = async () => (await server().query('alice', LIST)).apiKeys[0].usedThisMonth;
  /** Of what the stand-in was asked, with this user's key or any other. */
  const asked = () => server().standIn.requests.length;

  describe('expiry', () => {
    it('ends requests with KEY_EXPIRED, and nothing is spent in its place', async () => {
      const { apiKey } = await store({ provider: 'OPENAI' });
      await store({ provider: 'GOOGLE' });
      await update(apiKey.id, { expiresAt: new Date(Date.now() - 1).toISOString() });
      expect(await server().chatFailure('alice', {})).toBe('KEY_EXPIRED');
      expect(await server().chatFailure('alice', { provider: 'OPENAI' })).toBe('KEY_EXPIRED');
      expect(asked()).toBe(0);
      expect(await endIn({})).toBe('EXPIRED');
      const { apiKeys } = await server().query('alice', LIST);
      expect(apiKeys[0]).toMatchObject({
        expiresSoon: true,
        shouldRotate: true,
        healthReason: 'It has expired.',
      });
      await update(apiKey.id, { expiresAt: null });
      const [started] = await server().chatEvents('alice', {});
      expect(started).toMatchObject({ provider: 'OPENAI', keySource: 'USER' });
    });

    it('ends a failover, too', async () => {
      const { apiKey } = await store({ provider: 'ANTHROPIC' });
      await server().query('alice', STORE, {
        input: { provider: 'OPENAI', apiKey: 'sk-refused-0123456789' },
      });
      await store({ provider: 'GOOGLE' });
      await update(apiKey.id, { expiresAt: new Date().toISOString() });
      const events = await server().chatEvents('alice', { failover: true });
      expect(events.at(-1)).toMatchObject({ error: { code: 'KEY_EXPIRED' } });
    });

    it('says what expires within a week, and what should be rotated', async () => {
      const soon = new Date(Date.now() + 6 * DAY_MS).toISOString();
      const { apiKey } = await store({ provider: 'OPENAI', expiresAt: soon });
      expect(apiKey).toMatchObject({
        expiresAt: soon,
        expiresSoon: true,
        rotateBy: soon,
        shouldRotate: false,
      });
      const later = new Date(Date.now() + 8 * DAY_MS).toISOString();
      expect((await store({ provider: 'GOOGLE', expiresAt: later })).apiKey).toMatchObject({
        expiresSoon: false,
      });
      const { apiKey: old } = await store({ provider: 'ANTHROPIC' });
      const createdAt = new Date(Date.now() - 91 * DAY_MS);
      await database().apiKey.update({ where: { id: old.id }, data: { createdAt } });
      const { apiKeys } = await server().query('alice', LIST);
      expect(apiKeys.find(({ id }: { id: string }) => id === old.id)).toMatchObject({
        rotateBy: new Date(createdAt.getTime() + 90 * DAY_MS).toISOString(),
        shouldRotate: true,
        expiresSoon: false,
        healthReason: 'It should be rotated: it is older than 90 days.',
      });
    });

    it('refuses to store what has expired', async () => {
      const input = { provider: 'OPENAI', apiKey: KEY, expiresAt: '2020-01-01T00:00:00Z' };
      expect(await violations(STORE, input)).toEqual(['input.expiresAt']);
    });
  });

  describe('models and uses', () => {
    it('ends a chat with another model before the key is opened', async () => {
      const { apiKey } = await store({ provider: 'OPENAI', allowedModels: ['gpt-5*mini', 'o?'] });
      await store({ provider: 'GOOGLE' });
      expect(await server().chatFailure('alice', { model: 'gpt-5.4-pro' })).toBe('KEY_NOT_PERMITTED');
      expect(await server().chatFailure('alice', { model: 'o1' })).toBe('KEY_NOT_PERMITTED');
      expect(asked()).toBe(0);
      expect(await endIn({ model: 'gpt-5.4-pro' })).toBe('NOT_PERMITTED');
      expect(await explain({ model: 'gpt-5.4-mini' })).toMatchObject({ available: true, provider: 'OPENAI' });
      expect((await server().chatEvents('alice', { model: 'gpt-5.4-mini' }))[0]).toMatchObject({
        keyId: apiKey.id,
      });
      expect(await update(apiKey.id, { allowedModels: null })).toMatchObject({ allowedModels: null });
      expect((await server().chatEvents('alice', { model: 'gpt-5.4-pro' }))[0]).toMatchObject({
        keyId: apiKey.id,
      });
    });

    it('tells searches of a chat from others', async () => {
      const { apiKey } = await store({ provider: 'BRAVE', allowedUses: ['SEARCH_IN_CHAT'] });
      await store({ provider: 'OPENAI' });
      expect(await server().failure('alice', SEARCH)).toBe('KEY_NOT_PERMITTED');
      expect(await explain({ kind: 'SEARCH' })).toMatchObject({ available: false });
      expect(await explain({ kind: 'SEARCH', use: 'SEARCH_IN_CHAT' })).toMatchObject({ provider: 'BRAVE' });
      const question = { messages: [{ role: 'USER', content: 'search: words' }], webSearch: {} };
      const allowed = await server().chatEvents('alice', question);
      expect(allowed.find(({ __typename }) => __typename === 'SearchFinished')).toMatchObject({
        failure: null,
      });
      await update(apiKey.id, { allowedUses: ['SEARCH'] });
      expect((await server().query('alice', SEARCH)).webSearch).toMatchObject({ keySource: 'USER' });
      const refused = await server().chatEvents('alice', question);
      expect(refused.find(({ __typename }) => __typename === 'SearchFinished')).toMatchObject({
        engine: 'BRAVE',
        failure: { code: 'KEY_NOT_PERMITTED' },
      });
      expect(refused.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    });

    it.each([
      ['OPENAI', { allowedModels: [] }, 'input.allowedModels'],
      ['OPENAI', { allowedModels: Array(51).fill('gpt') }, 'input.allowedModels'],
      ['OPENAI', { allowedModels: ['x'.repeat(201)] }, 'input.allowedModels'],
      ['OPENAI', { allowedModels: ['sk-proj-0123456789abcdefWXYZ'] }, 'input.allowedModels'],
      ['OPENAI', { allowedUses: [] }, 'input.allowedUses'],
      ['OPENAI', { allowedUses: ['SEARCH'] }, 'input.allowedUses'],
      ['BRAVE', { allowedUses: ['SEARCH', 'CHAT'] }, 'input.allowedUses'],
      ['BRAVE', { allowedModels: ['*'] }, 'input.allowedModels'],
      ['BRAVE', { monthlyLimit: { tokens: 1 } }, 'input.monthlyLimit.tokens'],
      ['OPENAI', { monthlyLimit: {} }, 'input.monthlyLimit'],
      ['OPENAI', { monthlyLimit: { tokens: 0 } }, 'input.monthlyLimit.tokens'],
      ['OPENAI', { monthlyLimit: { requests: -1 } }, 'input.monthlyLimit.requests'],
    ])('refuses limits that mean nothing (%#): %s', async (provider, limits, path) => {
      expect(await violations(STORE, { provider, apiKey: KEY, ...limits })).toContain(path);
      const { apiKey } = await store({ provider });
      expect(await violations(UPDATE, { keyId: apiKey.id, ...limits })).toContain(path);
    });

    it('refuses a use that no provider of the kind is for', async () => {
      expect(await server().failure('alice', EXPLAIN, { kind: 'SEARCH', use: 'CHAT' })).toBe(
        'BAD_USER_INPUT',
      );
    });
  });

  describe('a month', () => {
    it('ends with its last request, also when 50 come at once', async () => {
      const { apiKey } = await store({ provider: 'BRAVE', monthlyLimit: { requests: 7 } });
      const results = await Promise.all(Array.from({ length: 50 }, () => server().post('alice', SEARCH)));
      const codes = results.map(({ errors }) => errors[0]?.extensions.code ?? 'OK');
      expect(codes.filter((code) => code === 'OK')).toHaveLength(7);
      expect(new Set(codes)).toEqual(new Set(['OK', 'KEY_NOT_PERMITTED']));
      expect(asked()).toBe(7);
      expect(await month()).toMatchObject({ requests: 7, tokens: 0 });
      await update(apiKey.id, { monthlyLimit: { requests: 8 } });
      expect((await server().query('alice', SEARCH)).webSearch).toMatchObject({ keySource: 'USER' });
      expect(await server().failure('alice', SEARCH)).toBe('KEY_NOT_PERMITTED');
    });

    it('reserves tokens for 50 chats at once, and settles them to what they used', async () => {
      await store({ provider: 'OPENAI', monthlyLimit: { tokens: 1_000 } });
      const input = { maxOutputTokens: 300, messages: [{ role: 'USER', content: 'x'.repeat(30) }] };
      const ends = await Promise.all(
        Array.from({ length: 50 }, async () => {
          try {
            return (await server().chatEvents('alice', input)).at(-1);
          } catch {
            return null;
          }
        }),
      );
      const completed = ends.filter((end) => end?.__typename === 'ChatCompleted');
      // Three fit beside one another; those that come later fit when they have given back what they did not need.
      expect(completed.length).toBeGreaterThanOrEqual(3);
      const used = completed.reduce(
        (sum, { usage }: any) => sum + Number(usage.inputTokens) + Number(usage.outputTokens),
        0,
      );
      expect(await month()).toMatchObject({ tokens: used, requests: completed.length });
      expect(used).toBeLessThanOrEqual(1_000);
      expect(await database().keyReservation.count()).toBe(0);
    });

    it('refuses what does not fit, and leaves room for what does', async () => {
      await store({ provider: 'OPENAI', monthlyLimit: { tokens: 1_000 } });
      expect(await server().chatFailure('alice', { maxOutputTokens: 1_001 })).toBe('KEY_NOT_PERMITTED');
      const content = 'x'.repeat(3_001);
      expect(await server().chatFailure('alice', { messages: [{ role: 'USER', content }] })).toBe(
        'KEY_NOT_PERMITTED',
      );
      expect(asked()).toBe(0);
      expect((await server().chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    });

    it('counts nothing for a chat that the provider refuses, and keeps what was reserved where nothing is known', async () => {
      const { apiKey } = await store({ provider: 'OPENAI', monthlyLimit: { tokens: 1_000 } });
      server().standIn.revokeKey('OPENAI', KEY);
      expect((await server().chatEvents('alice', {})).at(-1)).toMatchObject({
        error: { code: 'KEY_REJECTED' },
      });
      expect(await month()).toMatchObject({ tokens: 0, requests: 1 });
      server().standIn.acceptKey('OPENAI', KEY);
      server().standIn.once('OPENAI', (exchange) => {
        exchange.open();
        exchange.cut();
      });
      const end = (
        await server().chatEvents('alice', {
          maxOutputTokens: 100,
          messages: [{ role: 'USER', content: 'x'.repeat(30) }],
        })
      ).at(-1);
      expect(end).toMatchObject({ error: { code: 'PROVIDER_TRUNCATED' } });
      expect(await month()).toMatchObject({ tokens: 110, requests: 2 });
      expect(await database().keyReservation.count()).toBe(0);
      expect(apiKey.usedThisMonth.resetsAt).toMatch(/-01T00:00:00.000Z$/);
    });

    it('is handed on to the key that replaces it, with its limits, unless the input names them', async () => {
      const limits = {
        allowedModels: ['gpt*'],
        allowedUses: ['CHAT'],
        monthlyLimit: { tokens: 5_000, requests: 3 },
      };
      await store({ provider: 'OPENAI', ...limits });
      await server().chatEvents('alice', {});
      const used = await month();
      expect(used).toMatchObject({ requests: 1 });
      const { apiKey } = await store({ provider: 'OPENAI' });
      expect(apiKey).toMatchObject({ ...limits, usedThisMonth: used, expiresAt: null });
      const { apiKey: next } = await store({
        provider: 'OPENAI',
        allowedModels: null,
        monthlyLimit: { requests: 1 },
      });
      expect(next).toMatchObject({
        allowedModels: null,
        allowedUses: ['CHAT'],
        monthlyLimit: { tokens: null, requests: 1 },
      });
      expect(next.usedThisMonth).toMatchObject({ requests: 1 });
      expect(await server().chatFailure('alice', {})).toBe('KEY_NOT_PERMITTED');
      expect((await store({ provider: 'OPENAI', monthlyLimit: null })).apiKey).toMatchObject({
        usedThisMonth: null,
      });
    });

    it('begins anew, and a chat counts where it began', async () => {
      const { apiKey } = await store({ provider: 'OPENAI', monthlyLimit: { tokens: 1_000, requests: 1 } });
      await database().apiKey.update({
        where: { id: apiKey.id },
        data: { usedMonth: new Date('2026-01-01'), usedTokens: 999n, usedRequests: 1n },
      });
      expect(await month()).toMatchObject({ tokens: 0, requests: 0 });
      expect((await server().chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect(await month()).toMatchObject({ requests: 1 });
    });

    it('is not touched by the end of a chat that began in another one', async () => {
      await store({ provider: 'OPENAI', monthlyLimit: { tokens: 1_000 } });
      server().standIn.once('OPENAI', hang());
      const chat = server().chatEvents('alice', { maxOutputTokens: 100 });
      const exchange = await server().standIn.nextRequest('OPENAI');
      await database().keyReservation.updateMany({ data: { month: new Date('2026-01-01'), tokens: 50n } });
      const before = await month();
      exchange.cut();
      await chat;
      expect(await month()).toEqual(before);
      expect(await database().keyReservation.count()).toBe(0);
    });

    it('gets back what was reserved for chats that never ended, when it is needed', async () => {
      const { apiKey } = await store({ provider: 'OPENAI', monthlyLimit: { tokens: 1_000 } });
      const thisMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth()));
      await database().apiKey.update({
        where: { id: apiKey.id },
        data: { usedMonth: thisMonth, usedTokens: 1_000n },
      });
      const lost = { chatId: uuidv7(), keyId: apiKey.id, userId: 'alice', month: thisMonth, tokens: 990n };
      await database().keyReservation.create({ data: { ...lost, madeAt: new Date() } });
      expect(await server().chatFailure('alice', {})).toBe('KEY_NOT_PERMITTED');
      await database().keyReservation.updateMany({ data: { madeAt: new Date(Date.now() - 602_000) } });
      expect((await server().chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect((await month()).tokens).toBeLessThan(1_000);
    });

    it("is each user's own", async () => {
      await store({ provider: 'BRAVE', monthlyLimit: { requests: 1 } });
      await store({ provider: 'BRAVE', monthlyLimit: { requests: 1 } }, 'bob');
      await server().query('alice', SEARCH);
      expect((await server().query('bob', SEARCH)).webSearch).toMatchObject({ keySource: 'USER' });
    });
  });
});
