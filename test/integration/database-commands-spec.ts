import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listMigrationNames } from '../../src/prisma/migrations-folder.js';
import { run, runCli } from '../support/database-commands.js';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database-empty.js';
import { databaseKinds } from '../support/database.js';

const [first = ''] = await listMigrationNames();
const prisma = (args: string, environment = {}) =>
  run('node_modules/.bin/prisma', args.split(' '), environment);
const containing = (words: string) => expect.stringContaining(words) as string;

for (const kind of databaseKinds) {
  describe(`npm run migrate and migrate:status on ${kind}`, () => {
    let dataDir: string;
    let database: EmptyDatabase | null = null;
    let environment: Record<string, string>;

    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'keystream-test-'));
      environment = { DATA_DIR: dataDir };
      if (kind === 'PGlite') return;
      database = await createEmptyDatabase(kind);
      environment.DATABASE_URL = database.url!;
    });
    afterAll(async () => {
      await database?.drop();
      await rm(dataDir, { recursive: true });
    });

    it('say what is missing, apply it once, and say that nothing is missing', async () => {
      expect(await runCli('migrate-status', environment)).toEqual({ code: 1, output: containing(first) });
      expect(await runCli('migrate', environment)).toEqual({
        code: 0,
        output: containing(`Applied ${first}`),
      });
      expect(await runCli('migrate', environment)).toEqual({
        code: 0,
        output: containing('Nothing to apply'),
      });
      expect(await runCli('migrate-status', environment)).toEqual({
        code: 0,
        output: containing('up to date'),
      });
    });

    it('say in a line that a server does not answer', async () => {
      for (const command of ['migrate', 'migrate-status']) {
        const away = { ...environment, DATABASE_URL: 'postgresql://user:hunter2@127.0.0.1:1/keystream' };
        const { code, output } = await runCli(command, away);
        expect({ code, output }).toEqual({ code: 1, output: containing('127.0.0.1:1') });
        expect(output).not.toMatch(/hunter2|\n +at /);
      }
    });

    it('refuse arguments that they do not know', async () => {
      expect(await runCli('migrate', environment, ['--force'])).toEqual({
        code: 1,
        output: containing('Usage'),
      });
    });
  });
}

describe('A database URL in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keystream-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const inFile = async (url: string) => {
    const path = join(folder, 'url');
    await writeFile(path, `${url}\n`);
    return { MIGRATION_DATABASE_URL_FILE: path };
  };

  it('is what npx prisma and npm run migrate go by', async () => {
    const environment = { ...(await inFile('postgresql://a:b@127.0.0.1:1/of-the-file')), DATA_DIR: folder };
    const words = { code: 1, output: containing('127.0.0.1:1/of-the-file') };
    expect(await prisma('migrate status', environment)).toEqual(words);
    const url = { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/another' };
    expect(await runCli('migrate', { ...environment, ...url })).toEqual(words);
  });

  it('is refused by npx prisma in words, without the URL', async () => {
    const { code, output } = await prisma('migrate status', await inFile('mysql://a:hunter2@127.0.0.1:1/b'));
    expect({ code, output }).toEqual({
      code: 1,
      output: containing('MIGRATION_DATABASE_URL_FILE: must be a postgresql:// URL'),
    });
    expect(output).not.toContain('hunter2');
  });
});

describe('Migrations and schema', () => {
  it('agree: npm run migrate:check passes, and migrate:new has nothing to write', async () => {
    expect(await runCli('migrate-check', {})).toEqual({ code: 0, output: containing('amount to') });
    expect(await runCli('migrate-new', {}, ['--name', 'x'])).toEqual({
      code: 0,
      output: containing('Nothing to write'),
    });
  });

  it('agree with the generated client', async () => {
    expect(await run(process.execPath, ['scripts/check-prisma-client.mjs'], {})).toMatchObject({ code: 0 });
  });
});

