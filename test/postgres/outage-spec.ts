import { defaultDatabaseLimits } from '../../src/prisma/database-settings.js';
import { reply } from '../../demo/stand-in/behaviours.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { chatOn, type ServerProcess, useProcesses } from '../support/server-process.js';
import { CHAT, HELLO } from '../support/test-server.js';
import { bestOf, clockMs } from '../support/timing.js';
import { engineVoices } from '../support/voices.js';

const KEY = 'key-of-alice-0123456789';
const KEYS = '{ apiKeys { provider } }';
/** The limit, and what a busy machine adds. */
const WITHIN_MS = defaultDatabaseLimits.totalMs + 2_000;

// The embedded database has no way between it and the server that could fail.
describe('a server whose PostgreSQL goes away', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let proxy: NetworkProxy;
  let server: ServerProcess;
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    const url = database.environment.DATABASE_URL!;
    proxy = await NetworkProxy.start(url);
    server = await processes.start(
      processes.environment({ ...database.environment, DATABASE_URL: proxy.urlOf(url) }),
    );
    processes.standIn.acceptKey('OPENAI', KEY);
    await server.storeKey('alice', 'OPENAI', KEY);
  });
  afterEach(async () => {
    await proxy.stop();
    await database.drop();
  });

  const hang = (): Promise<void> => {
    proxy.hang();
    return Promise.resolve();
  };
  const resume = (): Promise<void> => {
    proxy.resume();
    return Promise.resolve();
  };

  it.each([
    ['refuses connections', () => proxy.refuse(), () => proxy.accept()],
    ['lets nothing through', hang, resume],
  ])('answers SERVICE_UNAVAILABLE while it %s, and recovers by itself', async (_, fail, mend) => {
    expect(await readiness(server)).toMatchObject({ status: 200 });
    await fail();

    const best = await bestOf(5, WITHIN_MS, () =>
      clockMs(
        server.post('alice', KEYS).then(({ errors }) => {
          expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }]);
        }),
      ),
    );
    expect(best).toBeLessThan(WITHIN_MS);
    expect(await codeOfChat(server)).toBe('SERVICE_UNAVAILABLE');
    expect(processes.standIn.requests).toEqual([]);
    expect(await readiness(server)).toMatchObject({
      status: 503,
      checks: { database: 'UNAVAILABLE', server: 'READY' },
    });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);

    await mend();
    await untilReady(server);
    expect(await server.query('alice', KEYS)).toEqual({ apiKeys: [{ provider: 'OPENAI' }] });
    expect((await server.chatEvents('alice', {})).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
  });

  it('goes on with a chat that runs, and logs the end that the trail could not take', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    processes.standIn.once('OPENAI', async (exchange) => {
      const answer = new ResponseEvents(exchange.body);
      await exchange.write(answer.begin() + answer.beginText() + answer.textDelta('begun'));
      await finished;
      exchange.end(answer.textDelta(' and ended') + answer.end(1));
    });
    const events = chatOn(await server.socket('alice'), {});
    expect((await events.next()).value).toMatchObject({ __typename: 'ChatStarted' });
    expect((await events.next()).value).toMatchObject({ text: 'begun' });

    await proxy.refuse();
    finish();
    expect((await events.next()).value).toMatchObject({ text: ' and ended' });
    expect((await events.next()).value).toMatchObject({
      __typename: 'ChatCompleted',
      finishReason: 'STOP',
    });
    expect(await server.logged('could not be written to the audit trail')).toMatchObject({
      userId: 'alice',
      err: { type: 'DatabaseUnavailableError', cause: { stack: expect.stringContaining('    at ') } },
      use: { kind: 'CHAT_FINISHED', provider: 'OPENAI', outcome: 'OK', outputTokens: expect.any(Number) },
    });

    // It has ended, also without the trail: logged once, with the reason why the trail lacks it.
    expect(await server.logged('chat ended')).toMatchObject({ userId: 'alice', outcome: 'OK' });
    expect(await server.logged('The database is not available')).toMatchObject({
      level: 40,
      codes: expect.any(String),
      reason: expect.any(String),
    });

    await proxy.accept();
    await untilReady(server);
    // The trail has it at last.
    const query = '{ auditEvents(first: 1) { edges { node { kind outcome } } } }';
    const newest = async (): Promise<unknown> =>
      (await server.query('alice', query)).auditEvents.edges[0].node as unknown;
    while (((await newest()) as { kind: string }).kind !== 'CHAT_FINISHED');
    expect(await newest()).toEqual({ kind: 'CHAT_FINISHED', outcome: 'OK' });
    await server.logged('written to the audit trail at last');
    const { stdout } = await server.kill('SIGTERM');
    expect(stdout.match(/"msg":"chat ended"/g)).toHaveLength(1);
  });

  it('answers a search whose end the trail could not take, and writes it down when it is back', async () => {
    processes.standIn.acceptKey('BRAVE', KEY);
    await server.storeKey('alice', 'BRAVE', KEY);
    const [answer] = engineVoices.BRAVE({
      title: 'A',
      url: 'https://example.com/',
      snippet: '',
      content: '',
    });
    processes.standIn.once('BRAVE', async (...call) => {
      await proxy.refuse();
      await reply(answer!)(...call);
    });
    const search = '{ webSearch(input: { query: "words" }) { results { title } } }';
    expect(await server.query('alice', search)).toEqual({ webSearch: { results: [{ title: 'A' }] } });
    expect(await server.logged('end of a search could not be written')).toMatchObject({
      userId: 'alice',
      use: { kind: 'SEARCH_FINISHED', provider: 'BRAVE', outcome: 'OK' },
    });

    await proxy.accept();
    await server.logged('The end of a search was written to the audit trail at last');
    const { auditEvents, usage } = await server.query(
      'alice',
      '{ auditEvents(first: 2) { edges { node { kind outcome } } } usage { totals { searches } } }',
    );
    expect(auditEvents.edges.map(({ node }: any) => node)).toEqual([
      { kind: 'SEARCH_FINISHED', outcome: 'OK' },
      { kind: 'KEY_USED', outcome: 'OK' },
    ]);
    expect(usage.totals).toEqual({ searches: 1 });
  });
});

async function readiness(server: ServerProcess): Promise<Record<string, unknown>> {
  const response = await fetch(`${server.url}/readyz`);
  const { checks } = (await response.json()) as Record<string, unknown>;
  return { status: response.status, checks };
}

/** How soon the driver finds that a connection is broken is its own affair. */
async function untilReady(server: ServerProcess): Promise<void> {
  while ((await readiness(server)).status !== 200);
}

/** The code with which a chat fails before ChatStarted. */
async function codeOfChat(server: ServerProcess): Promise<string> {
  const socket = await server.socket('alice');
  socket.subscribe('1', CHAT, { input: { messages: HELLO } });
  const { payload } = await socket.next();
  socket.socket.close();
  return payload.errors[0].extensions.code as string;
}
