import { cut, reply } from '../../../demo/stand-in/behaviours.mjs';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import {
  chatOn,
  type Environment,
  type LogLine,
  type ServerProcess,
  useProcesses,
} from '../../support/server-process.js';

/** No server listens there. */
const NOWHERE = 'http://127.0.0.1:1';
const KEY = 'key-of-alice-0123456789';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { results { title } } }';

const processes = useProcesses();
let database: TestDatabase;
let server: ServerProcess;
beforeEach(async () => {
  database = await createDatabase('PGlite');
});
afterEach(() => database.drop());

async function start(environment: Environment = {}): Promise<void> {
  server = await processes.start(processes.environment({ ...database.environment, ...environment }));
  for (const provider of ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'BRAVE', 'SERPER']) {
    processes.standIn.acceptKey(provider, KEY);
    await server.storeKey('alice', provider, KEY);
  }
}

/** Stops the server; all that it said but of requests and keys. */
async function stop(): Promise<LogLine[]> {
  const { stdout } = await server.kill('SIGTERM');
  expect(stdout).not.toContain(KEY);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
}

const ends = (lines: readonly LogLine[]) =>
  lines.filter(({ msg }) => /^(chat|search) (ended|refused)$/.test(msg));
const failures = (lines: readonly LogLine[]) =>
  lines.filter(({ msg }) => msg.startsWith('A provider failed'));

