import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createDatabase } from '../support/database.js';
import { type Environment, type ProcessExit, useProcesses } from '../support/server-process.js';

const processes = useProcesses();

const production = (others: Environment): Environment =>
  processes.environment({
    NODE_ENV: 'production',
    DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/keystream',
    ...others,
  });

/** What a server says that does not start for its configuration. */
async function mistakesOf(environment: Environment): Promise<string> {
  const exit = await processes.refusal(environment);
  expectWords(exit);
  return exit.stderr;
}

/** In words for the operator, without a stack. */
function expectWords({ code, stderr }: ProcessExit): void {
  expect(code).toBe(1);
  expect(stderr).not.toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
}

describe('a server in production', () => {
  it('starts with no URL by which it would call another machine in the clear, and names each', async () => {
    const names = [
      ...[
        'OPENAI_BASE_URL',
        'ANTHROPIC_BASE_URL',
        'GOOGLE_BASE_URL',
        'OPENROUTER_BASE_URL',
        'GROQ_BASE_URL',
        'XAI_BASE_URL',
        'DEEPSEEK_BASE_URL',
        'MISTRAL_BASE_URL',
        'FIRECRAWL_BASE_URL',
        'BRAVE_BASE_URL',
      ],
      ...['TAVILY_BASE_URL', 'SERPER_BASE_URL', 'SERPER_SCRAPE_BASE_URL', 'AUTH_JWKS_URL'],
    ];
    const urls = Object.fromEntries(names.map((name) => [name, 'http://zq7.example/path']));
    const message = await mistakesOf(production({ ...urls, AUTH_ISSUER: 'i', AUTH_AUDIENCE: 'a' }));
    for (const name of names) expect(message).toContain(`  ${name}: must be an https:// URL in production`);
    expect(message).toContain(`has ${names.length} mistakes`);
    expect(message).not.toContain('zq7');
  });

  it.each([
    'http://127.0.0.1.zq7.example',
    'http://localhost.zq7.example',
    'http://zq7.localhost',
    'http://0.0.0.0:8',
  ])('takes %s for another machine', async (url) => {
    expect(await mistakesOf(production({ OPENAI_BASE_URL: url }))).toContain(
      'OPENAI_BASE_URL: must be an https',
    );
  });

  it('may call this machine without TLS', async () => {
    const database = await createDatabase('PGlite');
    const embedded = { ...database.environment, DATABASE_URL: undefined, ALLOW_EMBEDDED_DATABASE: 'true' };
    const server = await processes.start(production({ ...embedded, OPENAI_BASE_URL: 'http://localhost:9' }));
    await server.kill('SIGTERM');
    await database.drop();
  });

  it('checks certificates', async () => {
    const message = await mistakesOf(production({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }));
    expect(message).toContain(
      '  NODE_TLS_REJECT_UNAUTHORIZED: must not turn certificate checks off in production',
    );
  });

  it.each(['a'.repeat(32), 'Zq7Zq7Zq'.repeat(5)])(
    'takes no secret such as %s, and does not repeat it',
    async (secret) => {
      for (const NODE_ENV of ['production', 'development']) {
        const message = await mistakesOf(production({ NODE_ENV, AUTH_JWT_SECRET: secret }));
        expect(message).toMatch(/AUTH_JWT_SECRET: .* not random/);
        expect(message).not.toContain(secret);
      }
    },
  );
});

describe('a server that cannot listen where it should', () => {
  /** What it says, with everything else in order. */
  async function refusalOf(environment: Environment): Promise<string> {
    const database = await createDatabase('PGlite');
    const exit = await processes.refusal(processes.environment({ ...database.environment, ...environment }));
    await database.drop();
    expectWords(exit);
    return exit.stderr;
  }

  it('says that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const PORT = String((other.address() as AddressInfo).port);
    expect(await refusalOf({ PORT })).toMatch(
      /EADDRINUSE\):\n {2}PORT: another process listens there already: .* 0 picks a free one/,
    );
    other.close();
  });

  it.each([
    ['is no address of this machine', '192.0.2.1'],
    ['is no address of this machine', '2001:db8::1'],
    ['is a name that (leads nowhere|could not be looked up)', 'keystream.invalid'],
    ['is no address that can be listened on', 'fe80::1'],
  ])('says that its host %s: %s', async (message, HOST) => {
    expect(await refusalOf({ HOST })).toMatch(new RegExp(`HOST: (${message}|is an address of a family)`));
  });
});
