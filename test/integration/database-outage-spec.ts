import { Logger } from '@nestjs/common';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { defaultDatabaseLimits, type DatabaseLimits } from '../../src/prisma/database-settings.js';
import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { bestOf, clockMs } from '../support/timing.js';

// Short for who waits for them, long for a busy machine: most of what is here is to be quicker.
const limits: DatabaseLimits = {
  connections: 2,
  connectMs: 1_000,
  statementMs: 1_500,
  totalMs: 3_000,
  queueMs: 3_000,
};
const unavailable = expect.objectContaining({
  code: 'SERVICE_UNAVAILABLE',
  retryable: true,
  httpStatus: 503,
});

/** How an operation fails that must end within the limit: again where a busy machine took longer. */
async function failureWithin(limitMs: number, operation: () => Promise<unknown>): Promise<unknown> {
  let outcome: unknown;
  const best = await bestOf(5, limitMs, () =>
    clockMs(
      operation().then(
        () => (outcome = 'done'),
        (error: unknown) => (outcome = error),
      ),
    ),
  );
  expect(best).toBeLessThan(limitMs);
  return outcome;
}

Logger.overrideLogger(false);

/** Repeats the operation while the database is unavailable: how soon the driver notices a broken connection is its own affair. */
async function untilServed<T>(operation: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      expect(error).toEqual(unavailable);
    }
  }
}

for (const kind of databaseKinds) {
  describe(`A ${kind} database that is busy`, () => {
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

    it('lets the errors of who uses it through as they are', async () => {
      const theirs = Object.assign(new Error('of another service'), { code: 'ECONNREFUSED' });
      await expect(service.transaction(() => Promise.reject(theirs))).rejects.toBe(theirs);
    });

    it('ends transactions that do not end by themselves, and serves who waited for them', async () => {
      const stuck = [1, 2].map((id) =>
        service.transaction(async (client) => {
          await client.auditEvent.create({ data: { userId: `stuck ${id}`, kind: 'ANOMALY', outcome: 'OK' } });
          await new Promise(() => undefined);
        }),
      );
      const failures = Promise.all(stuck.map((each) => expect(each).rejects.toEqual(unavailable)));
      await expect(untilServed(() => service.client.apiKey.count())).resolves.toBe(0);
      await failures;
      expect(await service.client.auditEvent.count({ where: { userId: { startsWith: 'stuck' } } })).toBe(0);
    });
  });
}

