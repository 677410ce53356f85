import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { run, runCli } from '../support/database-commands.js';
import { demote, promote } from '../support/read-only.js';
import { emptyServer } from '../support/use-test-server.js';
import { TestServer } from '../support/test-server.js';

const KEY = 'key-of-alice-0123456789';
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
const KEYS = '{ apiKeys { provider } }';
const USERS = Array.from({ length: 20 }, (_, index) => `user-${String(index)}`);
const NEWEST = '{ auditEvents(first: 1) { edges { node { kind outcome } } } }';

/** A second key, which the first is the previous one of. */
const NEXT_ENCRYPTION_KEY = 'f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f';

describe('a server whose PostgreSQL takes no changes after a failover', () => {
  let database: TestDatabase;
  let server: TestServer;
  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    server = await TestServer.start(database.environment);
  });
  beforeEach(async () => {
    await emptyServer(server);
    await server.storeKey('alice', 'OPENAI', KEY);
  });
  afterEach(async () => {
    await promote(database);
    await untilReady(server);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('reads on, refuses what it would have to write down, and spends nothing', async () => {
    await server.storeKey('alice', 'BRAVE', 'key-of-brave-0123456789');
    const [{ id: keyId }] = (await server.query('alice', '{ apiKeys { id } }')).apiKeys as [{ id: string }];
    await demote(database);
    await untilSays(server, 'READ_ONLY');

    const input = { provider: 'TAVILY', apiKey: 'key-of-tavily-0123456789' };
    const change = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id } } }';
    const remove = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
    const search = 'query ($input: WebSearchInput!) { webSearch(input: $input) { tookMs } }';
    for (const [query, variables] of [
      [STORE, { input }],
      [STORE, { input: { ...input, provider: 'OPENAI' } }],
      [change, { input: { keyId, name: 'work' } }],
      [remove, { keyId }],
      [search, { input: { query: 'anything' } }],
    ] as const) {
      const { errors } = await server.post('alice', query, variables);
      expect(errors).toMatchObject([
        {
          message: 'The database takes no changes at the moment. Try again.',
          extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true },
        },
      ]);
    }
    expect(await server.chatFailure('alice', {})).toBe('SERVICE_UNAVAILABLE');
    expect(server.standIn.requests).toEqual([]);

    expect(await server.query('alice', KEYS)).toEqual({
      apiKeys: [{ provider: 'OPENAI' }, { provider: 'BRAVE' }],
    });
    expect((await server.query('alice', NEWEST)).auditEvents.edges).toEqual([
      { node: { kind: 'KEY_STORED', outcome: 'OK' } },
    ]);
    expect(await readiness(server)).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'READ_ONLY', server: 'READY' } },
    });
  });

  it('takes changes again by itself when there is a primary, however busy its connections are', async () => {
    await demote(database);
    await untilSays(server, 'READ_ONLY');
    // More readers than connections: none of these is ever idle.
    let isOver = false;
    const readers = Array.from({ length: 12 }, async () => {
      while (!isOver) await server.query('alice', KEYS);
    });
    expect(await server.failure('bob', STORE, { input: { provider: 'OPENAI', apiKey: KEY } })).toBe(
      'SERVICE_UNAVAILABLE',
    );

    await promote(database);
    const storeForAll = () =>
      Promise.all(
        USERS.map(async (user) => {
          const { errors } = await server.post(user, STORE, { input: { provider: 'OPENAI', apiKey: KEY } });
          return errors[0]?.extensions.code ?? 'OK';
        }),
      );
    // So many that every connection is asked.
    for (let codes = await storeForAll(); codes.some((code) => code !== 'OK'); codes = await storeForAll())
      expect(codes).toEqual(codes.map((code) => (code === 'OK' ? 'OK' : 'SERVICE_UNAVAILABLE')));
    isOver = true;
    await Promise.all(readers);
    expect(await readiness(server)).toMatchObject({ status: 200 });
    expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('finds the new primary by its own check, where a load balancer sends it nothing else', async () => {
    await demote(database);
    await untilSays(server, 'READ_ONLY');
    await promote(database);
    await untilReady(server);
  });

  it('goes on with a chat that runs, and writes its end down when it can', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    server.standIn.once('OPENAI', async (exchange) => {
      const answer = new ResponseEvents(exchange.body);
      await exchange.write(answer.begin() + answer.beginText() + answer.textDelta('begun'));
      await finished;
      exchange.end(answer.textDelta(' and ended') + answer.end(1));
    });
    const events: string[] = [];
    for await (const { data } of await server.chat('alice', {})) {
      events.push(data?.chat.__typename ?? 'error');
      if (data?.chat.text !== 'begun') continue;
      await demote(database);
      await untilSays(server, 'READ_ONLY');
      finish();
    }
    expect(events.at(-1)).toBe('ChatCompleted');
    expect((await server.query('alice', NEWEST)).auditEvents.edges[0].node.kind).toBe('KEY_USED');

    await promote(database);
    const newest = async (): Promise<unknown> =>
      (await server.query('alice', NEWEST)).auditEvents.edges[0].node as unknown;
    while (((await newest()) as { kind: string }).kind !== 'CHAT_FINISHED');
    expect(await newest()).toEqual({ kind: 'CHAT_FINISHED', outcome: 'OK' });
  });

  it('starts meanwhile, under a new encryption key, too', async () => {
    await demote(database);
    const second = await TestServer.start(
      {
        ...database.environment,
        ENCRYPTION_KEY: NEXT_ENCRYPTION_KEY,
        ENCRYPTION_KEYS_PREVIOUS: server.environment.ENCRYPTION_KEY!,
      },
      server,
    );
    expect(await second.query('alice', KEYS)).toEqual({ apiKeys: [{ provider: 'OPENAI' }] });
    expect(await readiness(second)).toMatchObject({ status: 503 });
    await promote(database);
    await untilReady(second);
    expect((await second.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    await second.stop();
  });
});

describe('a new PostgreSQL that takes no changes', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
  });
  afterEach(() => database.drop());

  it('stops a start that has to write to it, in words', async () => {
    await demote(database);
    await expect(TestServer.start(database.environment)).rejects.toThrow(
      /^The database takes no changes \(a standby, or set to read only\), and .* Start again when it takes changes\.$/,
    );
    await promote(database);
    await (await TestServer.start(database.environment)).stop();
  });

  it('is reported to a migration, and does not fail one with nothing to apply', async () => {
    await demote(database);
    expect(await runCli('migrate', database.environment)).toMatchObject({
      code: 0,
      output: expect.stringContaining('Nothing to apply'),
    });
    await promote(database);
    await database.execute('DELETE FROM _prisma_migrations');
    await demote(database);
    const { code, output } = await runCli('migrate', database.environment);
    expect(output).toMatch(/\nThis database takes no changes: .* Migrations run on the primary: .*\n$/);
    expect(code).toBe(1);
    const deploy = await run('node_modules/.bin/prisma', ['migrate', 'deploy'], database.environment);
    expect(deploy.output).toContain('Migrations run on the primary');
    expect(deploy.code).toBe(1);
    expect((await runCli('migrate-status', database.environment)).output).toContain('To be applied');
  });
});

async function readiness(server: TestServer): Promise<{ status: number; body: Record<string, any> }> {
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, body: (await response.json()) as Record<string, any> };
}

/** Connections that were cut are noticed when they are used. */
async function untilSays(server: TestServer, word: string): Promise<void> {
  while ((await readiness(server)).body.checks.database !== word);
}

const untilReady = (server: TestServer): Promise<void> => untilSays(server, 'READY');