describe('The plain Prisma CLI, with no engine but ours and no database', () => {
  it('compares migrations with the schema', async () => {
    const { code, output } = await prisma(
      'migrate diff --from-migrations prisma/migrations --to-schema prisma/schema.prisma --exit-code',
    );
    expect({ code, output }).toEqual({ code: 0, output: containing('No difference detected') });
  });

  it('says what to do where it needs a database', async () => {
    expect(await prisma('migrate status')).toEqual({ code: 1, output: containing('npm run migrate') });
  });
});

for (const kind of databaseKinds.filter((each) => each === 'PostgreSQL')) {
  describe(`The plain Prisma CLI on ${kind}`, () => {
    let database: EmptyDatabase;
    let environment: Record<string, string>;
    beforeAll(async () => {
      database = await createEmptyDatabase(kind);
      environment = { DATABASE_URL: database.url! };
    });
    afterAll(() => database.drop());
    afterEach(() => database.empty());

    it('deploys, and agrees with npm run migrate:status on it', async () => {
      expect(await prisma('migrate status', environment)).toEqual({ code: 1, output: containing(first) });
      expect(await prisma('migrate deploy', environment)).toEqual({ code: 0, output: containing(first) });
      expect(await prisma('migrate status', environment)).toEqual({
        code: 0,
        output: containing('up to date'),
      });
      expect(await runCli('migrate-status', environment)).toMatchObject({ code: 0 });
      expect(
        await prisma(
          'migrate diff --from-config-datasource --to-schema prisma/schema.prisma --exit-code',
          environment,
        ),
      ).toEqual({ code: 0, output: containing('No difference detected') });
    });

    it('has nothing to do after npm run migrate, and resets', async () => {
      await runCli('migrate', environment);
      expect(await prisma('migrate deploy', environment)).toEqual({
        code: 0,
        output: containing('No pending'),
      });
      await database.query(`INSERT INTO usage_hours VALUES ('u', now(), 'OPENAI', 'USER')`);
      expect(await prisma('migrate reset --force', environment)).toMatchObject({ code: 0 });
      expect(await database.query('SELECT * FROM usage_hours')).toEqual([]);
    });

    it('names the migration that fails, and that failed', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'keystream-prisma-'));
      const name = '29991231235959_extra';
      await cp('prisma', folder, { recursive: true });
      await mkdir(join(folder, 'migrations', name));
      await writeFile(join(folder, 'migrations', name, 'migration.sql'), 'SELECT nonsense;');
      const config = join(folder, 'prisma.config.ts');
      await writeFile(
        config,
        `import config from '${process.cwd()}/prisma.config.ts';
         export default { ...config, schema: 'schema.prisma', migrations: { path: 'migrations' } };`,
      );
      for (const [command, words] of [
        ['migrate deploy', `P3018[^]*Migration name: ${name}[^]*column "nonsense" does not exist`],
        ['migrate deploy', `P3009[^]*${name}`],
        [
          `migrate diff --from-migrations ${folder}/migrations --to-schema ${folder}/schema.prisma`,
          `P3006[^]*The migration ${name} fails on an empty database: column "nonsense"`,
        ],
      ] as const) {
        const outcome = await prisma(`${command} --config ${config}`, environment);
        expect(outcome).toEqual({ code: 1, output: expect.stringMatching(words) });
      }
      await rm(folder, { recursive: true });
    });

    it('is kept out of a database that holds something else, with advice that fits', async () => {
      await database.query('CREATE TABLE notes (id int)');
      expect(await prisma('migrate deploy', environment)).toEqual({
        code: 1,
        output: expect.stringMatching(/P3005[^]*an empty database, or .*\?schema=keystream .* DATABASE_URL/),
      });
    });

    it('reports a database that is not there, and one that does not answer', async () => {
      const url = new URL(database.url!);
      url.pathname = '/keystream_test_missing';
      expect(await prisma('migrate status', { DATABASE_URL: url.href })).toEqual({
        code: 1,
        output: containing('P1003'),
      });
      url.port = '1';
      expect(await prisma('migrate status', { DATABASE_URL: url.href })).toEqual({
        code: 1,
        output: containing('P1001'),
      });
    });
  });
}
