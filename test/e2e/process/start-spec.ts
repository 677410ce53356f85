import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, databaseKinds, type TestDatabase } from '../../support/database.js';
import { KeyServiceStandIn } from '../../support/key-service-stand-in.js';
import { ENCRYPTION_KEY, type Environment, useProcesses } from '../../support/server-process.js';

const OLD_KEY = ENCRYPTION_KEY;
const NEW_KEY = 'f0e0d0c0b0a090807060504030201000f1e1d1c1b1a191817161514131211101';
const UNRELATED_KEY = '1122334455667788990011223344556677889900112233445566778899001122';
const KEY = 'key-of-alice-0123456789';

const processes = useProcesses();

describe.each(databaseKinds)('a server on %s', (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(kind);
  });
  afterEach(() => database.drop());

  const environment = (others: Environment = {}): Environment =>
    processes.environment({ ...database.environment, ...others });

  /** Starts a server, lets it do something, and stops it in order. */
  async function serve(
    others: Environment,
    work?: (server: Awaited<ReturnType<typeof processes.start>>) => Promise<unknown>,
  ): Promise<void> {
    const server = await processes.start(environment(others));
    await work?.(server);
    expect(await server.kill('SIGTERM')).toMatchObject({ code: 0 });
  }

  it('refuses to start with the wrong ENCRYPTION_KEY, and says so', async () => {
    await serve({ ENCRYPTION_KEY: OLD_KEY });
    const message = await refusal(environment({ ENCRYPTION_KEY: NEW_KEY }));
    expect(message).toContain('ENCRYPTION_KEY is the wrong one');
    expect(message).toContain('ENCRYPTION_KEYS_PREVIOUS');
    expectNoKeyIn(message);
  });

  it('refuses to start where the key of the database is not among the previous ones', async () => {
    await serve({ ENCRYPTION_KEY: OLD_KEY });
    const message = await refusal(
      environment({ ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: UNRELATED_KEY }),
    );
    expect(message).toMatch(
      /A previous key is missing: this database was sealed with the key .* Add it to ENCRYPTION_KEYS_PREVIOUS/s,
    );
    expectNoKeyIn(message);
  });

  it('rotates: opens what the previous key sealed, and needs that key for as long as something is sealed with it', async () => {
    processes.standIn.acceptKey('OPENAI', KEY);
    await serve({ ENCRYPTION_KEY: OLD_KEY }, (server) => server.storeKey('alice', 'OPENAI', KEY));
    await serve({ ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: OLD_KEY }, async (server) => {
      expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    });

    const message = await refusal(environment({ ENCRYPTION_KEY: NEW_KEY }));
    expect(message).toMatch(/A previous key is missing: stored keys were sealed with \S+ \(stored keys: 1\)/);
    expectNoKeyIn(message);
  });

  it('adopts the new key: the previous one may go when nothing is sealed with it', async () => {
    await serve({ ENCRYPTION_KEY: OLD_KEY });
    await serve({ ENCRYPTION_KEY: NEW_KEY, ENCRYPTION_KEYS_PREVIOUS: OLD_KEY });
    await serve({ ENCRYPTION_KEY: NEW_KEY });
    expect(await refusal(environment({ ENCRYPTION_KEY: OLD_KEY }))).toContain(
      'ENCRYPTION_KEY is the wrong one',
    );
  });

  it('does not let the wrong key claim a database that was restored in part', async () => {
    processes.standIn.acceptKey('OPENAI', KEY);
    await serve({ ENCRYPTION_KEY: OLD_KEY }, (server) => server.storeKey('alice', 'OPENAI', KEY));
    await database.execute('DELETE FROM vault_state');
    expect(await refusal(environment({ ENCRYPTION_KEY: NEW_KEY }))).toContain('A previous key is missing');
    await serve({ ENCRYPTION_KEY: OLD_KEY }, async (server) => {
      expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    });
  });

  it('refuses the data of another environment by name', async () => {
    await serve({ ENVIRONMENT_NAME: 'staging' });
    expect(await refusal(environment({ ENVIRONMENT_NAME: 'eu-production' }))).toContain(
      'This database belongs to the environment "staging", and this server to "eu-production"',
    );
  });

  if (kind === 'PostgreSQL') {
    it('refuses to start when migrations are behind, and names the command', async () => {
      await database.execute(
        'DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)',
      );
      const message = await refusal(environment());
      expect(message).toMatch(/lacks a migration that this server needs: \d+_\w+\.\nRun: npm run migrate/);
    });
  }
});

