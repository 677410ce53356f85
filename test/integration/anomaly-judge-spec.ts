import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AnomalyJudge } from '../../src/audit/anomalies/anomaly-judge.js';
import { AnomalyRepository } from '../../src/audit/anomalies/anomaly.repository.js';
import type { NetworkHash } from '../../src/audit/anomalies/network-hash.js';
import { burst } from '../../src/audit/anomalies/rules/burst.js';
import type { WatchedEvent } from '../../src/audit/anomalies/watched-event.js';
import type { WebhookDispatcher } from '../../src/audit/anomalies/webhook/webhook-dispatcher.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { statementsOf } from '../support/statements.js';
import { openTrail } from '../support/trail.js';
import { emptyTables } from '../support/use-test-server.js';

Logger.overrideLogger(false);

const DAY_MS = 86_400_000;

describe.each(databaseKinds)('the judge of anomalies, on %s', (kind) => {
  let database: TestDatabase;
  let service: DatabaseService;
  let keys: { generation: number; hash(network: string): string };
  /** As on so many servers. */
  let judges: AnomalyJudge[];
  let told: string[];
  beforeAll(async () => {
    database = await createDatabase(kind);
    const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
    service = new DatabaseService({ url, dataDir });
    await service.onModuleInit();
  });
  beforeEach(async () => {
    await emptyTables(service);
    told = [];
    keys = { generation: 1, hash: (network) => `${String(keys.generation)} of ${network}` };
    const trail = await openTrail(service);
    judges = [1, 2, 3].map(
      () =>
        new AnomalyJudge(
          new AnomalyRepository(service),
          keys as NetworkHash,
          trail,
          { tell: (userId) => void told.push(userId) },
          { isOn: false, send: () => Promise.resolve({ hasArrived: true }) },
          { wake: () => undefined } as WebhookDispatcher,
        ),
    );
  });
  afterAll(async () => {
    await service.onApplicationShutdown();
    await database.drop();
  });

  const oldKey = async (userId: string): Promise<string> => {
    const createdAt = new Date(Date.now() - 30 * DAY_MS);
    const key = await service.client.apiKey.create({
      data: { userId, provider: 'OPENAI', maskedKey: 'x', createdAt },
    });
    return key.id;
  };
  const used = (keyId: string | null, said: Partial<WatchedEvent> = {}): WatchedEvent =>
    ({
      ...{ type: 'KEY_USED', at: new Date(), userId: 'alice', provider: 'OPENAI', keyId, network: 'home' },
      ...{ keySource: keyId === null ? 'SERVER' : 'USER', model: 'usual' },
      ...said,
    }) as WatchedEvent;
  const stateOf = async (rule: string) => {
    const row = await service.client.ruleState.findFirst({ where: { rule } });
    return row?.state as Record<string, any> | undefined;
  };
  const anomalies = () =>
    service.client.auditEvent.findMany({ where: { kind: 'ANOMALY' }, orderBy: { id: 'asc' } });

  it('counts every event once, and raises nothing twice, whichever servers see them', async () => {
    const keyId = await oldKey('alice');
    const batches = Array.from({ length: 6 }, () => Array.from({ length: 10 }, () => used(keyId)));
    await Promise.all(batches.map((batch, index) => judges[index % 3]!.judge(batch)));
    expect((await stateOf('BURST'))?.count).toBe(60);
    expect((await anomalies()).map(({ detail }) => detail?.split(':')[0])).toEqual(['NEW_MODEL']);
    expect(told).toEqual(['alice']);
    expect(await service.client.keyAlert.count()).toBe(1);
  });

  it('asks the database as often for five hundred events as for one, and for many users as for one', async () => {
    const [judge] = judges;
    const count = async (events: readonly WatchedEvent[]): Promise<number> =>
      (await statementsOf(() => judge!.judge(events))).filter((text) => /rule_states|api_keys/.test(text))
        .length;
    const keyId = await oldKey('alice');
    const one = await count([used(keyId)]);
    expect(one).toBeLessThanOrEqual(3);
    const many = Array.from({ length: 500 }, (_, index) =>
      used(keyId, { userId: `user-${String(index % 100)}` }),
    );
    expect(await count(many)).toBe(one);
  });

  it('knows a network no more when the keys have changed: the next one is a first one', async () => {
    const keyId = await oldKey('alice');
    const [judge] = judges;
    await judge!.judge([used(keyId)]);
    keys.generation = 2;
    await judge!.judge([used(keyId, { network: 'elsewhere' })]);
    expect(await service.client.ruleState.findFirst({ where: { rule: 'NEW_NETWORK' } })).toMatchObject({
      keyGeneration: 2,
      state: { networks: [['2 of elsewhere', expect.any(Number), expect.any(Number)]] },
    });
    await judge!.judge([used(keyId, { network: 'a third one' })]);
    expect((await anomalies()).map(({ detail }) => detail?.split(':')[0])).toEqual([
      'NEW_MODEL',
      'NEW_NETWORK',
    ]);
  });

  it('keeps nothing of what came before a user had everything deleted', async () => {
    const keyId = await oldKey('alice');
    const before = used(keyId, { at: new Date(Date.now() - 1_000) });
    await service.client.auditEvent.create({
      data: { id: uuidv7(), userId: 'alice', kind: 'DATA_DELETED', outcome: 'OK', at: new Date() },
    });
    await judges[0]!.judge([before, used(keyId, { userId: 'bob' })]);
    expect(await service.client.ruleState.count({ where: { userId: 'alice' } })).toBe(0);
    expect(await service.client.ruleState.count({ where: { userId: 'bob' } })).toBeGreaterThan(0);
    // Nor where that happens between reading and writing.
    const of = { rule: burst, userId: 'alice', subject: '', events: [] };
    const change = { of, state: {}, keyGeneration: 0, version: 1, firstAt: before.at, findings: [] };
    expect((await new AnomalyRepository(service).write([change], new Date())).size).toBe(0);
    await judges[0]!.judge([before, used(keyId, { at: new Date(Date.now() + 1_000) })]);
    expect((await stateOf('BURST'))?.count).toBe(1);
  });

  it("takes a key's age only for its owner", async () => {
    const keyId = await oldKey('alice');
    await judges[0]!.judge([used(keyId, { userId: 'mallory' })]);
    expect(await anomalies()).toEqual([]);
  });

  it('seals its rows like all others, and forgets states and alerts whose time is over', async () => {
    await judges[0]!.judge([used(await oldKey('alice'))]);
    const [row] = await anomalies();
    expect(row).toMatchObject({
      mac: expect.anything(),
      keyGeneration: 1,
      model: 'usual',
      keySource: 'USER',
    });
    await service.client.ruleState.updateMany({ data: { expiresAt: new Date(0) }, where: { rule: 'BURST' } });
    await service.client.keyAlert.updateMany({ data: { writtenAt: new Date(Date.now() - 366 * DAY_MS) } });
    await new AnomalyRepository(service).forget();
    const rules = (await service.client.ruleState.findMany()).map(({ rule }) => rule).sort();
    expect(rules).toEqual(['NEW_MODEL', 'NEW_NETWORK']);
    expect(await service.client.keyAlert.count()).toBe(0);
  });
});
