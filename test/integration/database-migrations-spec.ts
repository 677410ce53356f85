import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { StartupError } from '../../src/common/startup-error.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import {
  listMigrationNames,
  migrationsFolder,
  readSchemas,
  wholeSchema,
} from '../../src/prisma/migrations-folder.js';
import { Migrator } from '../../src/prisma/migrator.js';
import { openPostgresMigrationTarget } from '../../src/prisma/postgres-migration-target.js';
import { withSchemaEngine } from '../../src/prisma/schema-engine.js';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database-empty.js';
import { databaseKinds } from '../support/database.js';

Logger.overrideLogger(false);

const shipped = await listMigrationNames();
const upToDate = { pending: [], failed: [], edited: [], unknown: [] };
const extra = '29991231235959_extra';

for (const kind of databaseKinds) {
  describe(`Migrations on ${kind}`, () => {
    let database: EmptyDatabase;
    let folder: string;

    beforeAll(async () => {
      database = await createEmptyDatabase(kind);
    });
    afterAll(() => database.drop());
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'keystream-migrations-'));
      await cp(migrationsFolder, folder, { recursive: true });
    });
    afterEach(async () => {
      await database.empty();
      await rm(folder, { recursive: true });
    });

    async function writeExtra(sql: string): Promise<void> {
      await mkdir(join(folder, extra), { recursive: true });
      await writeFile(join(folder, extra, 'migration.sql'), sql);
    }
    async function withMigrator<T>(work: (migrator: Migrator) => Promise<T>): Promise<T> {
      const target = database.openTarget();
      try {
        return await work(new Migrator(target, folder));
      } finally {
        await target.close();
      }
    }
    const apply = () => withMigrator((migrator) => migrator.apply());
    const status = () => withMigrator((migrator) => migrator.status());
    const recorded = () =>
      database.query<{ migration_name: string; finished: boolean; rolled_back: boolean }>(
        `SELECT migration_name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS rolled_back
         FROM _prisma_migrations ORDER BY started_at`,
      );

    it('are applied in order, and recorded as Prisma records them', async () => {
      expect(await status()).toEqual({ ...upToDate, pending: shipped });
      expect(await apply()).toEqual(shipped);
      expect(await status()).toEqual(upToDate);
      expect(await recorded()).toEqual(
        shipped.map((migration_name) => ({ migration_name, finished: true, rolled_back: false })),
      );
    });

    it('are applied once', async () => {
      await apply();
      expect(await apply()).toEqual([]);
      expect(await recorded()).toHaveLength(shipped.length);
    });

    it('amount to the schema', async () => {
      await apply();
      const schema = await readSchemas();
      const target = database.openTarget();
      const { exitCode, stdout } = await withSchemaEngine(
        target.adapter,
        schema.files[0]?.content ?? '',
        (engine) =>
          engine.diff({
            from: { tag: 'schemaDatasource', ...schema, configDir: '.' },
            to: { tag: 'schemaDatamodel', ...schema },
            script: true,
            exitCode: true,
            filters: wholeSchema,
          }),
      );
      await target.close();
      expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    });

    it('that fail take no effect, stop those that follow, and are applied when the cause is gone', async () => {
      await writeExtra('CREATE TABLE half (id int); SELECT nonsense;');
      const failure = await apply().catch((error: unknown) => error as Error);
      expect(failure).toBeInstanceOf(StartupError);
      expect((failure as Error).message).toContain(
        `The migration ${extra} failed: column "nonsense" does not exist`,
      );
      expect(await database.query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
      expect(await status()).toMatchObject({ failed: [extra] });

      await expect(apply()).rejects.toThrow(`npm run migrate -- --rolled-back ${extra}`);

      await writeExtra('CREATE TABLE whole (id int);');
      await withMigrator((migrator) => migrator.markRolledBack(extra));
      expect(await apply()).toEqual([extra]);
      expect(await status()).toEqual(upToDate);
      expect(await recorded()).toMatchObject([
        ...shipped.map(() => ({ finished: true })),
        { migration_name: extra, finished: false, rolled_back: true },
        { migration_name: extra, finished: true, rolled_back: false },
      ]);
    });

    it('are kept out of a database that holds something else, with advice that fits', async () => {
      await database.query('CREATE TABLE notes (id int)');
      const foreign = await apply().catch((error: unknown) => error as Error);
      expect(foreign).toBeInstanceOf(StartupError);
      expect((foreign as Error).message).toMatch(/holds tables that are not this server's/);
      expect((foreign as Error).message).toMatch(
        kind === 'PGlite'
          ? /DATA_DIR of its own/
          : /an empty database, or .*\?schema=keystream .* DATABASE_URL/,
      );
      expect(await database.query(`SELECT to_regclass('api_keys') AS found`)).toEqual([{ found: null }]);
    });

    it('are not taken for done where their tables are there and their history is not', async () => {
      await apply();
      await database.query('DROP TABLE _prisma_migrations');
      await expect(apply()).rejects.toThrow("this server's tables without the history");
    });

    it('that were changed after they were applied are named', async () => {
      await writeExtra('CREATE TABLE extra (id int);');
      await apply();
      await writeExtra('CREATE TABLE other (id int);');
      expect(await status()).toEqual({ ...upToDate, edited: [extra] });
    });

    it('of a newer version are named, and do no harm', async () => {
      await writeExtra('CREATE TABLE extra (id int);');
      await apply();
      await rm(join(folder, extra), { recursive: true });
      expect(await status()).toEqual({ ...upToDate, unknown: [extra] });
      expect(await apply()).toEqual([]);
    });
  });
}

