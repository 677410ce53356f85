import { Logger } from '@nestjs/common';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { DatabaseLimits } from '../../src/prisma/database-settings.js';
import { blockEventLoop } from '../support/block-event-loop.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';

Logger.overrideLogger(false);

const limits: DatabaseLimits = {
  connections: 2,
  connectMs: 400,
  statementMs: 500,
  totalMs: 1_000,
  queueMs: 10_000,
};
/** Longer than a statement may take, shorter than the server leaves a transaction idle. */
const HANGS_MS = 900;

for (const kind of databaseKinds) {
  describe(`A ${kind} database whose client is late`, () => {
    let database: TestDatabase;
    let service: DatabaseService;
    beforeAll(async () => {
      database = await createDatabase(kind);
      const { DATABASE_URL: url = null, DATA_DIR: dataDir = '' } = database.environment;
      service = new DatabaseService({ url, dataDir, limits });
      await service.onModuleInit();
    });
    afterAll(async () => {
      await service.onApplicationShutdown();
      await database.drop();
    });

    /** The event loop hangs as soon as what was begun has gone out. */
    const hang = (): NodeJS.Immediate => setImmediate(() => blockEventLoop(HANGS_MS));

    it('is not blamed where its answers, and new connections to it, wait to be read', async () => {
      await service.client.apiKey.count();
      const reads = [1, 2, 3, 4].map(() => service.client.apiKey.count());
      hang();
      expect(await Promise.all(reads)).toEqual([0, 0, 0, 0]);
    });

    it('commits a transaction that was held up in its middle', async () => {
      await service.transaction(async (client) => {
        await client.auditEvent.create({ data: { userId: 'late', kind: 'ANOMALY', outcome: 'OK' } });
        blockEventLoop(HANGS_MS);
        await client.auditEvent.count();
      });
      expect(await service.client.auditEvent.count({ where: { userId: 'late' } })).toBe(1);
    });

    it('serves hundreds that wait for a connection while it works, however long that takes', async () => {
      const busyUntil = performance.now() + 3 * limits.connectMs;
      const write = (index: number) =>
        service.transaction(async (client) => {
          await client.auditEvent.create({
            data: { userId: `waiting ${String(index)}`, kind: 'ANOMALY', outcome: 'OK' },
          });
          // Each holds the event loop up for a moment, as chats that begin do.
          if (performance.now() < busyUntil) blockEventLoop(10);
        });
      const writes = Array.from({ length: 200 }, (_, index) => write(index));
      expect(service.waiting).toBeGreaterThan(100);
      await Promise.all(writes);
      const where = { userId: { startsWith: 'waiting' } };
      expect(await service.client.auditEvent.count({ where })).toBe(200);
      expect(service.waiting).toBe(0);
    });
  });
}
