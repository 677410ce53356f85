import { v7 as uuidv7 } from 'uuid';
import { hang, reply } from '../../demo/stand-in/behaviours.mjs';
import { addCosts, type Cost, NOTHING } from '../../src/common/cost.js';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';

const LIMITS = `fragment Limits on ApiKey { id monthlyLimit { tokens cost { amount currency } }
  usedThisMonth { tokens requests cost { amount currency } resetsAt } }`;
const STORE = `mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { ...Limits } } } ${LIMITS}`;
const UPDATE = `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { ...Limits } } } ${LIMITS}`;
const LIST = `{ apiKeys { ...Limits } } ${LIMITS}`;
const EXPLAIN = `query ($provider: Provider, $model: String) {
  keyResolution(provider: $provider, model: $model) { available candidates { outcome reason } }
}`;
const MODELS = 'query ($provider: ChatProvider!) { models(provider: $provider) { source models { id } } }';
const USAGE = '{ usage { totals { cost { amount currency } } } }';
const KEY = 'a-key-of-nobody-0123456789';

/** Ten tokens read, and two written. */
const COMPLETED = `data: ${JSON.stringify({
  type: 'response.completed',
  response: { status: 'completed', usage: { input_tokens: 10, output_tokens: 2 } },
})}\n\n`;

const dollars = (amount: string): Cost => ({ amount, currency: 'USD' });
const limitOf = (amount: string) => ({ monthlyLimit: { cost: dollars(amount) } });
/** 100 tokens, and what they cost with the model of {@link PRICED}. */
const HUNDRED_TOKENS = [{ role: 'USER', content: 'x'.repeat(300) }];
/** 0.75 dollars for a million tokens that it reads, and 4.5 for those that it writes. */
const PRICED = 'gpt-5.4-mini';

