import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { FinishedUse } from '../../src/audit/finished-use.js';
import { newUseRecord } from '../../src/audit/writer/use-record.js';
import type { AuditRepository } from '../../src/audit/audit.repository.js';
import { UseWriter } from '../../src/audit/writer/use-writer.js';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { statementsOf } from '../support/statements.js';
import { openTrail } from '../support/trail.js';
import { emptyTables } from '../support/use-test-server.js';
import { noWatch } from '../support/no-watch.js';

Logger.overrideLogger(false);

const code = (error: unknown): unknown => Reflect.get(error as Error, 'code') ?? 'ANOTHER';

describe.each(databaseKinds)('uses of keys that are written together, on %s', (kind) => {
  let database: TestDatabase;
  let service: DatabaseService;
  let writer: UseWriter;
  let uses: KeyUseService;
  beforeAll(async () => {
    database = await createDatabase(kind);
    const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
    service = new DatabaseService({ url, dataDir });
    await service.onModuleInit();
    writer = new UseWriter(service, await openTrail(service), noWatch);
    // To look up the token of a chat takes its time: ends would be written in any order.
    uses = new KeyUseService(writer, {
      findTokenOf: () => Promise.resolve(null),
    } as unknown as AuditRepository);
  });
  beforeEach(() => emptyTables(service));
  afterAll(async () => {
    await service.onApplicationShutdown();
    await database.drop();
  });

  const storeKey = async (userId: string, status: 'ACTIVE' | 'DISABLED' | 'REPLACED' = 'ACTIVE') => {
    const { id } = await service.client.apiKey.create({
      data: { userId, provider: 'OPENAI', maskedKey: 'sk-…', status },
    });
    return id;
  };
  const keyOf = (id: string) => service.client.apiKey.findUniqueOrThrow({ where: { id } });
  const begin = (userId: string, keyId: string | null, chatId = uuidv7(), model = 'model') =>
    uses.begin(userId, {
      provider: 'OPENAI',
      source: keyId ? 'USER' : 'SERVER',
      keyId,
      chatId,
      model,
      tokens: null,
      cost: null,
      accessTokenId: null,
      network: null,
    });
  const endOf = (more: Partial<FinishedUse> = {}): FinishedUse => ({
    kind: 'CHAT_FINISHED',
    provider: 'OPENAI',
    keyId: null,
    keySource: 'USER',
    chatId: uuidv7(),
    model: 'model',
    outcome: 'OK',
    inputTokens: 3,
    outputTokens: 5,
    cachedInputTokens: 2,
    cacheWriteInputTokens: 1,
    cost: null,
    timeToFirstTokenMs: 1.5,
    durationMs: 2.5,
    ...more,
  });
  const trail = async (userId: string): Promise<unknown[]> => {
    const rows = await service.client.auditEvent.findMany({ where: { userId }, orderBy: { id: 'asc' } });
    return rows.map(({ kind: what, outcome, model }) => [what, outcome, model]);
  };
  const usage = async (userId: string): Promise<Record<string, unknown>[]> => {
    const rows = await service.client.usageHour.findMany({ where: { userId }, orderBy: { provider: 'asc' } });
    return rows.map(({ userId: _, hour: __, ...row }) => row);
  };
  const usageByModel = async (userId: string): Promise<Record<string, unknown>[]> => {
    const rows = await service.client.keyHour.findMany({
      where: { userId },
      orderBy: [{ model: 'asc' }, { keyId: 'asc' }],
    });
    return rows.map(({ userId: _, hour: __, ...row }) => row);
  };
  /** The codes of those that failed; null for the others. */
  const codesOf = async (writes: readonly Promise<unknown>[]): Promise<unknown[]> =>
    (await Promise.allSettled(writes)).map((each) => (each.status === 'rejected' ? code(each.reason) : null));

  it('are one statement, however many begin in one turn', async () => {
    const keyId = await storeKey('alice');
    const statements = await statementsOf(() =>
      Promise.all(Array.from({ length: 50 }, () => begin('alice', keyId))),
    );
    expect(statements).toHaveLength(1);
    expect(await trail('alice')).toHaveLength(50);
    expect((await keyOf(keyId)).lastUsedAt).not.toBeNull();
  });

  it('are there when they have begun, with all that is known of them', async () => {
    const keyId = await storeKey('alice');
    const [chatId, before] = [uuidv7(), Date.now()];
    await begin('alice', keyId, chatId, 'gpt');
    const [row] = await service.client.auditEvent.findMany();
    expect(row).toMatchObject({
      userId: 'alice',
      kind: 'KEY_USED',
      provider: 'OPENAI',
      keyId,
      keySource: 'USER',
      chatId,
      model: 'gpt',
      outcome: 'OK',
      inputTokens: null,
      durationMs: null,
      detail: null,
    });
    expect(row!.at.getTime()).toBeGreaterThanOrEqual(before);
    expect((await keyOf(keyId)).lastUsedAt).toEqual(row!.at);
  });

  it('fail alone where the key is gone, and nothing is written of them', async () => {
    const keys = {
      active: await storeKey('alice'),
      disabled: await storeKey('bob', 'DISABLED'),
      replaced: await storeKey('carol', 'REPLACED'),
    };
    const codes = await codesOf([
      begin('alice', keys.active),
      begin('bob', keys.disabled),
      begin('carol', keys.replaced),
      begin('dave', uuidv7()),
      begin('erin', null),
      // The key of another user.
      begin('mallory', keys.active),
    ]);
    expect(codes).toEqual([null, 'CONFLICT', 'CONFLICT', 'CONFLICT', null, 'CONFLICT']);
    for (const refused of ['bob', 'carol', 'dave', 'mallory']) expect(await trail(refused)).toEqual([]);
    expect((await keyOf(keys.disabled)).lastUsedAt).toBeNull();
    expect((await keyOf(keys.replaced)).lastUsedAt).toBeNull();
    for (const written of ['alice', 'erin'])
      expect(await trail(written)).toEqual([['KEY_USED', 'OK', 'model']]);
  });

  it.each([
    ['a character that the database does not take', { model: 'a\0b' }],
    ['a value of the wrong type', { chatId: 'no uuid' }],
    ['a number out of range', { inputTokens: 1e300 }],
  ])('fail alone where they are at fault: %s', async (_, fault) => {
    const ends = Array.from({ length: 9 }, (_each, number) => endOf(number === 4 ? fault : {}));
    const codes = await codesOf(ends.map((end) => uses.finish('alice', end)));
    expect(codes.map((each) => each !== null)).toEqual(ends.map((_each, number) => number === 4));
    expect(codes[4]).not.toBe('SERVICE_UNAVAILABLE');
    expect(await trail('alice')).toHaveLength(8);
    expect(await usage('alice')).toMatchObject([{ chats: 8n }]);
  });

  it('have one end of a chat, and it counts once', async () => {
    const keyId = await storeKey('alice');
    const chatId = uuidv7();
    const first = endOf({ chatId, keyId });
    const late = endOf({ chatId, keyId, outcome: 'KEY_REJECTED', inputTokens: 100 });
    const other = endOf({ keyId });
    const isFirst = await Promise.all([first, late, other].map((end) => uses.finish('alice', end)));
    expect(isFirst).toEqual([true, false, true]);
    expect(await uses.finish('alice', late)).toBe(false);
    expect(await trail('alice')).toEqual([
      ['CHAT_FINISHED', 'OK', 'model'],
      ['CHAT_FINISHED', 'OK', 'model'],
    ]);
    expect(await usage('alice')).toMatchObject([
      { chats: 2n, failures: 0n, inputTokens: 6n, outputTokens: 10n },
    ]);
    expect(await keyOf(keyId)).toMatchObject({ health: 'VALID', healthReason: null });
  });

  it('sum up what they count by user, hour, provider and source', async () => {
    const count = {
      ...{ chats: 0n, searches: 0n, failures: 0n, inputTokens: 0n, outputTokens: 0n },
      ...{ cachedInputTokens: 0n, cacheWriteInputTokens: 0n, cost: null, pricedChats: 0n },
    };
    const search = {
      kind: 'SEARCH_FINISHED',
      chatId: null,
      provider: 'BRAVE',
      inputTokens: null,
      outputTokens: null,
      cachedInputTokens: null,
      cacheWriteInputTokens: null,
      model: null,
    } as const;
    const ends: [string, FinishedUse][] = [
      ['alice', endOf()],
      ['alice', endOf({ outcome: 'PROVIDER_TIMEOUT', inputTokens: null })],
      ['alice', endOf({ outcome: 'CANCELLED', outputTokens: null })],
      ['alice', endOf({ keySource: 'SERVER' })],
      ['alice', endOf(search)],
      ['alice', endOf(search)],
      ['bob', endOf()],
    ];
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(
        ends.map(([userId, { chatId, ...end }]) =>
          uses.finish(userId, { ...end, chatId: chatId && uuidv7() }),
        ),
      );
    }
    const [brave, ...openAi] = await usage('alice');
    expect(brave).toEqual({ ...count, provider: 'BRAVE', keySource: 'USER', searches: 4n });
    expect(openAi.sort((a, b) => String(a.keySource).localeCompare(String(b.keySource)))).toEqual([
      {
        ...count,
        provider: 'OPENAI',
        keySource: 'SERVER',
        chats: 2n,
        inputTokens: 6n,
        outputTokens: 10n,
        cachedInputTokens: 4n,
        cacheWriteInputTokens: 2n,
      },
      {
        ...count,
        provider: 'OPENAI',
        keySource: 'USER',
        chats: 6n,
        failures: 2n,
        inputTokens: 12n,
        outputTokens: 20n,
        cachedInputTokens: 12n,
        cacheWriteInputTokens: 6n,
      },
    ]);
    expect(await usage('bob')).toMatchObject([{ chats: 2n, inputTokens: 6n }]);
  });

  it('sum up what ends by key and model, too', async () => {
    const keyId = uuidv7();
    for (let round = 0; round < 2; round += 1) {
      await Promise.all([
        uses.finish('alice', endOf({ model: 'a' })),
        uses.finish('alice', endOf({ model: 'a', keyId })),
        uses.finish('alice', endOf({ model: 'a', cachedInputTokens: null, outcome: 'PROVIDER_TIMEOUT' })),
        uses.finish('alice', endOf({ model: 'b', keySource: 'SERVER', cacheWriteInputTokens: null })),
        uses.finish('alice', endOf({ kind: 'SEARCH_FINISHED', chatId: null, model: null })),
        uses.finish('bob', endOf({ model: 'b' })),
      ]);
    }
    const tokens = (chats: bigint) => ({
      ...{ chats, inputTokens: 3n * chats, outputTokens: 5n * chats },
      ...{ cost: null, pricedChats: 0n },
    });
    const [a, b] = [
      { ...tokens(4n), failures: 2n, cachedInputTokens: 4n, cacheWriteInputTokens: 4n },
      { ...tokens(2n), failures: 0n, cachedInputTokens: 4n, cacheWriteInputTokens: 0n },
    ];
    const SERVER_KEY = '00000000-0000-0000-0000-000000000000';
    const openai = { provider: 'OPENAI', keySource: 'USER', searches: 0n };
    const search = {
      ...{ ...tokens(2n), chats: 0n, searches: 2n, failures: 0n },
      ...{ cachedInputTokens: 4n, cacheWriteInputTokens: 2n },
    };
    expect(await usageByModel('alice')).toEqual([
      { ...openai, ...search, keyId: SERVER_KEY, model: '' },
      { ...openai, ...a, keyId: SERVER_KEY, model: 'a' },
      { ...openai, ...search, chats: 2n, searches: 0n, keyId, model: 'a' },
      { ...openai, ...b, keySource: 'SERVER', keyId: SERVER_KEY, model: 'b' },
    ]);
    expect(await usageByModel('bob')).toMatchObject([{ model: 'b', chats: 2n, cacheWriteInputTokens: 2n }]);
  });

  it('sum up what they cost, to the last digit, and count those whose cost nobody knows', async () => {
    const costs = ['0.1', '0.2', '0.000000000001', null, '0', null];
    for (let round = 0; round < 2; round += 1)
      await Promise.all(costs.map((cost) => uses.finish('alice', endOf({ cost }))));
    await uses.finish('bob', endOf());
    await uses.finish(
      'bob',
      endOf({ kind: 'SEARCH_FINISHED', chatId: null, model: null, provider: 'BRAVE' }),
    );
    for (const read of [usage, usageByModel]) {
      const [row] = await read('alice');
      expect([String(row!.cost), row!.pricedChats]).toEqual(['0.600000000002', 8n]);
    }
    expect(await usage('bob')).toMatchObject([
      { provider: 'BRAVE', cost: null, pricedChats: 0n },
      { provider: 'OPENAI', cost: null, pricedChats: 0n },
    ]);
    const rows = await service.client.auditEvent.findMany({
      where: { userId: 'alice' },
      orderBy: { id: 'asc' },
    });
    expect(new Set(rows.map(({ cost }) => cost?.toFixed() ?? null))).toEqual(new Set(costs));
  });

  it('have no price to ask for where a provider refused them before its first word', async () => {
    const refused = {
      outcome: 'UNKNOWN_MODEL',
      timeToFirstTokenMs: null,
      inputTokens: null,
      outputTokens: null,
    };
    await uses.finish('alice', endOf(refused));
    await uses.finish('alice', endOf({ ...refused, outcome: 'PROVIDER_TIMEOUT' }));
    await uses.finish('alice', endOf({ ...refused, timeToFirstTokenMs: 1 }));
    // It may have begun to answer.
    await uses.finish('alice', endOf({ ...refused, outcome: 'PROVIDER_UNAVAILABLE' }));
    const [row] = await usage('alice');
    expect([String(row!.cost), row!.chats, row!.pricedChats]).toEqual(['0', 4n, 1n]);
  });

  it('count models that have answered, and all others as one', async () => {
    const silent = { timeToFirstTokenMs: null, inputTokens: null, outputTokens: null };
    for (let number = 0; number < 20; number += 1)
      await uses.finish('alice', endOf({ ...silent, outcome: 'UNKNOWN_MODEL', model: `no-${number}` }));
    await uses.finish('alice', endOf({ ...silent, model: 'empty' }));
    await uses.finish(
      'alice',
      endOf({ ...silent, outcome: 'CANCELLED', timeToFirstTokenMs: 1, model: 'stopped' }),
    );
    await uses.finish(
      'alice',
      endOf({ outcome: 'PROVIDER_TRUNCATED', timeToFirstTokenMs: null, model: 'cut' }),
    );
    const rows = await usageByModel('alice');
    expect(rows.map(({ model, chats }) => [model, chats])).toEqual([
      ['', 20n],
      ['cut', 1n],
      ['empty', 1n],
      ['stopped', 1n],
    ]);
  });

  it('are summed up by servers of the version before, too, which know of no models', async () => {
    await uses.finish('alice', endOf());
    // Their statement: its conflict names the key that usage_hours has to keep.
    await service.client.$executeRaw`
      INSERT INTO usage_hours AS roll_up (user_id, hour, provider, key_source, chats, input_tokens)
      SELECT user_id, hour, provider, key_source, 1, 4 FROM usage_hours
      ON CONFLICT (user_id, hour, provider, key_source) DO UPDATE SET
        chats = roll_up.chats + excluded.chats, input_tokens = roll_up.input_tokens + excluded.input_tokens`;
    expect(await usage('alice')).toMatchObject([{ chats: 2n, inputTokens: 7n, cachedInputTokens: 2n }]);
  });

  it('keep of each end what was read from caches and written to them', async () => {
    await uses.finish('alice', endOf());
    await uses.finish('alice', endOf({ cachedInputTokens: null, cacheWriteInputTokens: null }));
    const rows = await service.client.auditEvent.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map((row) => [row.cachedInputTokens, row.cacheWriteInputTokens])).toEqual([
      [2n, 1n],
      [null, null],
    ]);
  });

  it('leave a key with what the last of them found', async () => {
    const keyId = await storeKey('alice');
    const found = (outcome: string) => uses.finish('alice', endOf({ keyId, outcome }));
    const failed = {
      provider: 'OPENAI',
      source: 'USER',
      keyId,
      chatId: uuidv7(),
      usage: null,
      accessTokenId: null,
      network: null,
    } as const;
    await Promise.all([begin('alice', keyId), found('OK'), found('KEY_REJECTED'), found('PROVIDER_TIMEOUT')]);
    expect(await keyOf(keyId)).toMatchObject({
      health: 'REJECTED',
      healthReason: expect.any(String),
      healthCheckedAt: expect.any(Date),
      lastUsedAt: expect.any(Date),
    });
    await Promise.all([
      uses.recordFailure('alice', { ...failed, code: 'KEY_REJECTED' }),
      uses.recordFailure('alice', { ...failed, code: 'KEY_EXHAUSTED' }),
    ]);
    expect(await keyOf(keyId)).toMatchObject({ health: 'EXHAUSTED', healthReason: expect.any(String) });
    await Promise.all([found('KEY_REJECTED'), found('OK')]);
    expect(await keyOf(keyId)).toMatchObject({ health: 'VALID', healthReason: null });
  });

  it("change no other user's key, and none that was replaced", async () => {
    const hers = await storeKey('alice');
    const replaced = await storeKey('bob', 'REPLACED');
    const failed = {
      provider: 'OPENAI',
      source: 'USER',
      keyId: hers,
      chatId: uuidv7(),
      usage: null,
      accessTokenId: null,
      network: null,
    } as const;
    await Promise.all([
      uses.finish('mallory', endOf({ keyId: hers, outcome: 'KEY_REJECTED' })),
      uses.recordFailure('mallory', { ...failed, code: 'KEY_REJECTED' }),
      uses.finish('bob', endOf({ keyId: replaced, outcome: 'KEY_REJECTED' })),
    ]);
    for (const id of [hers, replaced]) {
      expect(await keyOf(id)).toMatchObject({ health: 'UNVERIFIED', healthCheckedAt: null });
    }
    // That they ended is written down all the same.
    expect([await trail('mallory'), await trail('bob')]).toMatchObject([
      [expect.anything()],
      [expect.anything()],
    ]);
  });

  it('are there once when they are written again: the first commit may have taken effect', async () => {
    const keyId = await storeKey('alice');
    const search = newUseRecord('alice', {
      event: endOf({ kind: 'SEARCH_FINISHED', chatId: null }),
      key: { keyId, type: 'ENDED', verdict: { health: 'VALID', reason: null }, settlement: null },
    });
    expect(await writer.write(search)).toBe('WRITTEN');
    await service.client.apiKey.update({ where: { id: keyId }, data: { health: 'REJECTED' } });
    expect(await Promise.all([writer.write(search), writer.write(search)])).toEqual(['KNOWN', 'KNOWN']);
    expect(await trail('alice')).toHaveLength(1);
    expect(await usage('alice')).toMatchObject([{ searches: 1n }]);
    expect(await keyOf(keyId)).toMatchObject({ health: 'REJECTED' });
  });

  it('take a user with half a character for the user that the database has', async () => {
    await begin('half \ud83d', null);
    expect(await trail('half \ufffd')).toHaveLength(1);
  });

  it('count in the hour in which they ended', async () => {
    const at = new Date('2026-03-01T12:34:56.789Z');
    await writer.write({ ...newUseRecord('alice', { event: endOf(), key: null }), at });
    const [row] = await service.client.usageHour.findMany();
    expect(row?.hour).toEqual(new Date('2026-03-01T12:00:00Z'));
  });
});
