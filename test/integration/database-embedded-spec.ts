import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
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

  it('is made anew where a process was killed while it made one', async () => {
    const unfinished = join(dataDir, 'database.unfinished');
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'PG_VERSION'), '18');
    const database = await openEmbeddedDatabase(dataDir);
    await database.close();
    expect(await readdir(dataDir)).not.toContain('database.unfinished');
  });
});