describe.each(databaseKinds)("the amount of a key's month, on %s", (kind) => {
  const server = useTestServer({ OPENAI_API_KEY: 'sk-server-key-0123456789' }, kind);

  const database = () => server().app.get(DatabaseService).client;
  const store = async (amount: string | null, more: object = {}) => {
    server().standIn.acceptKey('OPENAI', KEY);
    const limits = amount === null ? {} : limitOf(amount);
    const input = { provider: 'OPENAI', apiKey: KEY, ...limits, ...more };
    return (await server().query('alice', STORE, { input })).storeApiKey.apiKey;
  };
  const update = async (keyId: string, input: object) =>
    (await server().query('alice', UPDATE, { input: { keyId, ...input } })).updateApiKey.apiKey;
  const used = async () => (await server().query('alice', LIST)).apiKeys[0].usedThisMonth;
  const chat = (input: object = {}) => server().chatEvents('alice', { model: PRICED, ...input });
  const failure = (input: object = {}) => server().chatFailure('alice', { model: PRICED, ...input });
  const asked = () => server().standIn.requests.length;
  const explained = async (model: string) =>
    (await server().query('alice', EXPLAIN, { provider: 'OPENAI', model })).keyResolution;

  describe('is stored', () => {
    it('as it is meant, and shown', async () => {
      const { id, monthlyLimit, usedThisMonth } = await store('007.50');
      expect(monthlyLimit).toEqual({ tokens: null, cost: dollars('7.5') });
      expect(usedThisMonth).toMatchObject({ cost: dollars('0'), tokens: 0, requests: 0 });
      expect(await update(id, limitOf('0.000000000001'))).toMatchObject(limitOf('0.000000000001'));
      expect(await update(id, { monthlyLimit: { cost: dollars('1000000000'), tokens: 5 } })).toMatchObject({
        monthlyLimit: { tokens: 5, cost: dollars('1000000000') },
      });
      expect(await update(id, { monthlyLimit: { tokens: 5, cost: null } })).toMatchObject({
        monthlyLimit: { tokens: 5, cost: null },
      });
      expect(await update(id, { monthlyLimit: null })).toMatchObject({ monthlyLimit: null });
    });

    it.each([
      ...['0', '-1', '0.0000000000001', '1000000000.000000000001', '1e3', ' 1', '1,5', '.5', '', 'NaN'].map(
        (amount) => ['OPENAI', { amount, currency: 'USD' }, 'input.monthlyLimit.cost.amount'] as const,
      ),
      ['OPENAI', { amount: '1', currency: 'EUR' }, 'input.monthlyLimit.cost.currency'],
      ['OPENAI', { amount: '1', currency: 'usd' }, 'input.monthlyLimit.cost.currency'],
      ['BRAVE', { amount: '1', currency: 'USD' }, 'input.monthlyLimit.cost'],
      ['CUSTOM', { amount: '1', currency: 'USD' }, 'input.monthlyLimit.cost'],
    ] as const)('never for %s as %j', async (provider, cost, path) => {
      const endpoint = provider === 'CUSTOM' ? { name: 'mine', baseUrl: 'https://example.com/v1' } : null;
      const input = { provider, apiKey: KEY, endpoint, monthlyLimit: { cost } };
      const { errors } = await server().post('alice', STORE, { input });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', violations: [{ path }] });
    });

    it('is handed on to the key that replaces it, with what is used of it', async () => {
      await store('1');
      await chat();
      const before = await used();
      expect(before.cost).not.toEqual(NOTHING);
      expect(await store(null)).toMatchObject({ ...limitOf('1'), usedThisMonth: before });
      expect(await store('2')).toMatchObject({ ...limitOf('2'), usedThisMonth: before });
    });
  });

  it('is for models with a known price only, for requests and for those who ask before', async () => {
    const { id } = await store('1');
    expect(await failure({ model: 'of-nobody' })).toBe('KEY_NOT_PERMITTED');
    expect(await failure({ model: 'of-nobody', provider: 'OPENAI' })).toBe('KEY_NOT_PERMITTED');
    expect(asked()).toBe(0);
    expect(await explained('of-nobody')).toMatchObject({
      available: false,
      candidates: [
        { outcome: 'NOT_PERMITTED', reason: expect.stringContaining('no known price') },
        { outcome: 'NOT_NEEDED' },
      ],
    });
    expect(await explained(PRICED)).toMatchObject({ available: true });
    server().standIn.once(
      'OPENAI',
      reply({
        status: 200,
        body: { object: 'list', data: ['gpt-5.4', 'gpt-of-nobody', PRICED].map((id) => ({ id })) },
      }),
    );
    const ids = async () =>
      (await server().query('alice', MODELS, { provider: 'OPENAI' })).models.models.map(
        (model: { id: string }) => model.id,
      );
    expect(await ids()).toEqual(['gpt-5.4', PRICED]);
    await update(id, { monthlyLimit: { requests: 9 } });
    expect(await ids()).toEqual(['gpt-5.4', 'gpt-of-nobody', PRICED]);
    expect((await chat({ model: 'of-nobody' })).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('ends a failover where its next key is not for the model', async () => {
    server().standIn.revokeKey('OPENAI', KEY);
    await server().query('alice', STORE, { input: { provider: 'OPENAI', apiKey: KEY } });
    await server().query('alice', STORE, {
      input: { provider: 'ANTHROPIC', apiKey: 'another-key-0123456789', ...limitOf('0.000001') },
    });
    expect((await chat({ failover: true })).at(-1)).toMatchObject({ error: { code: 'KEY_NOT_PERMITTED' } });
  });

  it('becomes what chats cost, which is what usage says', async () => {
    await store('1');
    const [first, second] = [(await chat()).at(-1), (await chat()).at(-1)] as any[];
    const sum = addCosts(first.usage.cost, second.usage.cost);
    expect(await used()).toMatchObject({ cost: sum, requests: 2 });
    expect((await server().query('alice', USAGE)).usage.totals.cost).toEqual(sum);
    expect(await database().keyReservation.count()).toBe(0);
  });

  it.each([
    ['an amount', { cost: dollars('0.0016') }, { cost: dollars('0.0015') }],
    ['tokens', { tokens: 700 }, { tokens: 600 }],
  ])('has room for three of 50 chats that begin in one turn, as %s', async (_, monthlyLimit, taken) => {
    const { id: keyId } = await store(null, { monthlyLimit });
    const uses = server().app.get(KeyUseService);
    const chatIds = Array.from({ length: 50 }, () => uuidv7());
    const begin = (chatId: string) =>
      uses.begin('alice', {
        ...{
          provider: 'OPENAI',
          source: 'USER',
          model: PRICED,
          accessTokenId: null,
          network: null,
          keyId,
          chatId,
        },
        tokens: { input: 100, output: 100 },
        cost: { input: 100_000_000n, outputToken: 4_000_000n },
      });
    const begun = await Promise.allSettled(chatIds.map(begin));
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const each of begun)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'KEY_NOT_PERMITTED' });
    expect(await used()).toMatchObject({ requests: 3, ...taken });
    expect(await database().keyReservation.count()).toBe(3);
  });

  it('refuses what does not fit, and leaves room for what does', async () => {
    await store('0.0005');
    expect(await failure({ maxOutputTokens: 112 })).toBe('KEY_NOT_PERMITTED');
    expect(await failure({ messages: [{ role: 'USER', content: 'x'.repeat(2_100) }] })).toBe(
      'KEY_NOT_PERMITTED',
    );
    expect(asked()).toBe(0);
    expect((await chat({ maxOutputTokens: 100 })).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('lets nobody go on when it is used up, with a model that costs nothing either', async () => {
    const { id } = await store('1');
    const usedMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth()));
    await database().apiKey.update({
      where: { id },
      data: { usedMonth, costMonth: usedMonth, usedCost: '1' },
    });
    expect(await failure()).toBe('KEY_NOT_PERMITTED');
    expect(await explained(PRICED)).toMatchObject({ available: false });
    await database().apiKey.update({ where: { id }, data: { costMonth: new Date('2026-01-01') } });
    expect((await used()).cost).toEqual(NOTHING);
    expect((await chat()).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  describe('while a chat goes on', () => {
    const begin = async (input: object) => {
      server().standIn.once('OPENAI', hang());
      const ended = chat({ messages: HUNDRED_TOKENS, ...input });
      const exchange = await server().standIn.nextRequest('OPENAI');
      return { ended, exchange };
    };
    const reserved = async () => (await database().keyReservation.findFirstOrThrow()).cost.toFixed();

    it.each([
      ['the answer that the request asks for', '1', { maxOutputTokens: 1_000 }, '0.004575'],
      ['4,096 tokens where it does not say', '1', {}, '0.018507'],
      ['a quarter of what is left, if that is less', '0.001', {}, '0.000325'],
    ])('keeps enough for %s', async (_, amount, input, expected) => {
      await store(amount);
      const { ended, exchange } = await begin(input);
      expect(await reserved()).toBe(expected);
      expect((await used()).cost).toEqual(dollars(expected));
      exchange.open();
      exchange.cut();
      await ended;
      // Nobody knows what it cost.
      expect((await used()).cost).toEqual(dollars(expected));
      expect(await database().keyReservation.count()).toBe(0);
    });

    it('keeps nothing of one that the provider refuses', async () => {
      await store('1');
      for (const status of [401, 429, 400]) {
        const refused = reply({ status, headers: { 'retry-after-ms': '1' }, body: { error: {} } });
        server().standIn.once('OPENAI', refused);
        server().standIn.once('OPENAI', refused);
        await chat();
        expect((await used()).cost).toEqual(NOTHING);
      }
    });

    it('keeps nothing of one that goes on with another key', async () => {
      await store('1');
      server().standIn.revokeKey('OPENAI', KEY);
      server().standIn.acceptKey('ANTHROPIC', KEY);
      await server().query('alice', STORE, { input: { provider: 'ANTHROPIC', apiKey: KEY } });
      expect((await chat({ failover: true })).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      const { apiKeys } = await server().query('alice', LIST);
      expect(apiKeys.find((key: any) => key.monthlyLimit).usedThisMonth).toMatchObject({
        cost: NOTHING,
        requests: 1,
      });
      expect(await database().keyReservation.count()).toBe(0);
    });

    it('counts the turns of a key in whose place another one goes on', async () => {
      await store('1');
      server().standIn.acceptKey('ANTHROPIC', KEY);
      await server().query('alice', STORE, { input: { provider: 'ANTHROPIC', apiKey: KEY } });
      const refused = reply({ status: 500, body: { error: {} } });
      const chatting = chat({
        ...{ failover: true, webSearch: {} },
        messages: [{ role: 'USER', content: 'search: words' }],
      });
      // Its first turn searches, and its second one fails.
      await server().standIn.nextRequest('OPENAI');
      server().standIn.once('OPENAI', refused);
      const events = await chatting;
      expect(events.map(({ __typename }) => __typename)).toContain('ProviderSwitched');
      const { apiKeys } = await server().query('alice', LIST);
      const month = apiKeys.find((key: any) => key.monthlyLimit).usedThisMonth;
      expect(month.tokens).toBeGreaterThan(0);
      // What the second turn has cost, nobody knows.
      expect(month.cost).not.toEqual(NOTHING);
      expect(await database().keyReservation.count()).toBe(0);
    });

    it('is not lost where a server that knows no costs begins the next month', async () => {
      const { id } = await store('1');
      const lastMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 1));
      const thisMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth()));
      const data = { usedCost: '0.99', costMonth: lastMonth, usedMonth: thisMonth, usedRequests: 1n };
      await database().apiKey.update({ where: { id }, data });
      expect(await used()).toMatchObject({ cost: NOTHING, requests: 1 });
      const end = (await chat()).at(-1) as any;
      expect(await used()).toMatchObject({ cost: end.usage.cost, requests: 2 });
    });

    it('is asked for again where the amount has come since the key was decided on', async () => {
      const { id: keyId } = await store('1');
      const use = {
        provider: 'OPENAI',
        source: 'USER',
        keyId,
        chatId: uuidv7(),
        accessTokenId: null,
        network: null,
      } as const;
      const uses = server().app.get(KeyUseService);
      const tokens = { input: 1, output: null };
      const late = uses.begin('alice', { ...use, model: 'of-nobody', tokens, cost: null });
      await expect(late).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await used()).requests).toBe(0);
    });

    it('stays reserved where its tokens are known and their price is not', async () => {
      const { id: keyId } = await store('1');
      const use = { provider: 'OPENAI', keyId, chatId: uuidv7(), model: PRICED } as const;
      const uses = server().app.get(KeyUseService);
      const tokens = { input: 1, output: 2 };
      const cost = { input: 1_000_000n, outputToken: 2_000_000n };
      await uses.begin('alice', { ...use, source: 'USER', tokens, cost, accessTokenId: null, network: null });
      expect((await used()).cost).toEqual(dollars('0.000005'));
      const counts = {
        inputTokens: 3,
        outputTokens: 4,
        cachedInputTokens: null,
        cacheWriteInputTokens: null,
      };
      const times = { timeToFirstTokenMs: 1, durationMs: 2 };
      const end = { kind: 'CHAT_FINISHED', keySource: 'USER', outcome: 'OK', cost: null } as const;
      await uses.finish('alice', { ...use, ...end, ...counts, ...times });
      expect(await used()).toMatchObject({ cost: dollars('0.000005'), tokens: 7 });
    });

    it('counts what it has cost where the amount came meanwhile', async () => {
      const { id } = await store(null);
      const { ended, exchange } = await begin({ maxOutputTokens: 10 });
      await update(id, limitOf('1'));
      expect((await used()).cost).toEqual(NOTHING);
      exchange.open();
      exchange.end(COMPLETED);
      const end = (await ended).at(-1) as any;
      expect(end.usage.cost).toEqual(dollars('0.0000165'));
      expect((await used()).cost).toEqual(end.usage.cost);
    });

    it('belongs to the month in which it began', async () => {
      await store('1');
      const { ended, exchange } = await begin({ maxOutputTokens: 10 });
      await database().keyReservation.updateMany({ data: { month: new Date('2026-01-01') } });
      const before = await used();
      exchange.cut();
      await ended;
      expect(await used()).toEqual(before);
    });

    it('comes back where the chat has never ended', async () => {
      const { id } = await store('1');
      const month = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth()));
      await database().apiKey.update({ where: { id }, data: { costMonth: month, usedCost: '1' } });
      const lost = { chatId: uuidv7(), keyId: id, userId: 'alice', month, tokens: 0n, cost: '0.75' };
      await database().keyReservation.create({ data: { ...lost, madeAt: new Date() } });
      expect(await failure()).toBe('KEY_NOT_PERMITTED');
      await database().keyReservation.updateMany({ data: { madeAt: new Date(Date.now() - 602_000) } });
      const end = (await chat()).at(-1) as any;
      expect((await used()).cost).toEqual(addCosts(dollars('0.25'), end.usage.cost));
    });
  });
});
