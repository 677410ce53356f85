import pg from 'pg';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { openMigrationTarget } from '../../src/prisma/migration-target.js';
import { Migrator } from '../../src/prisma/migrator.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Outcome, run, runCli } from '../support/database-commands.js';
import { describeWithPgBouncer, PgBouncer } from '../support/pgbouncer.js';
import { demote, promote } from '../support/read-only.js';
import { CHAT, HELLO, TestServer } from '../support/test-server.js';

const KEY = 'key-of-alice-0123456789';
const STORE =
  'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id createdAt } replacedKeyId } }';
const HISTORY = 'query ($first: Int!) { apiKeyHistory(first: $first) { edges { node { status } } } }';
const HOUR_MS = 3_600_000;
/** Far from UTC, and by no whole number of hours. */
const TIME_ZONE = 'Asia/Kathmandu';

const setTimeZone = (database: TestDatabase): Promise<void> =>
  database.execute(`DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone = ''${TIME_ZONE}''', current_database());
  END $$`);

const isNow = (time: unknown): boolean => Math.abs(Date.parse(String(time)) - Date.now()) < HOUR_MS / 4;

describeWithPgBouncer('a server behind PgBouncer in transaction mode', () => {
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let server: TestServer;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    await setTimeZone(database);
    bouncer = await PgBouncer.start();
    server = await TestServer.start({
      ...database.environment,
      DATABASE_URL: bouncer.declaredUrlOf(database.environment.DATABASE_URL!),
    });
    server.standIn.acceptKey('OPENAI', KEY);
  });
  afterAll(async () => {
    await server.stop();
    await bouncer.stop();
    await database.drop();
  });

  const store = (user: string, apiKey = KEY) =>
    server.query(user, STORE, { input: { provider: 'OPENAI', apiKey } });

  it('stores, resolves, chats, replaces and records it, in the right order and at the right time', async () => {
    const first = (await store('alice')).storeApiKey;
    expect(isNow(first.apiKey.createdAt)).toBe(true);
    const { keyResolution } = await server.query('alice', '{ keyResolution { provider source } }');
    expect(keyResolution).toEqual({ provider: 'OPENAI', source: 'USER' });
    expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });

    const second = (await store('alice')).storeApiKey;
    expect(second.replacedKeyId).toBe(first.apiKey.id);
    const rename =
      'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { name lastUsedAt } } }';
    await server.chatEvents('alice', {});
    const { updateApiKey } = await server.query('alice', rename, {
      input: { keyId: second.apiKey.id, name: 'work' },
    });
    expect(updateApiKey.apiKey.name).toBe('work');
    expect(isNow(updateApiKey.apiKey.lastUsedAt)).toBe(true);
    await server.query('alice', 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }', {
      keyId: second.apiKey.id,
    });
    expect(await server.query('alice', '{ apiKeys { id } }')).toEqual({ apiKeys: [] });

    const from = new Date(Date.now() - HOUR_MS).toISOString();
    const { auditEvents, usage } = await server.query(
      'alice',
      `query ($from: DateTime!) {
        auditEvents(first: 50, filter: { from: $from }) { edges { node { kind at } } }
        usage(bucket: HOUR, from: $from) { buckets { start totals { chats } } }
      }`,
      { from },
    );
    const events = auditEvents.edges.map((edge: any) => edge.node) as { kind: string; at: string }[];
    expect(events.map(({ kind }) => kind).reverse()).toEqual([
      ...['KEY_STORED', 'KEY_USED', 'CHAT_FINISHED', 'KEY_REPLACED', 'KEY_STORED'],
      ...['KEY_USED', 'CHAT_FINISHED', 'KEY_UPDATED', 'KEY_DELETED'],
    ]);
    expect(events.every(({ at }) => isNow(at))).toBe(true);
    const buckets = usage.buckets as { start: string; totals: { chats: number } }[];
    expect(buckets.reduce((sum, { totals }) => sum + totals.chats, 0)).toBe(2);
    expect(buckets.every(({ start }) => Date.parse(start) % HOUR_MS === 0)).toBe(true);
  });

  it('lets one of 50 keys win that are stored at once, and serves 50 chats, ten at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => store('bob')));
    const { apiKeyHistory } = await server.query('bob', HISTORY, { first: 200 });
    expect(apiKeyHistory.edges.map((edge: any) => edge.node.status as string)).toEqual([
      'ACTIVE',
      ...Array.from({ length: 49 }, () => 'REPLACED'),
    ]);
    const client = await server.client('bob');
    const lastOfChat = async (): Promise<string | undefined> => {
      let last: string | undefined;
      for await (const { data } of client.iterate(CHAT, { input: { messages: HELLO } }))
        last = data?.chat.__typename;
      return last;
    };
    for (let round = 0; round < 5; round += 1) {
      const lasts = await Promise.all(Array.from({ length: 10 }, lastOfChat));
      expect(lasts).toEqual(Array.from({ length: 10 }, () => 'ChatCompleted'));
    }
  });

  it('answers SERVICE_UNAVAILABLE while the pooler is away, and recovers by itself', async () => {
    await store('carol');
    await bouncer.kill();
    expect(await server.failure('carol', STORE, { input: { provider: 'OPENAI', apiKey: KEY } })).toBe(
      'SERVICE_UNAVAILABLE',
    );
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await bouncer.resume();
    while ((await fetch(`${server.url}/readyz`)).status !== 200);
    await Promise.all(Array.from({ length: 20 }, () => store('carol')));
    expect((await server.chatEvents('carol', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it("takes changes again after a failover, though the pooler's connections lead to the old primary", async () => {
    const code = async (): Promise<string> => {
      const { errors } = await server.post('dave', STORE, { input: { provider: 'OPENAI', apiKey: KEY } });
      return errors[0]?.extensions.code ?? 'OK';
    };
    const readiness = async (): Promise<string> => {
      const { checks } = (await (await fetch(`${server.url}/readyz`)).json()) as Record<string, any>;
      return checks.database as string;
    };
    await demote(database);
    while ((await readiness()) !== 'READ_ONLY');
    expect(await code()).toBe('SERVICE_UNAVAILABLE');
    // Several of the pooler's own, each begun read-only.
    await Promise.all(Array.from({ length: 20 }, () => server.query('dave', '{ apiKeys { id } }')));
    await promote(database);
    while ((await readiness()) !== 'READY');
    const codes = () => Promise.all(Array.from({ length: 8 }, code));
    while ((await codes()).some((each) => each !== 'OK'));
  });
});

describeWithPgBouncer('The database behind PgBouncer in transaction mode', () => {
  const limits = { connections: 3, connectMs: 2_000, statementMs: 400, totalMs: 4_000 };
  let database: TestDatabase;
  let bouncer: PgBouncer;
  let service: DatabaseService;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    await setTimeZone(database);
    const url = `${database.environment.DATABASE_URL!}?schema=key%20stream`;
    const target = await openMigrationTarget({ migrationUrl: url, dataDir: '' });
    await new Migrator(target).apply();
    await target.close();
    bouncer = await PgBouncer.start();
    service = new DatabaseService({ url: bouncer.declaredUrlOf(url), dataDir: '', limits });
    await service.onModuleInit();
  });
  afterAll(async () => {
    await service.onApplicationShutdown();
    await bouncer.stop();
    await database.drop();
  });

  type Client = DatabaseService['client'];
  const settings = (client: Client) => client.$queryRaw`
    SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path,
      current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle`;
  const held = [{ zone: 'UTC', path: '"key stream"', statement: '400ms', idle: '4s' }];

  it('has its time zone, limits and schema in each statement and transaction', async () => {
    expect(await settings(service.client)).toEqual(held);
    expect(await service.transaction(settings)).toEqual(held);
    expect(await service.check()).toBe('READY');
  });

  it('leaves nothing of them in a session that others get next', async () => {
    await settings(service.client);
    const client = new pg.Client(bouncer.urlOf(database.environment.DATABASE_URL!));
    await client.connect();
    const { rows } = await client.query<Record<string, string>>('SHOW TimeZone');
    const { rows: limit } = await client.query<Record<string, string>>('SHOW statement_timeout');
    expect([rows[0]?.TimeZone, limit[0]?.statement_timeout]).toEqual([TIME_ZONE, '0']);
    await client.end();
  });

  it('ends statements that take too long on the server, and gives connections back after failures', async () => {
    for (let round = 0; round < 4; round += 1) {
      const failures = await Promise.allSettled([
        service.client.$queryRaw`SELECT 1 / 0`,
        service.client.$executeRaw`SELECT 1 / 0`,
        service.transaction((client) => client.$queryRaw`SELECT 1 / 0`),
        service.client.$queryRaw`SELECT pg_sleep(60)::text`,
      ]);
      expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
      expect((failures[3] as PromiseRejectedResult).reason).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    }
    expect(await service.client.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    const sleeping = () => service.client.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)%'
        AND pid <> pg_backend_pid()`;
    while ((await sleeping()).length > 0);
  });

  it('takes nothing of a transaction that failed', async () => {
    const count = async (): Promise<number> => service.client.usageHour.count();
    const hour = new Date('2026-01-01T05:00:00Z');
    const row = { userId: 'alice', hour, provider: 'OPENAI', keySource: 'USER' } as const;
    await expect(
      service.transaction(async (client) => {
        await client.usageHour.create({ data: row });
        throw new Error('enough');
      }),
    ).rejects.toThrow('enough');
    expect(await count()).toBe(0);
    await service.client.usageHour.create({ data: row });
    await expect(service.client.usageHour.create({ data: row })).rejects.toMatchObject({ code: 'P2002' });
    expect((await service.client.usageHour.findMany()).map((each) => each.hour)).toEqual([hour]);
  });
});

describeWithPgBouncer('a pooler that the URL does not mention', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
  });
  afterAll(() => database.drop());

  it.each([
    ['refuses', ''],
    ['drops', 'ignore_startup_parameters = options, extra_float_digits'],
  ])('stops a start with advice where it %s what sessions begin with', async (_how, parameters) => {
    await PgBouncer.during(parameters, async (bouncer) => {
      const url = bouncer.urlOf(database.environment.DATABASE_URL!);
      await expect(TestServer.start({ ...database.environment, DATABASE_URL: url })).rejects.toThrow(
        /^The database at \S+ does not take the settings .* Add pgbouncer=true to the parameters of DATABASE_URL/,
      );
    });
  });

  it('names the setting that a declared one refuses', async () => {
    await PgBouncer.during('', async (bouncer) => {
      const url = `${bouncer.declaredUrlOf(database.environment.DATABASE_URL!)}&options=-c%20work_mem%3D8MB`;
      await expect(TestServer.start({ ...database.environment, DATABASE_URL: url })).rejects.toThrow(
        /^The pooler at \S+ does not take a setting .*: unsupported startup parameter: options\. Leave it out/,
      );
    });
  });

  it.each([
    ['is declared', '', true],
    ['refuses options', '', false],
    ['drops options', 'ignore_startup_parameters = options', false],
    ['takes turns', 'ignore_startup_parameters = options\nserver_round_robin = 1', false],
  ])('runs no migrations, and names the way that does where it %s', async (_how, parameters, isDeclared) => {
    await PgBouncer.during(parameters, async (bouncer) => {
      const direct = database.environment.DATABASE_URL!;
      const url = isDeclared ? bouncer.declaredUrlOf(direct) : bouncer.urlOf(direct);
      const environment = { ...database.environment, DATABASE_URL: url };
      for (const outcome of [await runCli('migrate', environment), await deploy(environment)]) {
        expect(outcome.output).toContain('Set MIGRATION_DATABASE_URL to the address of the database itself.');
        expect(outcome.output).not.toMatch(/^ +at /m);
        expect(outcome.code).toBe(1);
      }
    });
  });

  it('is passed by where MIGRATION_DATABASE_URL leads to the database, and there alone', async () => {
    await PgBouncer.during('', async (bouncer) => {
      const direct = database.environment.DATABASE_URL!;
      const pooled = { ...database.environment, DATABASE_URL: bouncer.declaredUrlOf(direct) };
      const environment = { ...pooled, MIGRATION_DATABASE_URL: direct };
      expect(await runCli('migrate', environment)).toMatchObject({
        code: 0,
        output: expect.stringContaining('Nothing to apply'),
      });
      expect(await runCli('migrate-status', environment)).toMatchObject({ code: 0 });
      expect(await deploy(environment)).toMatchObject({ code: 0 });
      expect(
        await runCli('migrate', { ...pooled, MIGRATION_DATABASE_URL: pooled.DATABASE_URL }),
      ).toMatchObject({
        code: 1,
        output: expect.stringContaining('MIGRATION_DATABASE_URL: must lead to the database itself'),
      });
    });
  });
});

function deploy(environment: Readonly<Record<string, string>>): Promise<Outcome> {
  return run('node_modules/.bin/prisma', ['migrate', 'deploy'], environment);
}