for (const kind of databaseKinds.filter((each) => each === 'PostgreSQL')) {
  describe(`A ${kind} server`, () => {
    let database: EmptyDatabase;
    beforeAll(async () => {
      database = await createEmptyDatabase(kind);
    });
    afterAll(() => database.drop());
    afterEach(() => database.empty());

    async function apply(): Promise<readonly string[]> {
      const target = database.openTarget();
      try {
        return await new Migrator(target).apply();
      } finally {
        await target.close();
      }
    }
    async function open(): Promise<DatabaseService> {
      const service = new DatabaseService({ url: database.url, dataDir: '' });
      await service.onModuleInit();
      return service;
    }

    it('is migrated by one of several that try at once', async () => {
      const applied = await Promise.all([apply(), apply(), apply()]);
      expect(applied.map((names) => names.length).sort()).toEqual([0, 0, shipped.length]);
      expect(await database.query('SELECT migration_name FROM _prisma_migrations')).toHaveLength(
        shipped.length,
      );
    });

    it("is migrated after who holds Prisma's own lock", async () => {
      const other = new pg.Client({ connectionString: database.url! });
      await other.connect();
      await other.query('SELECT pg_advisory_lock(72707369)');
      const applied = apply();
      for (let waiting = 0; waiting === 0;) {
        waiting =
          (await other.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rowCount ??
          0;
      }
      expect((await other.query(`SELECT to_regclass('api_keys') AS found`)).rows).toEqual([{ found: null }]);
      await other.end();
      expect(await applied).toEqual(shipped);
    });

    it('is migrated in the schema that its URL names', async () => {
      await database.query('CREATE SCHEMA keystream');
      const url = `${database.url!}?schema=keystream`;
      for (const names of [shipped, []]) {
        const target = openPostgresMigrationTarget(url);
        expect(await new Migrator(target).apply()).toEqual(names);
        await target.close();
      }
      const service = new DatabaseService({ url, dataDir: '' });
      await service.onModuleInit();
      await service.client.apiKey.create({ data: { userId: 'u', provider: 'OPENAI', maskedKey: 'x' } });
      await service.onApplicationShutdown();
      expect(await database.query('SELECT user_id FROM keystream.api_keys')).toEqual([{ user_id: 'u' }]);
      await database.query('DROP SCHEMA keystream CASCADE');
    });

    it('is not migrated where the schema that its URL names holds something else', async () => {
      await database.query('CREATE SCHEMA other');
      await database.query('CREATE TABLE other.notes (id int)');
      const target = openPostgresMigrationTarget(`${database.url!}?schema=other`, 'MIGRATION_DATABASE_URL');
      await expect(new Migrator(target).apply()).rejects.toThrow(
        'another schema than the one that ?schema= in MIGRATION_DATABASE_URL names',
      );
      await target.close();
      await database.query('DROP SCHEMA other CASCADE');
    });

    it('that lacks a right is distinguished from one that fails otherwise', async () => {
      const role = `keystream_test_${randomBytes(6).toString('hex')}`;
      await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'a password'`);
      await apply();
      const url = new URL(database.url!);
      url.username = role;
      url.password = 'a password';
      const start = async (): Promise<void> => {
        const service = new DatabaseService({ url: url.href, dataDir: '' });
        await service.onModuleInit().finally(() => service.onApplicationShutdown());
      };
      await database.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
      await expect(start()).rejects.toThrow(/lacks a right: permission denied .*“Two roles”/);
      // A mistake of the database's own.
      await database.query(`ALTER TABLE _prisma_migrations RENAME COLUMN migration_name TO other`);
      await database.query(`GRANT SELECT ON _prisma_migrations TO ${role}`);
      const failure = await start().catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({ name: 'StartupError' });
      expect((failure as Error).message).toContain('column "migration_name" does not exist');
      expect((failure as Error).message).not.toContain('right');
      await database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    });

    it('is not served while it lacks migrations: the message names the command to run', async () => {
      await expect(open()).rejects.toThrow(StartupError);
      await expect(open()).rejects.toThrow('npm run migrate');
      expect(await database.query(`SELECT to_regclass('api_keys') AS found`)).toEqual([{ found: null }]);
    });

    it('is served when it has them, and says when it lacks one', async () => {
      await apply();
      const service = await open();
      expect(await service.check()).toBe('READY');
      await database.query(`UPDATE _prisma_migrations SET finished_at = NULL`);
      expect(await service.check()).toBe('MIGRATIONS_PENDING');
      await database.query(`DROP TABLE _prisma_migrations`);
      expect(await service.check()).toBe('MIGRATIONS_PENDING');
      await service.onApplicationShutdown();
    });
  });
}