describe('the log of what goes wrong', () => {
  it('has a line for each end of a chat, and ten warnings a minute of each kind, then the count', async () => {
    await start({ GOOGLE_BASE_URL: `${NOWHERE}/with/a/path` });
    for (let count = 0; count < 105; count += 1) {
      const [started, ended] = await server.chatEvents('alice', { provider: 'GOOGLE', model: 'gemini-3' });
      expect(started).toMatchObject({ __typename: 'ChatStarted' });
      expect(ended).toMatchObject({ __typename: 'ChatFailed' });
    }
    const lines = await stop();
    const ended = ends(lines);
    expect(ended).toHaveLength(105);
    for (const line of ended)
      expect(line).toMatchObject({
        level: 30,
        msg: 'chat ended',
        userId: 'alice',
        provider: 'GOOGLE',
        model: 'gemini-3',
        keySource: 'USER',
        outcome: 'PROVIDER_UNAVAILABLE',
        durationMs: expect.any(Number),
        inputTokens: null,
      });
    expect(new Set(ended.map(({ chatId }) => chatId)).size).toBe(105);
    const kind = {
      level: 40,
      provider: 'GOOGLE',
      host: '127.0.0.1:1',
      code: 'PROVIDER_UNAVAILABLE',
      errno: 'ECONNREFUSED',
    };
    expect(failures(lines)).toEqual([
      ...Array<unknown>(10).fill(expect.objectContaining({ ...kind, msg: 'A provider failed' })),
      expect.objectContaining({ ...kind, count: 95 }),
    ]);
    expect(JSON.stringify(failures(lines))).not.toContain('/with/a/path');
  });

  it('names what a provider answered by its number, and never in its words', async () => {
    await start();
    const words = `the key ${KEY} is not mine`;
    const answer = (status: number) => reply({ status, body: { error: { message: words, code: words } } });
    const expected = [];
    for (const provider of ['OPENAI', 'ANTHROPIC', 'GOOGLE']) {
      for (const status of [401, 404, 500]) {
        processes.standIn.once(provider, answer(status));
        await server.chatEvents('alice', { provider });
        expected.push({ provider, status, level: 40 });
      }
      processes.standIn.once(provider, cut());
      await server.chatEvents('alice', { provider });
      expected.push({ provider, errno: expect.stringMatching(/^[A-Z_]+$/), code: 'PROVIDER_UNAVAILABLE' });
    }
    for (const provider of ['BRAVE', 'SERPER']) {
      processes.standIn.once(provider, answer(503));
      await server.post('alice', SEARCH, { input: { query: 'words', provider } });
      expected.push({ provider, status: 503 });
    }
    const lines = await stop();
    expect(failures(lines)).toMatchObject(expected);
    for (const line of failures(lines)) expect(line.host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(JSON.stringify(lines)).not.toContain('is not mine');
    expect(ends(lines)).toHaveLength(expected.length);
    const [search] = ends(lines).slice(-1);
    expect(search).toMatchObject({ msg: 'search ended', outcome: 'PROVIDER_UNAVAILABLE', chatId: null });
  });

  it('reports each attempt: the one that is repeated, and those that another provider takes over', async () => {
    await start({ ANTHROPIC_BASE_URL: NOWHERE });
    const later = { status: 429, headers: { 'retry-after': '0' }, body: {} };
    processes.standIn.once('OPENAI', reply(later));
    processes.standIn.once('OPENAI', reply({ status: 500, body: {} }));
    const events = await server.chatEvents('alice', { failover: true });
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    const lines = await stop();
    expect(failures(lines)).toMatchObject([
      { provider: 'OPENAI', code: 'PROVIDER_RATE_LIMITED', status: 429 },
      { provider: 'OPENAI', code: 'PROVIDER_UNAVAILABLE', status: 500 },
      { provider: 'ANTHROPIC', code: 'PROVIDER_UNAVAILABLE', errno: 'ECONNREFUSED' },
    ]);
    expect(ends(lines)).toMatchObject([
      { provider: 'GOOGLE', outcome: 'OK', outputTokens: expect.any(Number) },
    ]);
  });

  it('reports pages that cannot be had, by the host that has them', async () => {
    await start({ SERPER_SCRAPE_BASE_URL: NOWHERE });
    await server.query('alice', SEARCH, {
      input: { query: 'words', provider: 'SERPER', includeContent: true },
    });
    const lines = await stop();
    expect(failures(lines)[0]).toMatchObject({
      provider: 'SERPER',
      host: '127.0.0.1:1',
      errno: 'ECONNREFUSED',
    });
    expect(ends(lines)).toMatchObject([{ msg: 'search ended', provider: 'SERPER', outcome: 'OK' }]);
  });

  it('reports what was refused, and has no warning for clients that left or were refused', async () => {
    await start();
    const socket = await server.socket('alice');
    for await (const event of chatOn(socket, { provider: 'OPENAI' })) {
      if (event.__typename === 'ChatStarted')
        await server.query('alice', 'mutation ($id: ID!) { cancelChat(chatId: $id) { cancelled } }', {
          id: event.chatId,
        });
    }
    const refused = await server.post('bob', SEARCH, { input: { query: 'words' } });
    await expect(server.chatEvents('bob', { provider: 'GOOGLE' })).rejects.toThrow('NO_KEY_AVAILABLE');
    const lines = await stop();
    expect(failures(lines)).toEqual([]);
    expect(ends(lines)).toMatchObject([
      { msg: 'chat ended', userId: 'alice', outcome: expect.stringMatching(/^(CANCELLED|OK)$/) },
      {
        msg: 'search refused',
        userId: 'bob',
        provider: null,
        outcome: 'NO_KEY_AVAILABLE',
        requestId: refused.errors[0]!.extensions.requestId,
      },
      {
        msg: 'chat refused',
        userId: 'bob',
        provider: 'GOOGLE',
        outcome: 'NO_KEY_AVAILABLE',
        requestId: expect.any(String),
      },
    ]);
  });

  it('is bounded for users who are over a limit', async () => {
    await start({ LIMIT_SEARCHES_PER_MINUTE: '1' });
    for (let count = 0; count < 30; count += 1)
      await server.post('alice', SEARCH, { input: { query: 'words', provider: 'BRAVE' } });
    const lines = await stop();
    expect(ends(lines)).toMatchObject([{ msg: 'search ended', outcome: 'OK' }]);
    const over = lines.filter(({ msg }) => msg.startsWith('A user is over a limit'));
    expect(over).toMatchObject([
      ...Array<unknown>(10).fill({ level: 30, userId: 'alice', limit: 'searches per minute' }),
      { limit: 'searches per minute', count: 19 },
    ]);
  });
});
