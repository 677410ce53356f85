import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '../../src/common/startup-error.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { openEmbeddedDatabase } from '../../src/prisma/embedded-database.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { holdEmbeddedDatabase, run, runCli } from '../support/database-commands.js';

const inUse = 'Another process has the embedded database';

describe('The embedded database', () => {
  let database: TestDatabase;
  let dataDir: string;

  beforeEach(async () => {
    database = await createDatabase('PGlite');
    dataDir = database.environment.DATA_DIR!;
  });
  afterEach(() => database.drop());

  it('is refused to a second process, with a clear message and exit code 1', async () => {
    const first = await holdEmbeddedDatabase(database.environment);
    const second = await run(process.execPath, ['test/support/database-holder.mjs'], database.environment);
    expect(second).toEqual({ code: 1, output: expect.stringContaining(inUse) as string });
    expect(second.output).toContain(dataDir);
    first.kill('SIGKILL');
    await once(first, 'exit');
  });

  it('is refused to migrations while a server has it open', async () => {
    const server = await holdEmbeddedDatabase(database.environment);
    for (const command of ['migrate', 'migrate-status']) {
      const { code, output } = await runCli(command, database.environment);
      expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(inUse) as string });
      expect(output).not.toMatch(/\n\s+at /);
    }
    server.kill('SIGKILL');
    await once(server, 'exit');
  });

  it('is taken over from a process that was killed', async () => {
    const killed = await holdEmbeddedDatabase(database.environment);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const next = await holdEmbeddedDatabase(database.environment);
    next.stdin?.end();
    expect(await once(next, 'exit')).toEqual([0, null]);
  });

  it('is free again when its process closes it', async () => {
    for (const provider of ['OPENAI', 'BRAVE']) {
      const service = new DatabaseService({ url: null, dataDir });
      await service.onModuleInit();
      await service.client.apiKey.create({ data: { userId: 'u', provider, maskedKey: 'x' } });
      await service.onApplicationShutdown();
    }
  });

  it('is refused within one process, too', async () => {
    const first = await openEmbeddedDatabase(dataDir);
    await expect(openEmbeddedDatabase(dataDir)).rejects.toThrow(StartupError);
    await first.close();
  });
});

describe('An embedded database that cannot be used', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await createDatabase('PGlite');
    folder = join(database.environment.DATA_DIR!, 'database');
  });
  afterEach(() => database.drop());

  const inFolder = (name: string): string => join(folder, name);
  /** What stands in the folder, by name. */
  async function contents(): Promise<Record<string, string>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    return Object.fromEntries(
      await Promise.all(files.map(async (path) => [path, await readFile(path, 'latin1')] as const)),
    );
  }
  async function refusal(): Promise<string> {
    const failure = await openEmbeddedDatabase(database.environment.DATA_DIR!).then(
      ({ close }) => close(),
      (error: unknown) => error as Error,
    );
    expect(failure).toBeInstanceOf(StartupError);
    return (failure as Error).message;
  }

  it.each([
    [
      'an older version',
      () => writeFile(inFolder('PG_VERSION'), '17\n'),
      /made by PostgreSQL 17, and this server's is PostgreSQL 18/,
    ],
    ['a newer version', () => writeFile(inFolder('PG_VERSION'), '19\n'), /made by PostgreSQL 19/],
    ['no version', () => rm(inFolder('PG_VERSION')), /damaged.*PG_VERSION is missing/],
    ['an empty version', () => writeFile(inFolder('PG_VERSION'), ''), /damaged.*PG_VERSION holds no version/],
    ['no control file', () => rm(inFolder('global/pg_control')), /damaged.*global\/pg_control is missing/],
    ['no tables', () => rm(inFolder('base'), { recursive: true }), /damaged.*base is missing/],
    ['no log', () => rm(inFolder('pg_wal'), { recursive: true }), /damaged.*pg_wal is missing/],
  ])('is left as it is, and reported: one with %s', async (_what, spoil, words) => {
    await spoil();
    const before = await contents();
    const message = await refusal();
    expect(message).toMatch(words);
    expect(message).toContain(folder);
    expect(message).toContain('docs/operations.md');
    expect(await contents()).toEqual(before);
  });

  it.each([
    ['an unreadable control file', () => writeFile(inFolder('global/pg_control'), Buffer.alloc(8192, 7))],
    ['an empty control file', () => writeFile(inFolder('global/pg_control'), '')],
    ['no settings', () => rm(inFolder('postgresql.conf'))],
  ])('is not made anew, and reported: one with %s', async (_what, spoil) => {
    const tables = await readdir(inFolder('base/5'));
    await spoil();
    expect(await refusal()).toMatch(/its files are damaged.*\n.*Put a backup of the folder in its place/);
    expect(await readdir(inFolder('base/5'))).toEqual(tables);
  });

  it('is distinguished from a folder with other content, and from a file', async () => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await writeFile(inFolder('notes.txt'), 'mine');
    expect(await refusal()).toMatch(/damaged, or it is none/);
    expect(await readdir(folder)).toEqual(['notes.txt']);
    await rm(folder, { recursive: true });
    await writeFile(folder, 'mine');
    expect(await refusal()).toContain(`${folder} cannot be opened: that is a file`);
    expect(await readFile(folder, 'utf8')).toBe('mine');
  });

  it('is explained by the server and by npm run migrate', async () => {
    await writeFile(inFolder('PG_VERSION'), '17\n');
    for (const script of ['dist/main.js', 'dist/cli/migrate.js', 'dist/cli/migrate-status.js']) {
      const outcome = await run(process.execPath, [script], { ...database.environment, PORT: '0' });
      expect(outcome).toEqual({
        code: 1,
        output: expect.stringContaining('made by PostgreSQL 17') as string,
      });
      expect(outcome.output).not.toMatch(/\n\s+at /);
    }
  });
});

describe('A new embedded database', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'keystream-test-')), 'not', 'there');
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('is made, migrated and kept from other users of the machine', async () => {
    const service = new DatabaseService({ url: null, dataDir });
    await service.onModuleInit();
    expect(await service.check()).toBe('READY');
    await service.client.apiKey.create({ data: { userId: 'u', provider: 'OPENAI', maskedKey: 'x' } });
    await service.onApplicationShutdown();

    const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
    const paths = [dataDir, ...entries.map(({ parentPath, name }) => join(parentPath, name))];
    const modes = await Promise.all(
      paths.map(async (path) => ({ path, mode: (await stat(path)).mode & 0o077 })),
    );
    expect(modes.filter(({ mode }) => mode !== 0)).toEqual([]);
  });

  it('keeps its own files alone from others: what a link leads to stays as it is', async () => {
    await (await openEmbeddedDatabase(dataDir)).close();
    const outside = join(dataDir, '..', 'outside');
    await mkdir(outside, { mode: 0o755 });
    await writeFile(join(outside, 'file'), '', { mode: 0o644 });
    await symlink(outside, join(dataDir, 'database', 'link'));
    await symlink('/nowhere', join(dataDir, 'database', 'dead'));

    await (await openEmbeddedDatabase(dataDir)).close();
    expect((await stat(outside)).mode & 0o777).toBe(0o755);
    expect((await stat(join(outside, 'file'))).mode & 0o777).toBe(0o644);
  });

  it('is made anew where a process was killed while it made one', async () => {
    const unfinished = join(dataDir, 'database.unfinished');
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'PG_VERSION'), '18');
    const database = await openEmbeddedDatabase(dataDir);
    await database.close();
    expect(await readdir(dataDir)).not.toContain('database.unfinished');
  });
});
