import { jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { DatabaseClient } from '../../src/prisma/prisma-client.js';
import { databaseKinds } from '../support/database.js';
import { settleServer, useTestServer } from '../support/use-test-server.js';
import { addKeyHours } from '../support/key-hours.js';

const AUDIT = `query ($first: Int! = 50, $after: String, $filter: AuditFilter) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id kind at provider keyId chatId outcome } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const TOTALS =
  'chats searches failures inputTokens outputTokens cachedInputTokens cacheWriteInputTokens cost { amount currency } unpricedChats';
const USAGE = `query ($from: DateTime, $to: DateTime, $bucket: UsageBucketSize) {
  usage(from: $from, to: $to, bucket: $bucket) {
    totals { ${TOTALS} } byProvider { provider keySource totals { ${TOTALS} } } buckets { start totals { ${TOTALS} } }
  }
}`;
/** The range of a report. */
const DAY = 'from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z"';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOTHING = {
  ...{ chats: 0, searches: 0, failures: 0, inputTokens: 0, outputTokens: 0 },
  ...{ cachedInputTokens: 0, cacheWriteInputTokens: 0, cost: null, unpricedChats: 0 },
};
const KEY_ID = '01890000-0000-7000-8000-00000000000a';
const CHAT_ID = '01890000-0000-7000-8000-00000000000b';

type Row = Parameters<DatabaseClient['auditEvent']['create']>[0]['data'];

/** Counts what is asked of a database: a call of the client or of one of its tables is one query. */
function counting<Client extends object>(client: Client, onCall: () => void): Client {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member === 'object' && member !== null) return counting(member, onCall);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        onCall();
        return Reflect.apply(member, target, args);
      };
    },
  });
}

describe.each(databaseKinds)('the account of what happened, on %s', (kind) => {
  const server = useTestServer({}, kind);
  const database = () => server().app.get(DatabaseService);

  /** How many queries the work takes. */
  const queriesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const { client } = database();
    await settleServer(server());
    let queries = 0;
    const spy = jest
      .spyOn(database(), 'client', 'get')
      .mockReturnValue(counting(client, () => (queries += 1)));
    try {
      await work();
    } finally {
      spy.mockRestore();
    }
    return queries;
  };

  describe('auditEvents', () => {
    /** Events in their order, oldest first. */
    const write = async (userId: string, rows: readonly Partial<Row>[]): Promise<string[]> => {
      const data = rows.map((row): Row => ({
        id: uuidv7(),
        userId,
        kind: 'KEY_USED',
        outcome: 'OK',
        at: new Date(),
        ...row,
      }));
      await database().client.auditEvent.createMany({ data });
      return data.map(({ id }) => String(id));
    };
    const list = async (variables: Record<string, unknown> = {}, userId = 'alice') =>
      (await server().query(userId, AUDIT, variables)).auditEvents;
    const idsOf = async (variables: Record<string, unknown> = {}, userId = 'alice'): Promise<string[]> =>
      (await list(variables, userId)).edges.map((edge: { node: { id: string } }) => edge.node.id);

    it('gives the newest first, 50 where nothing is said', async () => {
      const ids = await write(
        'alice',
        Array.from({ length: 60 }, () => ({})),
      );
      expect(await idsOf()).toEqual(ids.reverse().slice(0, 50));
    });

    it('gives every event once, page by page, also when new ones come in between', async () => {
      const ids = await write(
        'alice',
        Array.from({ length: 7 }, () => ({})),
      );
      const seen: string[] = [];
      let after: string | null = null;
      for (let page = 0; page === 0 || after; page += 1) {
        const { edges, pageInfo }: any = await list({ first: 3, after });
        seen.push(...edges.map((edge: any) => edge.node.id as string));
        expect(pageInfo).toMatchObject({
          hasPreviousPage: page > 0,
          startCursor: edges[0].cursor,
          endCursor: edges.at(-1).cursor,
        });
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
        await write('alice', [{}]);
      }
      expect(seen).toEqual(ids.reverse());
    });

    it('has an empty page for who did nothing', async () => {
      expect(await list()).toEqual({
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      });
    });

    it('knows where the last page ends exactly', async () => {
      await write('alice', [{}, {}]);
      expect((await list({ first: 2 })).pageInfo.hasNextPage).toBe(false);
      expect((await list({ first: 1 })).pageInfo.hasNextPage).toBe(true);
    });

    it.each([1, 200])('takes first: %d', async (first) => {
      await write(
        'alice',
        Array.from({ length: 201 }, () => ({})),
      );
      expect(await idsOf({ first })).toHaveLength(first);
    });

    it.each([
      ['first', { first: 0 }],
      ['first', { first: 201 }],
      ['first', { first: -1 }],
      ['after', { after: 'nonsense' }],
      ['after', { after: '' }],
      ['filter.keyId', { filter: { keyId: 'nonsense' } }],
      ['filter.chatId', { filter: { chatId: 'nonsense' } }],
      ['filter.from', { filter: { from: 'yesterday' } }],
      ['filter.from', { filter: { from: '-000001-01-01T00:00:00Z' } }],
      ['filter.to', { filter: { to: '+275760-01-01T00:00:00Z' } }],
      ['filter.provider', { filter: { provider: 'NOBODY' } }],
    ])('refuses by its path: %s in %j', async (path, variables) => {
      const { errors } = await server().post('alice', AUDIT, variables);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path }] } }]);
    });

    it('filters by each condition, and by all of them together', async () => {
      const at = new Date('2026-03-01T12:00:00Z');
      const [all] = await write('alice', [
        { kind: 'CHAT_FINISHED', provider: 'OPENAI', keyId: KEY_ID, chatId: CHAT_ID, at },
      ]);
      const [kind_, provider, key, chat, late] = await write('alice', [
        { kind: 'CHAT_FINISHED', at: new Date(at.getTime() - 1) },
        { provider: 'OPENAI', at: new Date(at.getTime() - 1) },
        { keyId: KEY_ID, at: new Date(at.getTime() - 1) },
        { chatId: CHAT_ID, at: new Date(at.getTime() - 1) },
        { at: new Date(at.getTime() + 1) },
      ]);
      const filtered = (filter: Record<string, unknown> | null) => idsOf({ filter });
      expect(await filtered({ kinds: ['CHAT_FINISHED'] })).toEqual([kind_, all]);
      expect(await filtered({ kinds: ['CHAT_FINISHED', 'KEY_USED'] })).toHaveLength(6);
      expect(await filtered({ kinds: [] })).toEqual([]);
      expect(await filtered({ provider: 'OPENAI' })).toEqual([provider, all]);
      expect(await filtered({ keyId: KEY_ID })).toEqual([key, all]);
      expect(await filtered({ chatId: CHAT_ID })).toEqual([chat, all]);
      expect(await filtered({ from: at.toISOString() })).toEqual([late, all]);
      expect(
        await filtered({ from: at.toISOString(), to: new Date(at.getTime() + 1).toISOString() }),
      ).toEqual([all]);
      expect(await filtered({ from: '2026-03-01T13:00:00+01:00', to: '2026-03-01T12:00:00.001Z' })).toEqual([
        all,
      ]);
      expect(
        await filtered({
          kinds: ['CHAT_FINISHED'],
          provider: 'OPENAI',
          keyId: KEY_ID,
          chatId: CHAT_ID,
          from: at.toISOString(),
        }),
      ).toEqual([all]);
      for (const nothing of [
        null,
        {},
        { kinds: null, provider: null, keyId: null, chatId: null, from: null, to: null },
      ]) {
        expect(await filtered(nothing)).toHaveLength(6);
      }
    });

    it("never gives another user's events, with any filter or cursor", async () => {
      const [hers] = await write('alice', [{ keyId: KEY_ID, chatId: CHAT_ID, provider: 'OPENAI' }]);
      const { edges } = await list();
      const [his] = await write('bob', [{}]);
      expect(await idsOf({}, 'bob')).toEqual([his]);
      for (const filter of [{ keyId: KEY_ID }, { chatId: CHAT_ID }, { provider: 'OPENAI' }]) {
        expect(await idsOf({ filter }, 'bob')).toEqual([]);
      }
      expect(await idsOf({ after: edges[0].cursor }, 'bob')).toEqual([]);
      expect(await idsOf()).toEqual([hers]);
    });

    it('takes one query, however much there is', async () => {
      await write(
        'alice',
        Array.from({ length: 300 }, () => ({})),
      );
      expect(await queriesOf(() => list({ first: 200 }))).toBe(1);
    });

    it('is written before a key is used: where it cannot be, no provider is called', async () => {
      await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
      await server().storeKey('alice', 'TAVILY', 'key-of-alice-0123456789');
      const { client } = database();
      await client.$executeRaw`ALTER TABLE audit_events RENAME TO audit_events_away`;
      const chat = await server().chatFailure('alice', { provider: 'OPENAI' });
      const search = await server().failure('alice', '{ webSearch(input: { query: "words" }) { tookMs } }');
      await client.$executeRaw`ALTER TABLE audit_events_away RENAME TO audit_events`;
      expect([chat, search]).toEqual(['INTERNAL_SERVER_ERROR', 'INTERNAL_SERVER_ERROR']);
      expect(server().standIn.requests).toEqual([]);
      expect(await client.apiKey.count({ where: { lastUsedAt: { not: null } } })).toBe(0);
    });

    it('has one end of a chat, of all that are reported: the first', async () => {
      const keyId = await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
      const end = {
        kind: 'CHAT_FINISHED',
        provider: 'OPENAI',
        keyId,
        keySource: 'USER',
        chatId: CHAT_ID,
        model: 'model',
        outcome: 'OK',
        inputTokens: 3,
        outputTokens: 4,
        cachedInputTokens: 2,
        cacheWriteInputTokens: 1,
        cost: null,
        timeToFirstTokenMs: 1,
        durationMs: 2,
      } as const;
      const uses = server().app.get(KeyUseService);
      // Two servers that took each other for dead.
      const late = { ...end, outcome: 'KEY_REJECTED', durationMs: null };
      await uses.finish('alice', end);
      await Promise.all([uses.finish('alice', late), uses.finish('alice', late)]);
      const { auditEvents, usage, apiKeys } = await server().query(
        'alice',
        `{ auditEvents(filter: { chatId: "${CHAT_ID}" }) { edges { node { outcome cachedInputTokens cacheWriteInputTokens } } } usage { totals { ${TOTALS} } } apiKeys { health } }`,
      );
      expect(auditEvents.edges).toEqual([
        { node: { outcome: 'OK', cachedInputTokens: 2, cacheWriteInputTokens: 1 } },
      ]);
      expect(usage.totals).toEqual({
        ...NOTHING,
        ...{ chats: 1, inputTokens: 3, outputTokens: 4, cachedInputTokens: 2, cacheWriteInputTokens: 1 },
        unpricedChats: 1,
      });
      expect(apiKeys).toEqual([{ health: 'VALID' }]);
      // Another chat's end is another matter.
      await uses.finish('alice', { ...end, chatId: uuidv7() });
      const { usage: both } = await server().query('alice', `{ usage { totals { ${TOTALS} } } }`);
      expect(both.totals).toMatchObject({ chats: 2 });
    });

    it('refuses to be changed, deleted or emptied', async () => {
      const [id = ''] = await write('alice', [{}]);
      const { client } = database();
      await expect(
        client.auditEvent.update({ where: { id }, data: { outcome: 'CANCELLED' } }),
      ).rejects.toThrow();
      await expect(client.auditEvent.delete({ where: { id } })).rejects.toThrow();
      await expect(client.$executeRaw`TRUNCATE audit_events`).rejects.toThrow();
      expect((await list()).edges).toMatchObject([{ node: { id, outcome: 'OK' } }]);
    });
  });

  describe('usage', () => {
    interface Use {
      readonly hour: string;
      readonly provider?: string;
      readonly keySource?: 'USER' | 'SERVER';
      readonly userId?: string;
      readonly chats?: number;
      readonly outputTokens?: number | bigint;
      readonly cost?: string;
      readonly pricedChats?: number;
    }

    const write = (uses: readonly Use[]) =>
      database().client.usageHour.createMany({
        data: uses.map(({ hour, ...use }) => ({
          userId: 'alice',
          provider: 'OPENAI',
          keySource: 'USER',
          hour: new Date(hour),
          ...use,
        })),
      });
    const report = async (variables: Record<string, unknown> = {}, userId = 'alice') =>
      (await server().query(userId, USAGE, variables)).usage;
    const startsOf = ({ buckets }: any): string[] =>
      buckets.map(({ start }: { start: string }) => start) as string[];

    /** Begins a chat and leaves it; resolves when its end is written down. */
    const cancelChat = async (userId: string): Promise<void> => {
      server().standIn.once('OPENAI', (exchange) => exchange.closedByClient);
      const chat = await server().chat(userId, { provider: 'OPENAI' });
      await chat.next();
      await chat.return?.();
      const finished = `{ auditEvents(filter: { kinds: [CHAT_FINISHED] }, first: 1) { edges { node { outcome } } } }`;
      const outcome = async () =>
        (await server().query(userId, finished)).auditEvents.edges[0]?.node.outcome as unknown;
      while ((await outcome()) !== 'CANCELLED');
    };

    it('sums up over all, by provider and key source, and by bucket without gaps', async () => {
      await write([
        { hour: '2026-03-01T10:00:00Z', chats: 1, outputTokens: 10 },
        { hour: '2026-03-01T23:00:00Z', chats: 2, outputTokens: 20 },
        { hour: '2026-03-03T00:00:00Z', chats: 4, outputTokens: 40, keySource: 'SERVER' },
        { hour: '2026-03-03T05:00:00Z', chats: 8, outputTokens: 80, provider: 'ANTHROPIC' },
        { hour: '2026-03-01T10:00:00Z', chats: 99, userId: 'bob' },
      ]);
      const usage = await report({ from: '2026-03-01T00:00:00Z', to: '2026-03-04T00:00:00Z' });
      const totals = (chats: number) => ({
        ...NOTHING,
        chats,
        unpricedChats: chats,
        outputTokens: chats * 10,
      });
      expect(usage).toEqual({
        totals: totals(15),
        byProvider: [
          { provider: 'ANTHROPIC', keySource: 'USER', totals: totals(8) },
          { provider: 'OPENAI', keySource: 'SERVER', totals: totals(4) },
          { provider: 'OPENAI', keySource: 'USER', totals: totals(3) },
        ],
        buckets: [
          { start: '2026-03-01T00:00:00.000Z', totals: totals(3) },
          { start: '2026-03-02T00:00:00.000Z', totals: totals(0) },
          { start: '2026-03-03T00:00:00.000Z', totals: totals(12) },
        ],
      });
    });

    it('sums up by model what was answered and cut off before anything was counted', async () => {
      const hour = new Date('2026-03-01T10:00:00Z');
      await addKeyHours(database().client, [
        {
          ...{ userId: 'alice', keySource: 'USER', provider: 'OPENAI', model: 'model-0' },
          ...{ hour, keyId: KEY_ID, chats: 1, failures: 1 },
        },
      ]);
      const { usage } = await server().query(
        'alice',
        `{ usage(${DAY}) { byModel { model totals { chats } } } }`,
      );
      expect(usage.byModel).toEqual([{ model: 'model-0', totals: { chats: 1 } }]);
    });

    it('sums up costs, and is silent where nothing has a price', async () => {
      await write([
        { hour: '2026-03-01T10:00:00Z', chats: 2, cost: '0.1', pricedChats: 1 },
        { hour: '2026-03-01T11:00:00Z', chats: 1, cost: '0.2', pricedChats: 1, provider: 'ANTHROPIC' },
        { hour: '2026-03-02T10:00:00Z', chats: 1, provider: 'CUSTOM' },
      ]);
      const { totals, byProvider, buckets } = await report({
        from: '2026-03-01T00:00:00Z',
        to: '2026-03-03T00:00:00Z',
      });
      const dollars = (amount: string) => ({ amount, currency: 'USD' });
      expect(totals).toMatchObject({ chats: 4, cost: dollars('0.3'), unpricedChats: 2 });
      expect(byProvider).toMatchObject([
        { provider: 'ANTHROPIC', totals: { cost: dollars('0.2'), unpricedChats: 0 } },
        { provider: 'CUSTOM', totals: { cost: null, unpricedChats: 1 } },
        { provider: 'OPENAI', totals: { cost: dollars('0.1'), unpricedChats: 1 } },
      ]);
      expect(buckets).toMatchObject([{ totals: { cost: dollars('0.3') } }, { totals: { cost: null } }]);
    });

    it('sums up by model what was written down before there were sums by key, and after', async () => {
      const row = { userId: 'alice', keySource: 'USER', provider: 'OPENAI', model: 'model-0' } as const;
      const hour = new Date('2026-03-01T10:00:00Z');
      await database().client.modelHour.create({ data: { ...row, hour, chats: 1, inputTokens: 3 } });
      await addKeyHours(database().client, [
        { ...row, hour, keyId: KEY_ID, chats: 2, inputTokens: 4 },
        { ...row, hour, keyId: uuidv7(), chats: 4, inputTokens: 5 },
        { ...row, hour, keyId: KEY_ID, provider: 'TAVILY', model: '', searches: 8 },
      ]);
      const { usage } = await server().query(
        'alice',
        `{ usage(${DAY}) { byModel { model totals { ${TOTALS} } } } }`,
      );
      expect(usage.byModel).toEqual([
        { model: 'model-0', totals: { ...NOTHING, chats: 7, inputTokens: 12, unpricedChats: 7 } },
      ]);
    });

    it('sums up by key, the largest first, with all beyond the hundredth and the keyless as one', async () => {
      const hour = new Date('2026-03-01T10:00:00Z');
      const row = { userId: 'alice', hour, keySource: 'USER', provider: 'OPENAI', model: '' } as const;
      const idOf = (index: number) => `01890000-0000-7000-8000-${String(index).padStart(12, '0')}`;
      const price = { cost: '0.01', pricedChats: 1 };
      // What was used before there were sums by key is in the sums by provider alone.
      const inputTokens = Array.from({ length: 103 }, (_, index) => 1_000 - index).reduce(
        (sum, n) => sum + n,
      );
      await database().client.usageHour.createMany({
        data: [
          {
            ...{ userId: 'alice', hour, provider: 'OPENAI', keySource: 'USER' },
            chats: 115,
            failures: 1,
            inputTokens,
            cost: '1.01',
            pricedChats: 101,
          },
          { userId: 'alice', hour, provider: 'OPENAI', keySource: 'SERVER', chats: 3 },
        ],
      });
      await addKeyHours(database().client, [
        ...Array.from({ length: 103 }, (_, index) => ({
          ...{ ...row, keyId: idOf(index), chats: 1, inputTokens: 1_000 - index },
          ...(index < 100 && price),
        })),
        {
          ...row,
          keyId: idOf(0),
          model: 'model',
          hour: new Date('2026-03-01T11:00:00Z'),
          chats: 2,
          ...price,
        },
        { ...row, keyId: idOf(0), hour: new Date('2026-02-28T23:00:00Z'), chats: 99 },
        { ...row, keyId: idOf(0), userId: 'bob', chats: 99 },
        { ...row, keyId: '00000000-0000-0000-0000-000000000000', keySource: 'SERVER', chats: 3 },
      ]);
      const { usage } = await server().query(
        'alice',
        `{ usage(${DAY}) { byKey { keyId provider keySource totals { ${TOTALS} } } } }`,
      );
      expect(usage.byKey).toHaveLength(102);
      expect(usage.byKey[0]).toEqual({
        ...{ keyId: idOf(0), provider: 'OPENAI', keySource: 'USER' },
        totals: {
          ...{ ...NOTHING, chats: 3, inputTokens: 1_000, unpricedChats: 1 },
          cost: { amount: '0.02', currency: 'USD' },
        },
      });
      expect(usage.byKey[99]).toMatchObject({ keyId: idOf(99) });
      expect(usage.byKey.slice(100)).toEqual([
        {
          ...{ keyId: null, provider: 'OPENAI', keySource: 'USER' },
          totals: { ...NOTHING, chats: 13, failures: 1, inputTokens: 900 + 899 + 898, unpricedChats: 13 },
        },
        {
          ...{ keyId: null, provider: 'OPENAI', keySource: 'SERVER' },
          totals: { ...NOTHING, chats: 3, unpricedChats: 3 },
        },
      ]);
    });

    it('has no line of a key where every use was of one that has its own', async () => {
      const keyId = await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
      const searchKeyId = await server().storeKey('alice', 'TAVILY', 'key-of-alice-0123456789');
      await server().chatEvents('alice', { provider: 'OPENAI' });
      await server().query('alice', '{ webSearch(input: { query: "words", provider: TAVILY }) { tookMs } }');
      await server().storeKey('alice', 'OPENAI', 'key-of-alice-9876543210');
      const { usage } = await server().query(
        'alice',
        `{ usage { byProvider { provider keySource totals { ${TOTALS} } } byKey { keyId provider keySource totals { ${TOTALS} } } } }`,
      );
      const [openai, tavily] = usage.byProvider;
      expect(openai.totals).toMatchObject({ chats: 1, cost: { currency: 'USD' } });
      expect(usage.byKey).toEqual([
        { keyId, ...openai },
        { keyId: searchKeyId, ...tavily },
      ]);
    });

    it('sums up by model, the largest first, with all beyond the hundredth and the nameless as one', async () => {
      const row = { userId: 'alice', keySource: 'USER', hour: '2026-03-01T10:00:00Z', chats: 1 } as const;
      await database().client.modelHour.createMany({
        data: [
          ...Array.from({ length: 105 }, (_, index) => ({
            ...{ ...row, provider: 'OPENAI', model: `model-${index}` },
            ...{ inputTokens: 1_000 - index, cost: '0.01', pricedChats: 1 },
          })),
          { ...row, provider: 'OPENAI', model: '', failures: 1 },
          // As servers wrote them down that knew no costs.
          { ...row, provider: 'OPENAI', model: 'no-model', failures: 1 },
          { ...row, provider: 'CUSTOM', model: 'model-0', outputTokens: 5_000 },
          { ...row, provider: 'A_NEWER_ONE', model: 'model-0', outputTokens: 2 },
          {
            ...row,
            provider: 'OPENAI',
            model: 'model-0',
            hour: '2026-03-01T11:00:00Z',
            cost: '0.02',
            pricedChats: 1,
          },
          { ...row, provider: 'OPENAI', model: 'model-0', hour: '2026-02-28T23:00:00Z' },
          { ...row, userId: 'bob', provider: 'OPENAI', model: 'model-0' },
        ],
      });
      const { usage } = await server().query(
        'alice',
        `{ usage(from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z") {
          byModel { provider keySource model totals { ${TOTALS} } } } }`,
      );
      expect(usage.byModel).toHaveLength(101);
      expect(usage.byModel[0]).toEqual({
        ...{ provider: 'CUSTOM', keySource: 'USER', model: 'model-0' },
        totals: { ...NOTHING, chats: 1, outputTokens: 5_000, unpricedChats: 1 },
      });
      expect(usage.byModel[1]).toEqual({
        ...{ provider: 'OPENAI', keySource: 'USER', model: 'model-0' },
        totals: { ...NOTHING, chats: 2, inputTokens: 1_000, cost: { amount: '0.03', currency: 'USD' } },
      });
      expect(usage.byModel.at(-1)).toEqual({
        ...{ provider: 'OPENAI', keySource: 'USER', model: null },
        totals: {
          ...{
            ...NOTHING,
            chats: 8,
            failures: 2,
            unpricedChats: 2,
            inputTokens: 901 + 900 + 899 + 898 + 897 + 896,
          },
          cost: { amount: '0.06', currency: 'USD' },
        },
      });
    });

    it.each([
      ['DAY', '2026-03-01T12:34:56.789Z', '2026-03-02T00:00:00.001Z', '2026-03-01T00:00:00.000Z', 2],
      ['HOUR', '2026-03-01T12:34:56.789Z', '2026-03-01T13:00:00.001Z', '2026-03-01T12:00:00.000Z', 2],
      ['HOUR', '2026-03-01T12:00:00Z', '2026-03-01T13:00:00Z', '2026-03-01T12:00:00.000Z', 1],
      ['DAY', '2026-03-01T23:30:00-02:00', '2026-03-02T23:30:00Z', '2026-03-02T00:00:00.000Z', 1],
      ['DAY', '2024-02-28T01:00:00Z', '2024-03-01T00:00:00Z', '2024-02-28T00:00:00.000Z', 2],
    ])(
      'rounds a range outward to whole buckets, in UTC: %s from %s to %s',
      async (bucket, from, to, first, count) => {
        await write([{ hour: first, chats: 1 }]);
        const usage = await report({ bucket, from, to });
        expect(startsOf(usage)).toHaveLength(count);
        expect(usage.buckets[0]).toMatchObject({ start: first, totals: { chats: 1 } });
      },
    );

    it('leaves out what ends the range', async () => {
      await write([{ hour: '2026-03-02T00:00:00Z', chats: 1 }]);
      expect((await report({ from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' })).totals).toEqual(
        NOTHING,
      );
    });

    it.each([
      ['DAY', DAY_MS, 30, {}],
      ['DAY', DAY_MS, 30, { bucket: 'DAY' }],
      ['DAY', DAY_MS, 30, { bucket: null, from: null, to: null }],
      ['HOUR', HOUR_MS, 48, { bucket: 'HOUR' }],
    ])('ends now and covers what %s defaults to: %d ms × %d with %j', async (_, step, count, variables) => {
      const before = Date.now();
      const starts = startsOf(await report(variables)).map((start) => Date.parse(start));
      const after = Date.now();
      expect(starts).toHaveLength(count);
      expect(new Set(starts.slice(1).map((start, index) => start - (starts[index] ?? 0)))).toEqual(
        new Set([step]),
      );
      const last = starts.at(-1) ?? 0;
      expect([Math.floor(before / step) * step, Math.floor(after / step) * step]).toContain(last);
    });

    it('begins a default range before the end that is named', async () => {
      const starts = startsOf(await report({ to: '2026-03-31T00:00:00Z' }));
      expect([starts[0], starts.at(-1)]).toEqual(['2026-03-01T00:00:00.000Z', '2026-03-30T00:00:00.000Z']);
    });

    it.each([
      ['that ends before it begins', { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' }],
      ['that does so within one bucket', { from: '2026-03-01T13:00:00Z', to: '2026-03-01T12:00:00Z' }],
      ['that is empty', { from: '2026-03-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }],
      ['of the future', { from: '2999-01-01T00:00:00Z' }],
      ['of too many buckets', { from: '1970-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
      ['of too many hours', { from: '2025-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', bucket: 'HOUR' }],
    ])('refuses a range %s', async (_, variables) => {
      const { errors } = await server().post('alice', USAGE, variables);
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'from' }] } },
      ]);
    });

    it.each([
      ['from', { from: 'yesterday' }],
      ['to', { to: '+275760-01-01T00:00:00Z' }],
    ])('refuses what is no date: %s in %j', async (path, variables) => {
      const { errors } = await server().post('alice', USAGE, variables);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path }] } }]);
    });

    it('counts beyond 32 bits', async () => {
      await write([{ hour: '2026-03-01T00:00:00Z', outputTokens: 2n ** 53n - 1n }]);
      const { totals } = await report({ from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' });
      expect(totals.outputTokens).toBe(Number.MAX_SAFE_INTEGER);
    });

    it.each([
      ['DAY', '2026-03-01T00:00:00Z'],
      ['DAY', '2017-03-01T00:00:00Z'],
      ['HOUR', '2026-02-01T00:00:00Z'],
    ])('takes one query, for any range: %s from %s', async (bucket, from) => {
      await write(
        Array.from({ length: 100 }, (_, index) => ({
          hour: new Date(Date.parse(from) + index * HOUR_MS).toISOString(),
          chats: 1,
        })),
      );
      const variables = { bucket, from, to: '2026-03-02T00:00:00Z' };
      expect(await queriesOf(() => report(variables))).toBe(1);
    });

    it('counts chats and searches as they end, failures among them, cancelled ones not', async () => {
      await server().storeKey('alice', 'OPENAI', 'key-of-alice-0123456789');
      await server().storeKey('alice', 'TAVILY', 'key-of-alice-0123456789');
      const search = 'query { webSearch(input: { query: "words", provider: TAVILY }) { tookMs } }';
      const events = await server().chatEvents('alice', { provider: 'OPENAI' });
      await server().query('alice', search);
      server().standIn.revokeKey('TAVILY', 'key-of-alice-0123456789');
      await server().failure('alice', search);
      await cancelChat('alice');
      const { totals, byProvider, buckets } = await report({ bucket: 'HOUR' });
      const usage = events.at(-1)?.usage as { inputTokens: number; outputTokens: number; cost: object };
      const { inputTokens, outputTokens, cost } = usage;
      // Nobody knows what the one that was cancelled cost.
      const tokens = { inputTokens, outputTokens, cost, unpricedChats: 1 };
      expect(cost).toEqual({ amount: expect.stringMatching(/^0\.\d+[1-9]$/), currency: 'USD' });
      expect(totals).toEqual({ ...NOTHING, chats: 2, searches: 2, failures: 1, ...tokens });
      expect(byProvider).toEqual([
        { provider: 'OPENAI', keySource: 'USER', totals: { ...NOTHING, chats: 2, ...tokens } },
        { provider: 'TAVILY', keySource: 'USER', totals: { ...NOTHING, searches: 2, failures: 1 } },
      ]);
      const inBuckets = buckets.map(
        (bucket: { totals: { searches: number } }) => bucket.totals.searches,
      ) as number[];
      expect(inBuckets.reduce((sum, searches) => sum + searches)).toBe(2);
    });
  });
});
