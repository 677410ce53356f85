import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { UseWriter } from '../../src/audit/writer/use-writer.js';
import { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { type DatabaseLimits, defaultDatabaseLimits } from '../../src/prisma/database-settings.js';
import type { DatabaseClient } from '../../src/prisma/prisma-client.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { openTrail } from '../support/trail.js';
import { emptyTables } from '../support/use-test-server.js';
import { noWatch } from '../support/no-watch.js';

Logger.overrideLogger(false);

/** Of what changes keys here, and takes longer than uses may. */
const patience: DatabaseLimits = {
  connections: 1,
  connectMs: 2_000,
  queueMs: 30_000,
  statementMs: 30_000,
  totalMs: 30_000,
};
/** Gives two servers time to come across each other between two rows. */
const SLOW_USAGE = `
  CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END';
  CREATE TRIGGER slow BEFORE INSERT ON usage_hours FOR EACH ROW EXECUTE FUNCTION slow();
  CREATE TRIGGER slow BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION slow();`;
const unavailable = expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' });
const conflict = expect.objectContaining({ code: 'CONFLICT' });

/** The part of a server that writes uses down. */
interface Server {
  readonly service: DatabaseService;
  readonly uses: KeyUseService;
}

/** A change of a key that has the key's row, and ends on request. */
interface HeldChange {
  commit(): Promise<unknown>;
  undo(): Promise<unknown>;
}

// The embedded database has one connection: no other one can lock a row.
describe('uses of keys that servers write together', () => {
  let database: TestDatabase;
  const servers: Server[] = [];
  let changer: DatabaseService;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    for (let number = 0; number < 3; number += 1) {
      const service = await open(defaultDatabaseLimits);
      servers.push({
        service,
        uses: new KeyUseService(
          new UseWriter(service, await openTrail(service), noWatch),
          new AuditRepository(service),
        ),
      });
    }
    changer = await open(patience);
  });
  beforeEach(() => emptyTables(first().service));
  afterAll(async () => {
    for (const service of [changer, ...servers.map((server) => server.service)])
      await service.onApplicationShutdown();
    await database.drop();
  });

  async function open(within: DatabaseLimits): Promise<DatabaseService> {
    const url = database.environment.DATABASE_URL!;
    const service = new DatabaseService({ url, dataDir: '', limits: within });
    await service.onModuleInit();
    return service;
  }
  const first = (): Server => servers[0]!;
  const client = (): DatabaseClient => first().service.client;
  const storeKey = async (userId: string): Promise<string> =>
    (await client().apiKey.create({ data: { userId, provider: 'OPENAI', maskedKey: 'sk-…' } })).id;
  const begin = (userId: string, keyId: string, { uses } = first()) =>
    uses.begin(userId, {
      provider: 'OPENAI',
      source: 'USER',
      keyId,
      chatId: uuidv7(),
      model: 'model',
      tokens: null,
      cost: null,
      accessTokenId: null,
      network: null,
    });
  const finish = (
    userId: string,
    keyId: string | null,
    outcome = 'OK',
    { uses } = first(),
    chatId = uuidv7(),
    inputTokens: number | null = 1,
  ) =>
    uses.finish(userId, {
      kind: 'CHAT_FINISHED',
      provider: 'OPENAI',
      keyId,
      keySource: 'USER',
      chatId,
      model: 'model',
      outcome,
      inputTokens,
      outputTokens: inputTokens,
      cachedInputTokens: null,
      cacheWriteInputTokens: null,
      cost: null,
      timeToFirstTokenMs: null,
      durationMs: null,
    });
  const eventsOf = (userId: string) => client().auditEvent.count({ where: { userId } });

  /** Makes a change by another server, which keeps the rows that it has locked. */
  async function hold(change: (transaction: DatabaseClient) => Promise<unknown>): Promise<HeldChange> {
    let end: (error: Error | null) => void = () => undefined;
    const undone = new Error('undone');
    let changed = Promise.resolve();
    await new Promise<void>((resolve) => {
      changed = changer.transaction(async (transaction) => {
        await change(transaction);
        const error = await new Promise<Error | null>((settle) => {
          end = settle;
          resolve();
        });
        if (error) throw error;
      });
    });
    return {
      commit: () => {
        end(null);
        return changed;
      },
      undo: () => {
        end(undone);
        return changed.catch(() => undefined);
      },
    };
  }
  const disable = (id: string) =>
    hold((transaction) => transaction.apiKey.updateMany({ where: { id }, data: { status: 'DISABLED' } }));

  /** Resolves when a statement waits for a row that another transaction has. */
  async function whenOneWaits(): Promise<void> {
    for (;;) {
      const [row] = await client().$queryRaw<{ waiting: bigint }[]>`
        SELECT count(*) AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      if (Number(row?.waiting) > 0) return;
    }
  }

  it('wait for a key that is being changed, and no others do', async () => {
    const [keyId, other] = [await storeKey('alice'), await storeKey('bob')];
    const change = await disable(keyId);
    const [held, ended] = [begin('alice', keyId), finish('alice', keyId)];
    // What says nothing of the key, neither of its health nor of what it has used, does not touch it.
    const cancelled = finish('alice', keyId, 'CANCELLED', first(), uuidv7(), null);
    await Promise.all([begin('bob', other), cancelled]);
    await whenOneWaits();
    await begin('bob', other);
    expect([await eventsOf('alice'), await eventsOf('bob')]).toEqual([1, 2]);
    await change.undo();
    await Promise.all([held, ended]);
    expect([await eventsOf('alice'), await eventsOf('bob')]).toEqual([3, 2]);
    const key = await client().apiKey.findUniqueOrThrow({ where: { id: keyId } });
    expect(key).toMatchObject({ status: 'ACTIVE', health: 'VALID', lastUsedAt: expect.any(Date) });
  });

  it('are refused when the change takes the key away, and their ends are not', async () => {
    const keyId = await storeKey('alice');
    const change = await disable(keyId);
    const refused = expect(begin('alice', keyId)).rejects.toEqual(conflict);
    const ended = finish('alice', keyId);
    await whenOneWaits();
    await change.commit();
    await refused;
    expect(await ended).toBe(true);
    const key = await client().apiKey.findUniqueOrThrow({ where: { id: keyId } });
    expect(key).toMatchObject({ status: 'DISABLED', health: 'VALID', lastUsedAt: null });
  });

  it('write to the newest row of a key that was changed meanwhile', async () => {
    const keyId = await storeKey('alice');
    const change = await hold((transaction) =>
      transaction.apiKey.updateMany({ where: { id: keyId }, data: { name: 'renamed' } }),
    );
    const used = begin('alice', keyId);
    await whenOneWaits();
    await change.commit();
    await used;
    const key = await client().apiKey.findUniqueOrThrow({ where: { id: keyId } });
    expect(key).toMatchObject({ name: 'renamed', lastUsedAt: expect.any(Date) });
  });

  it('fail within the time limits where the change does not end', async () => {
    const [keyId, other] = [await storeKey('alice'), await storeKey('bob')];
    const change = await disable(keyId);
    const refused = expect(begin('alice', keyId)).rejects.toEqual(unavailable);
    await whenOneWaits();
    await begin('bob', other);
    await refused;
    await change.undo();
    await begin('alice', keyId);
    expect(await eventsOf('alice')).toBe(1);
  });

  it('never lock each other out, in any order', async () => {
    const users = ['alice', 'bob', 'carol', 'dave', 'erin'];
    const keys = await Promise.all(users.map(storeKey));
    // The same ends on all servers, as by reapers: each is the first on one of them.
    const chats = users.flatMap((user, index) =>
      Array.from({ length: 20 }, () => ({ user, key: keys[index]!, id: uuidv7() })),
    );
    const orders = [chats, [...chats].reverse(), [...chats.slice(50), ...chats.slice(0, 50)]];
    const rounds = await Promise.all(
      servers.map(async (server, index) => {
        const isFirst = await Promise.all(
          orders[index]!.flatMap(({ user, key, id }) => [
            begin(user, key, server).then(() => null),
            finish(user, key, 'OK', server, id),
          ]),
        );
        return isFirst.filter((each) => each === true).length;
      }),
    );
    expect(rounds.reduce((sum, each) => sum + each, 0)).toBe(chats.length);
    const usage = await client().usageHour.groupBy({ by: ['userId'], _sum: { chats: true } });
    expect(usage.map(({ _sum }) => _sum.chats)).toEqual(users.map(() => 20n));
    expect(await client().auditEvent.count({ where: { kind: 'KEY_USED' } })).toBe(3 * chats.length);
  });

  it('never lock each other out over ends, of the same chats and of others', async () => {
    const users = Array.from({ length: 20 }, (_, number) => `user-${String(number)}`);
    const chatsOf = () => users.flatMap((user) => [uuidv7(), uuidv7()].map((id) => ({ user, id })));
    const [here, there] = servers as [Server, Server];
    const finishAll = (chats: ReturnType<typeof chatsOf>, server: Server) =>
      Promise.all(chats.map(({ user, id }) => finish(user, null, 'OK', server, id)));
    const same = chatsOf();
    await database.execute(SLOW_USAGE);
    await Promise.all([finishAll(same, here), finishAll([...same].reverse(), there)]);
    await Promise.all([finishAll(chatsOf(), here), finishAll(chatsOf().reverse(), there)]);
    await database.execute('DROP FUNCTION slow CASCADE');
    const usage = await client().usageHour.groupBy({ by: ['userId'], _sum: { chats: true } });
    expect(usage.map(({ _sum }) => _sum.chats)).toEqual(users.map(() => 6n));
  });

  it('share a key with another server that uses it all the time', async () => {
    const keyId = await storeKey('alice');
    let isBusy = true;
    const busy = Promise.all(
      Array.from({ length: 20 }, async () => {
        while (isBusy) await begin('alice', keyId, servers[1]);
      }),
    );
    for (let round = 0; round < 20; round += 1) await begin('alice', keyId);
    isBusy = false;
    await busy;
  });
});
