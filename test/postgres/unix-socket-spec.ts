import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { run, runCli } from '../support/database-commands.js';
import { useProcesses } from '../support/server-process.js';

describe('a PostgreSQL on a Unix socket', () => {
  const processes = useProcesses();
  const sockets = new Set<Socket>();
  let database: TestDatabase;
  let folder: string;
  let server: Server;
  let databaseName: string;
  let user: string;

  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    const { hostname, port, pathname, username } = new URL(database.environment.DATABASE_URL!);
    [databaseName, user] = [pathname.slice(1), username];
    folder = await mkdtemp(join(tmpdir(), 'keystream-socket-'));
    server = createServer((client) => {
      const upstream = connect(Number(port) || 5432, hostname);
      for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
      client.pipe(upstream).pipe(client);
    });
    server.listen(join(folder, '.s.PGSQL.5433'));
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await rm(folder, { recursive: true });
    await database.drop();
  });

  it('serves, migrates and is named without the password', async () => {
    const url = `postgresql://${user}:hunter2@:5433/${databaseName}?host=${folder}`;
    const address = `${folder}:5433/${databaseName}`;
    for (const command of ['migrate', 'migrate-status']) {
      const { code, output } = await runCli(command, { DATABASE_URL: url });
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringContaining(`Database: ${address}\n`),
      });
      expect(output).not.toContain('hunter2');
    }
    for (const command of ['deploy', 'status']) {
      expect(
        await run('node_modules/.bin/prisma', ['migrate', command], {
          MIGRATION_DATABASE_URL: url,
          DATABASE_URL: url,
        }),
      ).toMatchObject({ code: 0 });
    }
    const running = await processes.start(
      processes.environment({ ...database.environment, DATABASE_URL: url }),
    );
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
  });

  it.each([
    [
      'after the host, which it replaces',
      (name: string) => `postgresql://${user}:hunter2@localhost/${name}?host=${folder}&port=5433`,
    ],
    [
      'in the place of the host',
      (name: string) => `postgresql://${user}:hunter2@${encodeURIComponent(folder)}:5433/${name}`,
    ],
    [
      'with a sslmode, which has no meaning there',
      (name: string) => `postgresql://${user}@:5433/${name}?sslmode=require&host=${folder}`,
    ],
  ])('may be named %s', async (_where, urlOf) => {
    expect(await runCli('migrate-status', { DATABASE_URL: urlOf(databaseName) })).toMatchObject({ code: 0 });
  });

  it('that is not there is named in a line', async () => {
    const DATABASE_URL = `postgresql://${user}:hunter2@/${databaseName}?host=${folder}/missing`;
    for (const outcome of [
      await runCli('migrate', { DATABASE_URL }),
      await run('node_modules/.bin/prisma', ['migrate', 'deploy'], { DATABASE_URL }),
    ]) {
      expect(outcome).toEqual({ code: 1, output: expect.stringContaining(`ENOENT ${folder}/missing`) });
      expect(outcome.output).not.toMatch(/hunter2|\n\s+at /);
    }
  });
});
