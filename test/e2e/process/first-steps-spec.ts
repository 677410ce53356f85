import { createInterface } from 'node:readline';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { exchange } from '../../support/exchange.js';
import { type Environment, NodeProcess, useProcesses } from '../../support/server-process.js';

/** As in a terminal, also where there is none. */
const IN_A_TERMINAL = ['--import', 'data:text/javascript,process.stdout.isTTY = true'];
const COLOURS = { FORCE_COLOR: '1' };
const production = { NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' };

const processes = useProcesses();
let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase('PGlite');
});
afterEach(() => database.drop());

const environment = (others: Environment): Environment =>
  processes.environment({ ...database.environment, ...others });

/** All that npm start says until it is stopped, after a line that holds this. */
async function saidBy(variables: Environment, last: string, nodeArguments: string[] = []): Promise<string> {
  const server = new NodeProcess('scripts/start.mjs', environment(variables), nodeArguments);
  let isSaid = false;
  for await (const line of createInterface({ input: server.child.stdout! })) {
    isSaid = line.includes(last);
    if (isSaid) break;
  }
  const { stdout, stderr } = await server.kill('SIGTERM');
  if (!isSaid) throw new Error(`It ended before it said “${last}”: ${stdout}${stderr}`);
  return stdout;
}

describe('npm start', () => {
  it('says in a terminal where to go, and how to get a token, in colour', async () => {
    const said = await saidBy({ NODE_ENV: undefined, ...COLOURS }, 'npm run token', IN_A_TERMINAL);
    expect(said).toContain('\u001b[');
    expect(said).toMatch(/GraphiQL: http:\/\/127\.0\.0\.1:\d+\/graphiql/);
    expect(said).toMatch(/Apollo Sandbox: http:\/\/127\.0\.0\.1:\d+\/graphql/);
    expect(said).toContain('npm run token -- --user alice');
    expect(said).not.toMatch(/^\{/m);
  });

  it.each<[where: string, variables: Environment, last: string, nodeArguments: string[]]>([
    ['into a pipe', { NODE_ENV: 'development', ...COLOURS }, 'npm run token', []],
    ['in production, in a terminal, too', { ...production, ...COLOURS }, 'Listening on', IN_A_TERMINAL],
  ])('says it in lines of JSON %s', async (_, variables, last, nodeArguments) => {
    const said = await saidBy(variables, last, nodeArguments);
    for (const line of said.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(said.includes('npm run token')).toBe(variables.NODE_ENV !== 'production');
  });
});

describe('the address /, without a console', () => {
  it('leads to GraphiQL', async () => {
    const { url } = await processes.start(environment({ CONSOLE: 'off' }));
    const { status, headers } = await exchange(url, { path: '/' });
    expect([status, headers.location]).toEqual([302, '/graphiql']);
    expect((await exchange(url, { path: headers.location! })).status).toBe(200);
    expect((await exchange(url, { path: '/?a=b' })).status).toBe(302);
    expect((await exchange(url, { method: 'HEAD', path: '/' })).status).toBe(302);
    expect((await exchange(url, { method: 'POST', path: '/' })).status).toBe(404);
  });

  it('says in production what this is, and no more', async () => {
    const { url } = await processes.start(environment({ ...production, CONSOLE: 'off' }));
    const { status, headers, body } = await exchange(url, { path: '/' });
    expect({ status, body, type: headers['content-type'] }).toEqual({
      status: 200,
      body: 'Keystream: a GraphQL API server.\n',
      type: 'text/plain; charset=utf-8',
    });
    expect((await exchange(url, { path: '/graphiql' })).status).toBe(404);
  });
});
