import { randomUUID } from 'node:crypto';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { DatabaseClient } from '../../src/prisma/prisma-client.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';

for (const kind of databaseKinds) {
  describe(`The tables on ${kind}`, () => {
    let database: TestDatabase;
    let service: DatabaseService;

    async function open(): Promise<void> {
      const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
      service = new DatabaseService({ url, dataDir });
      await service.onModuleInit();
    }
    beforeAll(async () => {
      database = await createDatabase(kind);
      await open();
    });
    afterAll(async () => {
      await service.onApplicationShutdown();
      await database.drop();
    });

    /** Past all code of ours and Prisma's. */
    const insertKey = (
      status: string,
      { userId = randomUUID(), provider = 'OPENAI', id = randomUUID() } = {},
    ) =>
      service.client.$executeRaw`
        INSERT INTO api_keys (id, user_id, provider, masked_key, status)
        VALUES (${id}::uuid, ${userId}, ${provider}, 'sk-…abcd', ${status}::"ApiKeyStatus")`;
    const uniqueViolation = expect.objectContaining({ message: expect.stringContaining('23505') as string });

    it.each([
      ['ACTIVE', 'ACTIVE'],
      ['ACTIVE', 'DISABLED'],
      ['DISABLED', 'ACTIVE'],
      ['DISABLED', 'DISABLED'],
    ])('refuse, beside a key that is %s, one that is %s', async (first, second) => {
      const userId = randomUUID();
      await insertKey(first, { userId });
      await expect(insertKey(second, { userId })).rejects.toEqual(uniqueViolation);
    });

    it('take any number of keys that are replaced or deleted, and one that is in use', async () => {
      const userId = randomUUID();
      for (const status of ['REPLACED', 'REPLACED', 'DELETED', 'DELETED', 'ACTIVE']) {
        await insertKey(status, { userId });
      }
      await insertKey('ACTIVE', { userId, provider: 'ANTHROPIC' });
      expect(await service.client.apiKey.count({ where: { userId } })).toBe(6);
    });

    const insertEndpoint = (
      userId: string,
      name: string,
      slot: number | null,
      url: string | null = 'https://a.example',
    ) =>
      service.client.$executeRaw`
        INSERT INTO api_keys (id, user_id, provider, endpoint_name, endpoint_url, endpoint_slot, masked_key)
        VALUES (${randomUUID()}::uuid, ${userId}, 'CUSTOM', ${name}, ${url}, ${slot}::smallint, '…abcd')`;

    it('take one key in use for each endpoint of a user, and twenty endpoints', async () => {
      const userId = randomUUID();
      for (let slot = 1; slot <= 20; slot += 1)
        await insertEndpoint(userId, `endpoint ${String(slot)}`, slot);
      await expect(insertEndpoint(userId, 'endpoint 1', 20)).rejects.toEqual(uniqueViolation);
      await expect(insertEndpoint(userId, 'another one', 20)).rejects.toEqual(uniqueViolation);
      for (const slot of [0, 21]) {
        await expect(insertEndpoint(userId, 'another one', slot)).rejects.toThrow(
          /api_keys_twenty_endpoints/,
        );
      }
      await insertEndpoint(randomUUID(), 'endpoint 1', 1);
      await service.client.apiKey.updateMany({
        where: { userId, endpointName: 'endpoint 7' },
        data: { status: 'DELETED' },
      });
      await insertEndpoint(userId, 'another one', 7);
    });

    it('take no endpoint in part', async () => {
      for (const [name, slot, url] of [
        ['', null, 'https://a.example'],
        ['', 1, null],
        ['home', 1, null],
        ['home', null, 'https://a.example'],
      ] as const) {
        await expect(insertEndpoint(randomUUID(), name, slot, url)).rejects.toThrow(
          /api_keys_whole_endpoint/,
        );
      }
    });

    it('let one of fifty keys in use in when they come at once', async () => {
      const userId = randomUUID();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, () =>
          service.client.apiKey.create({ data: { userId, provider: 'OPENAI', maskedKey: 'x' } }),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const reasons = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      expect(reasons).toEqual(
        Array.from({ length: 49 }, () => expect.objectContaining({ code: 'P2002' }) as unknown),
      );
    });

    it('drop a sealed key with its key, and take none without', async () => {
      const seal = (keyId: string) =>
        service.client.sealedKey.create({
          data: { keyId, userId: 'u', envelope: 'e', encryptionKeyId: 'k' },
        });
      const id = randomUUID();
      await insertKey('ACTIVE', { id });
      await seal(id);
      await service.client.apiKey.delete({ where: { id } });
      expect(await service.client.sealedKey.count({ where: { keyId: id } })).toBe(0);
      await expect(seal(randomUUID())).rejects.toMatchObject({ code: 'P2003' });
    });

    it('keep times as they are, to the millisecond, in any time zone of the database', async () => {
      await service.client.$executeRaw`
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = %L', current_database(), 'Asia/Kolkata'); END $$`;
      await service.onApplicationShutdown();
      await open();
      const createdAt = new Date('2026-07-01T23:59:59.987Z');
      const { id } = await service.client.apiKey.create({
        data: { userId: randomUUID(), provider: 'OPENAI', maskedKey: 'x', createdAt },
      });
      expect((await service.client.apiKey.findUniqueOrThrow({ where: { id } })).createdAt).toEqual(createdAt);
      const [row] = await service.client.$queryRaw<{ epoch: number }[]>`
        SELECT extract(epoch FROM created_at)::float8 AS epoch FROM api_keys WHERE id = ${id}::uuid`;
      expect(row?.epoch).toBe(createdAt.getTime() / 1_000);
    });

    it('give ids that sort by time', async () => {
      const ids: string[] = [];
      for (let count = 0; count < 20; count += 1) {
        const event = await service.client.auditEvent.create({
          data: { userId: 'u', kind: 'ANOMALY', outcome: 'OK' },
        });
        ids.push(event.id.slice(0, 13));
      }
      expect(ids).toEqual([...ids].sort());
    });

    it('hold one state of the vault', async () => {
      const state = { encryptionKeyId: 'k', canary: 'c', environmentName: 'test' };
      await service.client.vaultState.create({ data: state });
      await expect(service.client.vaultState.create({ data: state })).rejects.toMatchObject({
        code: 'P2002',
      });
      await expect(service.client.vaultState.create({ data: { ...state, id: 2 } })).rejects.toThrow(
        /vault_state_one_row/,
      );
    });

    describe('of the audit trail', () => {
      let id: string;
      beforeEach(async () => {
        ({ id } = await service.client.auditEvent.create({
          data: { userId: 'a', kind: 'KEY_STORED', outcome: 'OK' },
        }));
      });
      const refused = /append-only: (UPDATE|DELETE|TRUNCATE) refused/;
      const changes: Record<string, (client: DatabaseClient) => Promise<unknown>> = {
        'an update': (client) =>
          client.auditEvent.updateMany({ where: { id }, data: { outcome: 'CHANGED' } }),
        'an upsert': (client) => client.$executeRaw`
          INSERT INTO audit_events (id, user_id, kind, outcome) VALUES (${id}::uuid, 'a', 'ANOMALY', 'CHANGED')
          ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome`,
        'a deletion': (client) => client.auditEvent.deleteMany({ where: { id } }),
        'a truncation': (client) => client.$executeRaw`TRUNCATE audit_events`,
      };

      it.each(Object.keys(changes))('refuse %s', async (name) => {
        await expect(changes[name]?.(service.client)).rejects.toThrow(refused);
        await expect(service.client.auditEvent.findUniqueOrThrow({ where: { id } })).resolves.toMatchObject({
          outcome: 'OK',
        });
      });

      it('allow maintenance that says so, in its own transaction only', async () => {
        await service.transaction(async (client) => {
          await client.$executeRaw`SET LOCAL keystream.audit_maintenance = 'on'`;
          await client.auditEvent.deleteMany({ where: { id } });
        });
        expect(await service.client.auditEvent.count({ where: { id } })).toBe(0);
        await expect(service.client.auditEvent.deleteMany()).rejects.toThrow(refused);
      });
    });
  });
}
