import { Logger } from '@nestjs/common';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { Migrator } from '../../src/prisma/migrator.js';
import { openPostgresMigrationTarget } from '../../src/prisma/postgres-migration-target.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Outcome, run, runCli } from '../support/database-commands.js';
import { useProcesses } from '../support/server-process.js';
import { AUTHORITY, TlsProxy } from '../support/tls-proxy.js';

Logger.overrideLogger(false);

type Environment = Record<string, string>;

/** The commands for migrations. */
const commands: Record<string, (environment: Environment) => Promise<Outcome>> = {
  'npm run migrate': (environment) => runCli('migrate', environment),
  'npm run migrate:status': (environment) => runCli('migrate-status', environment),
  'npx prisma migrate deploy': (environment) =>
    run('node_modules/.bin/prisma', ['migrate', 'deploy'], environment),
  'npx prisma migrate status': (environment) =>
    run('node_modules/.bin/prisma', ['migrate', 'status'], environment),
};

describe('a PostgreSQL with TLS', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let plainUrl: string;
  let proxy: TlsProxy;
  let outdated: TlsProxy;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    plainUrl = database.environment.DATABASE_URL!;
    proxy = await TlsProxy.start(plainUrl);
    outdated = await TlsProxy.start(plainUrl, 'outdated');
  });
  afterAll(async () => {
    await proxy.stop();
    await outdated.stop();
    await database.drop();
  });

  const urlOf = (parameters: Environment, host?: string, by = proxy): string =>
    by.urlOf(plainUrl, parameters, host);
  const serverWith = (url: string) => processes.environment({ ...database.environment, DATABASE_URL: url });

  /** What the server and the migrations say to a URL; nothing where they work. */
  async function said(url: string): Promise<string[]> {
    const service = new DatabaseService({ url, dataDir: '' });
    const target = openPostgresMigrationTarget(url, 'MIGRATION_DATABASE_URL');
    const failures = await Promise.allSettled([service.onModuleInit(), new Migrator(target).status()]);
    await Promise.all([service.onApplicationShutdown(), target.close()]);
    return failures.flatMap((each) => {
      if (each.status === 'fulfilled') return [];
      expect(each.reason).toMatchObject({ name: 'StartupError' });
      return [(each.reason as Error).message];
    });
  }

  it('is refused while its certificate is not trusted: words, and a way out', async () => {
    const url = urlOf({ sslmode: 'require' });
    const outcomes = Object.entries(commands).map(
      async ([name, act]) => [name, await act({ DATABASE_URL: url })] as const,
    );
    const { code, stdout, stderr } = await processes.refusal(serverWith(url));
    const all = [...(await Promise.all(outcomes)), ['npm start', { code, output: stdout + stderr }]] as const;
    for (const [name, outcome] of all) {
      expect([name, outcome.code]).toEqual([name, 1]);
      expect(outcome.output).toMatch(/certificate is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/);
      expect(outcome.output).toMatch(/sslrootcert=.* in DATABASE_URL, or NODE_EXTRA_CA_CERTS/);
      expect(outcome.output).not.toMatch(/hunter2|Could not parse|SECURITY WARNING|\n\s+at /);
    }
  });

  it('is used where sslrootcert names its authority, without a word of the driver’s', async () => {
    const url = urlOf({ sslmode: 'require', sslrootcert: AUTHORITY });
    for (const [name, act] of Object.entries(commands)) {
      const { code, output } = await act({ DATABASE_URL: url });
      expect([name, code, output]).toEqual([name, 0, output]);
      expect(output).not.toContain('WARNING');
    }
    const server = await processes.start(serverWith(url));
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect((await server.kill('SIGTERM')).stderr).toBe('');
  });

  it('is used where NODE_EXTRA_CA_CERTS names its authority', async () => {
    const environment = { DATABASE_URL: urlOf({ sslmode: 'require' }), NODE_EXTRA_CA_CERTS: AUTHORITY };
    for (const name of ['npm run migrate', 'npx prisma migrate status']) {
      expect(await commands[name]!(environment)).toMatchObject({ code: 0 });
    }
  });

  it.each(['verify-ca', 'verify-full', 'require'])(
    'is used with sslmode=%s and its authority',
    async (sslmode) => {
      expect(await said(urlOf({ sslmode, sslrootcert: AUTHORITY }))).toEqual([]);
    },
  );

  it.each(['require', 'verify-full'])('is refused with sslmode=%s without its authority', async (sslmode) => {
    expect(await said(urlOf({ sslmode }))).toEqual([
      expect.stringMatching(/not trusted.* in DATABASE_URL/),
      expect.stringMatching(/not trusted.* in MIGRATION_DATABASE_URL/),
    ]);
  });

  it.each([{ sslmode: 'no-verify' }, { sslmode: 'require', uselibpqcompat: 'true' }])(
    'is used without any check where that is what the URL says: %j',
    async (parameters: Environment) => {
      expect(await said(urlOf(parameters))).toEqual([]);
    },
  );

  it('is refused under another name than its certificate’s, but for verify-ca', async () => {
    const words = expect.stringMatching(/another host name.*sslmode=verify-ca/) as string;
    for (const sslmode of ['require', 'verify-full']) {
      expect(await said(urlOf({ sslmode, sslrootcert: AUTHORITY }, '127.0.0.1'))).toEqual([words, words]);
    }
    expect(await said(urlOf({ sslmode: 'verify-ca', sslrootcert: AUTHORITY }, '127.0.0.1'))).toEqual([]);
  });

  it('is refused with a certificate that has expired', async () => {
    const words = expect.stringMatching(/out of date.*CERT_HAS_EXPIRED/) as string;
    const url = urlOf({ sslmode: 'verify-ca', sslrootcert: AUTHORITY }, 'localhost', outdated);
    expect(await said(url)).toEqual([words, words]);
  });

  it('is distinguished from one without TLS', async () => {
    const url = new URL(plainUrl);
    url.searchParams.set('sslmode', 'require');
    const words = expect.stringMatching(/offers no TLS.*sslmode=disable/) as string;
    expect(await said(url.href)).toEqual([words, words]);
  });
});
