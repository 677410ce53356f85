import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { run, runCli } from '../support/database-commands.js';
import { useProcesses } from '../support/server-process.js';

type Environment = Record<string, string>;

/** No server listens there. */
const AWAY = 'postgresql://user:hunter2@127.0.0.1:1/keystream';
const prisma = (args: string, environment: Environment) =>
  run('node_modules/.bin/prisma', args.split(' '), environment);

describe('A mistake in the URL of a database', () => {
  const processes = useProcesses();

  const mistaken: Environment = {
    DATABASE_URL: 'postgresql://user:hunter%2@127.0.0.1/keystream',
    MIGRATION_DATABASE_URL: 'postgresql://user:hunter2@127.0.0.1/keystream?sslmode=prefer',
  };

  it('is reported with all others by every reader of it, by the variable’s name', async () => {
    const { code, stdout, stderr } = await processes.refusal(
      processes.environment({ ...mistaken, REDIS_URL: 'redis://:hunter%2@127.0.0.1', PGSSLMODE: 'allow' }),
    );
    const outcomes = [
      { code, output: stdout + stderr },
      await runCli('migrate', mistaken),
      await runCli('migrate-status', mistaken),
      await prisma('migrate deploy', mistaken),
      await prisma('migrate status', mistaken),
    ];
    for (const outcome of outcomes) {
      expect(outcome).toEqual({ code: 1, output: expect.stringMatching(/DATABASE_URL: .*write %25/) });
      expect(outcome.output).toMatch(/MIGRATION_DATABASE_URL: .*prefer or allow/);
      expect(outcome.output).not.toMatch(/hunter|\n\s+at /);
    }
    expect(stderr).toMatch(/REDIS_URL: .*write %25/);
    expect(stderr).toMatch(/PGSSLMODE: must not be prefer or allow/);
  });

  it('does not keep the Prisma CLI from what needs no database', async () => {
    expect(await prisma('validate', mistaken)).toMatchObject({ code: 0 });
    expect(await prisma('migrate deploy --help', mistaken)).toMatchObject({ code: 0 });
    expect(await prisma('--version', mistaken)).toMatchObject({ code: 0 });
  });
});

describe('The engine that the Prisma CLI starts', () => {
  /** What the CLI reads on its standard error. */
  async function stderrOf(environment: Environment, url = AWAY): Promise<string[]> {
    const args = ['--datasource', JSON.stringify({ url }), 'cli', 'can-connect-to-database'];
    const engine = spawn('scripts/schema-engine', args, {
      env: { ...process.env, NODE_OPTIONS: '', MIGRATION_DATABASE_URL: '', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [[code], said] = await Promise.all([once(engine, 'exit'), text(engine.stderr)]);
    expect(code).toBe(1);
    return said.split('\n');
  }

  it.each([
    ['nothing', {}],
    [
      'a warning about certificates',
      { NODE_EXTRA_CA_CERTS: '/not/there.pem', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    ],
    ['a debugger', { NODE_OPTIONS: '--inspect=0' }],
    ['every warning', { NODE_OPTIONS: '--pending-deprecation --trace-warnings --experimental-vm-modules' }],
    ['a log of its own', { NODE_DEBUG: 'net,tls,module' }],
  ])(
    'writes nothing but its log, line by line, when Node has %s to report',
    async (_what, environment: Environment) => {
      // With TLS asked for, Node loads what it trusts.
      const lines = await stderrOf(environment, `${AWAY}?sslmode=require`);
      expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
        expect.objectContaining({ level: 'INFO' }),
        expect.objectContaining({
          level: 'ERROR',
          fields: expect.objectContaining({
            error_code: 'P1001',
            message: expect.stringContaining('127.0.0.1:1/keystream cannot be used: connect ECONNREFUSED'),
          }) as object,
        }),
      ]);
    },
  );

  it('reports a mistake in a URL that did not come from the configuration', async () => {
    const [, line = ''] = await stderrOf({}, 'postgresql://user:hunter%2@127.0.0.1:1/keystream');
    expect(JSON.parse(line)).toMatchObject({
      fields: { error_code: 'P1013', message: expect.stringContaining('%25') },
    });
    expect(line).not.toContain('hunter');
  });
});