// The embedded database has no way between it and the server that could fail.
for (const kind of databaseKinds.filter((each) => each === 'PostgreSQL')) {
  describe(`A ${kind} database that is away`, () => {
    let database: TestDatabase;
    let proxy: NetworkProxy;
    let service: DatabaseService;

    beforeAll(async () => {
      database = await createDatabase(kind);
    });
    afterAll(() => database.drop());
    beforeEach(async () => {
      const url = database.environment.DATABASE_URL!;
      proxy = await NetworkProxy.start(url);
      service = await open(proxy.urlOf(url), limits);
    });
    afterEach(async () => {
      await service.onApplicationShutdown();
      await proxy.stop();
    });

    async function open(url: string, within: DatabaseLimits): Promise<DatabaseService> {
      const opened = new DatabaseService({ url, dataDir: '', limits: within });
      await opened.onModuleInit();
      return opened;
    }
    const read = () => service.client.apiKey.count();
    const write = (userId = 'somebody') =>
      service.transaction(async (client) => {
        await client.auditEvent.create({ data: { userId, kind: 'ANOMALY', outcome: 'OK' } });
        return client.auditEvent.count();
      });

    it('fails requests when it refuses connections, and serves them when it is back', async () => {
      await proxy.refuse();
      await expect(read()).rejects.toEqual(unavailable);
      await expect(write()).rejects.toEqual(unavailable);
      await expect(service.client.$queryRaw`SELECT 1`).rejects.toEqual(unavailable);
      expect(await service.check()).toBe('UNAVAILABLE');

      await proxy.accept();
      await expect(read()).resolves.toBe(0);
      await expect(write()).resolves.toBeGreaterThan(0);
      expect(await service.check()).toBe('READY');
    });

    it('fails a statement whose connection is cut, and opens another', async () => {
      const statement = service.client.$queryRaw`SELECT pg_sleep(0.3)`;
      const failure = expect(statement).rejects.toEqual(unavailable);
      await connected(1);
      proxy.cut();
      await failure;
      await expect(untilServed(read)).resolves.toBe(0);
    });

    it('survives the loss of idle connections', async () => {
      await Promise.all([read(), read()]);
      proxy.cut();
      await expect(untilServed(write)).resolves.toBeGreaterThan(0);
    });

    it('fails a transaction whose connection is cut, and keeps nothing of it', async () => {
      const failed = service.transaction(async (client) => {
        await client.auditEvent.create({ data: { userId: 'cut', kind: 'ANOMALY', outcome: 'OK' } });
        proxy.cut();
        await client.auditEvent.count();
      });
      await expect(failed).rejects.toEqual(unavailable);
      expect(await service.client.auditEvent.count({ where: { userId: 'cut' } })).toBe(0);
    });

    it('fails within the limit when nothing comes through any more, and recovers when it does', async () => {
      await read();
      proxy.hang();
      // Over the connection that is open, over the one that would be, and waiting for either.
      const operations = [read, write, read, write, () => service.check()];
      const outcomes = await Promise.all(operations.map((each) => failureWithin(limits.totalMs + 300, each)));
      const check = outcomes.pop();
      expect(outcomes).toEqual([unavailable, unavailable, unavailable, unavailable]);
      expect(check).toBe('done');
      proxy.resume();
      await expect(read()).resolves.toBe(0);
      await expect(write()).resolves.toBeGreaterThan(0);
    });

    it('does not give a connection that hangs in a transaction to another caller', async () => {
      const outcome = await failureWithin(limits.totalMs + 300, () => {
        proxy.resume();
        return service.transaction(async (client) => {
          await client.auditEvent.create({ data: { userId: 'hung', kind: 'ANOMALY', outcome: 'OK' } });
          proxy.hang();
          await client.auditEvent.count();
        });
      });
      expect(outcome).toEqual(unavailable);

      proxy.resume();
      expect(await service.client.auditEvent.count({ where: { userId: 'hung' } })).toBe(0);
      await expect(Promise.all([write(), write(), write(), write()])).resolves.toHaveLength(4);
    });

    it('ends a statement that takes too long, and keeps its connection', async () => {
      const slow = (): Promise<unknown> => service.client.$queryRaw`SELECT pg_sleep(30)`;
      expect(await failureWithin(limits.totalMs, slow)).toEqual(unavailable);
      await expect(read()).resolves.toBe(0);
    });

    it('fails what waits too long for a connection, and not what has one', async () => {
      let finish: (() => void) | undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const holders = [1, 2].map(() =>
        service.transaction(async (client) => {
          await client.apiKey.count();
          await finished;
        }),
      );
      await expect(read()).rejects.toEqual(unavailable);
      finish?.();
      await Promise.all(holders);
      await expect(read()).resolves.toBe(0);
    });

    it('survives an administrator who ends its connections', async () => {
      await Promise.all([write(), write()]);
      await service.client
        .$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()`.catch(
        () => undefined,
      );
      await expect(untilServed(write)).resolves.toBeGreaterThan(0);
    });

    it('stops within seconds, with the default limits of a server', async () => {
      const url = proxy.urlOf(database.environment.DATABASE_URL!);
      const shutdownMs = await bestOf(3, 5_500, async () => {
        proxy.resume();
        const patient = await open(url, defaultDatabaseLimits);
        proxy.hang();
        const count = (): Promise<unknown> => patient.transaction((client) => client.apiKey.count());
        expect(await failureWithin(5_500, count)).toEqual(unavailable);
        return clockMs(patient.onApplicationShutdown());
      });
      expect(shutdownMs).toBeLessThan(5_500);
    });

    it('refuses to start, and says where it looked without the password', async () => {
      await proxy.refuse();
      const url = new URL(proxy.urlOf(database.environment.DATABASE_URL!));
      url.password = 'hunter2';
      const failure = await open(url.href, limits).then(
        () => null,
        (error: unknown) => error as Error,
      );
      expect(failure?.name).toBe('StartupError');
      expect(failure?.message).toContain(`${url.host}${url.pathname} cannot be used: `);
      expect(failure?.message).not.toContain('hunter2');
    });

    /** Resolves when the server sees that many statements of this service running. */
    async function connected(statements: number): Promise<void> {
      for (;;) {
        const [row] = await service.client.$queryRaw<{ running: bigint }[]>`
          SELECT count(*) AS running FROM pg_stat_activity
          WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`;
        if (Number(row?.running) >= statements) return;
      }
    }
  });
}