describe('a server with a wrapped ENCRYPTION_KEY', () => {
  let database: TestDatabase;
  let keyService: KeyServiceStandIn;
  beforeEach(async () => {
    database = await createDatabase();
    keyService = await KeyServiceStandIn.start();
  });
  afterEach(() => database.drop());

  it.each(['aws-kms', 'vault'] as const)(
    'asks %s once, before it listens, and does not need it again',
    async (service) => {
      const environment = processes.environment({
        ...database.environment,
        ...keyService.environment,
        ENCRYPTION_KEY: undefined,
        ENCRYPTION_KEY_WRAPPED: keyService.wrap(service, Buffer.from(NEW_KEY, 'hex')),
      });
      const server = await processes.start(environment);
      expect(keyService.requests).toHaveLength(1);
      await keyService.stop();
      processes.standIn.acceptKey('OPENAI', KEY);
      await server.storeKey('alice', 'OPENAI', KEY);
      expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      await server.kill('SIGTERM');

      const message = await refusal(environment);
      expect(message).toMatch(/^ENCRYPTION_KEY_WRAPPED: .* did not unwrap it: it cannot be reached/);
      expectNoKeyIn(message);
      // It is the same key as the one in the clear.
      await processes.start(processes.environment({ ...database.environment, ENCRYPTION_KEY: NEW_KEY }));
    },
  );
});

describe('a server that is not configured right', () => {
  it('names every mistake at once, and no value', async () => {
    const values = {
      PORT: 'port-4000',
      ENCRYPTION_KEY: `not-hex-${randomBytes(20).toString('hex')}`,
      AUTH_JWT_SECRET: 'short-secret',
    };
    const message = await refusal(
      processes.environment({
        ...values,
        DATABASE_URL: 'mysql://root:hunter2@db/keystream',
        OPENAI_BASE_URL: 'ftp://openai',
      }),
    );
    for (const name of [...Object.keys(values), 'DATABASE_URL', 'OPENAI_BASE_URL'])
      expect(message).toContain(`  ${name}: `);
    expect(message).toContain('The configuration has 5 mistakes');
    for (const value of [...Object.values(values), 'hunter2', 'mysql', 'ftp'])
      expect(message).not.toContain(value);
  });

  it('needs its database and its secrets configured in production', async () => {
    const message = await refusal({ NODE_ENV: 'production', PORT: '0' });
    expect(message).toContain('DATABASE_URL: is required in production, unless ALLOW_EMBEDDED_DATABASE=true');
    expect(message).toContain('ENCRYPTION_KEY: ');
    expect(message).toContain('AUTH_JWT_SECRET: ');
  });

  it('says why its folder cannot be used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystream-start-'));
    const file = join(folder, 'file');
    writeFileSync(file, '');
    mkdirSync(join(folder, 'damaged/database'), { recursive: true });
    writeFileSync(join(folder, 'damaged/database/PG_VERSION'), 'none');
    try {
      expect(await refusal(processes.environment({ DATA_DIR: join(file, 'data') }))).toContain('ENOTDIR');
      expect(await refusal(processes.environment({ DATA_DIR: join(folder, 'damaged') }))).toMatch(
        /The embedded database in \S+ cannot be opened: \S+/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says where the database does not answer, without the password', async () => {
    const message = await refusal(
      processes.environment({ DATABASE_URL: 'postgresql://keystream:hunter2@127.0.0.1:1/keystream' }),
    );
    expect(message).toContain('The database at 127.0.0.1:1/keystream ');
    expect(message).not.toContain('hunter2');
  });
});

/** What a server says that must not start: in words, without a stack, and before it listens. */
async function refusal(environment: Environment): Promise<string> {
  const { code, stderr } = await processes.refusal(environment);
  expect(code).toBe(1);
  expect(stderr).not.toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  return stderr;
}

function expectNoKeyIn(message: string): void {
  for (const key of [OLD_KEY, NEW_KEY, UNRELATED_KEY]) expect(message).not.toContain(key);
}
