import { createDatabase, type TestDatabase } from '../support/database.js';
import { TestCluster } from '../support/redis-cluster.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { expectNoGaps, Watcher } from '../support/survival-cases.js';
import { textOf } from '../support/test-server.js';

const KEY = 'key-of-alice-0123456789';
const CANCEL = 'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }';
const FINISHED =
  '{ auditEvents(first: 50, filter: { kinds: [CHAT_FINISHED] }) { edges { node { outcome } } } }';

describe('two servers on a Redis Cluster', () => {
  const processes = useProcesses();
  let cluster: TestCluster;
  let database: TestDatabase;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeAll(async () => {
    cluster = await TestCluster.start();
  });
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    const environment = processes.environment({
      ...database.environment,
      ...cluster.environment(),
      LIMIT_STREAMS_PER_USER: '8',
      LIMIT_CHATS_PER_MINUTE: '20',
    });
    [first, second] = await Promise.all([processes.start(environment), processes.start(environment)]);
    processes.standIn.acceptKey('OPENAI', KEY);
    await first.storeKey('alice', 'OPENAI', KEY);
  });
  afterEach(async () => {
    await Promise.all([first.kill('SIGKILL'), second.kill('SIGKILL')]);
    await database.drop();
  });

  const begin = async (input: Record<string, unknown> = {}) => {
    const upstream = new ScriptedChat(processes.standIn);
    const watcher = await Watcher.chat(first, input);
    await upstream.say('one');
    const [{ chatId } = { chatId: '' }] = await watcher.until('one');
    return { upstream, watcher, chatId };
  };

  const untilReady = async (server: ServerProcess, status: string): Promise<void> => {
    for (;;) {
      const readiness = (await (await fetch(`${server.url}/readyz`)).json()) as { status: string };
      if (readiness.status === status) return;
    }
  };

  /** Tries until it is there: its server writes it again after a while. */
  const resumed = async (chatId: string): Promise<Watcher> => {
    for (;;) {
      const watcher = await Watcher.resume(second, chatId);
      const event = await watcher.next().catch(() => null);
      if (event) return Watcher.resume(second, chatId);
    }
  };

  it('resume and join each other’s chats, on whichever nodes these are', async () => {
    // So many that each node has some of them.
    for (let count = 0; count < 6; count += 1) {
      const requestId = `request ${String(count)}`;
      const { upstream, watcher, chatId } = await begin({ requestId });
      const elsewhere = await Watcher.resume(second, chatId);
      const joined = await Watcher.chat(second, { requestId });
      await upstream.say(' two');
      await upstream.end();
      const events = await watcher.rest();
      for (const seen of [await elsewhere.rest(), await joined.rest()]) {
        expectNoGaps(seen);
        expect(textOf(seen)).toBe('one two');
        expect(seen.at(-1)).toEqual(events.at(-1));
      }
    }
    expect(processes.standIn.requests).toHaveLength(6);
    for (const size of await cluster.sizes()) expect(size).toBeGreaterThan(0);
    // What belongs to them is of the current layout, and nothing else is left where they have ended.
    for (const key of await cluster.keys()) expect(key).toMatch(/^keystream:[\w-]+:v3:/);
    while ((await cluster.keys()).some((key) => key.endsWith(':runs')));
  });

  it('stop each other’s chats', async () => {
    const { upstream, watcher, chatId } = await begin();
    const { cancelChat } = await second.query('alice', CANCEL, { chatId });
    expect(cancelChat).toEqual({ cancelled: true });
    await upstream.closed();
    expect((await watcher.rest()).at(-1)).toMatchObject({ __typename: 'ChatCancelled' });
  });

  it('count their users together', async () => {
    const chats = [];
    for (let count = 0; count < 8; count += 1) chats.push(await begin());
    const refused = await (await Watcher.chat(second)).failure();
    expect(refused.extensions).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    for (const { upstream, watcher } of chats) {
      await upstream.end();
      await watcher.rest();
    }
    for (let count = 8; count < 20; count += 1) await second.chatEvents('alice', {});
    for (const server of [first, second]) {
      expect((await (await Watcher.chat(server)).failure()).extensions.code).toBe('RATE_LIMITED');
    }
  });

  it('end the chats of one that died', async () => {
    const { chatId } = await begin({ requestId: 'mine' });
    const elsewhere = await Watcher.resume(second, chatId);
    await elsewhere.until('one');
    await first.kill('SIGKILL');
    const rest = await elsewhere.rest();
    expect(rest).toMatchObject([{ __typename: 'ChatFailed', error: { code: 'PROVIDER_TRUNCATED' } }]);
    const joined = await (await Watcher.chat(second, { requestId: 'mine' })).rest();
    expect(joined.at(-1)).toEqual(rest[0]);
    let outcomes: unknown[] = [];
    while (outcomes.length === 0) {
      const { auditEvents } = await second.query('alice', FINISHED);
      outcomes = auditEvents.edges.map(({ node }: any) => node.outcome);
    }
    expect(outcomes).toEqual(['PROVIDER_TRUNCATED']);
    while ((await cluster.keys()).some((key) => key.endsWith(':runs')));
  });

  describe('when a node', () => {
    const away = async (): Promise<void> => {
      for (const server of [first, second]) await untilReady(server, 'degraded');
      const failure = await (await Watcher.chat(second, { requestId: 'away' })).failure();
      expect(failure.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    };
    const back = async ({ upstream, watcher, chatId }: Awaited<ReturnType<typeof begin>>): Promise<void> => {
      for (const server of [first, second]) await untilReady(server, 'ok');
      const elsewhere = await resumed(chatId);
      await upstream.end();
      const seen = await elsewhere.rest();
      expectNoGaps(seen);
      expect(textOf(seen)).toBe('one two');
      expect((await watcher.rest()).at(-1)).toEqual(seen.at(-1));
      const { chatId: next, upstream: another } = await begin({ requestId: 'next' });
      const { cancelChat } = await second.query('alice', CANCEL, { chatId: next });
      expect(cancelChat).toEqual({ cancelled: true });
      await another.closed();
    };

    it('hangs, Redis is away, and chats go on; then it is back with all of them', async () => {
      const chat = await begin();
      cluster.hang(1);
      await away();
      await chat.upstream.say(' two');
      await chat.watcher.until(' two');
      await cluster.resume(1);
      await back(chat);
    });

    it('dies, Redis is away, and chats go on; then it is back, and they are written again', async () => {
      const chat = await begin();
      // The one that the address names.
      await cluster.kill(0);
      await away();
      await chat.upstream.say(' two');
      await chat.watcher.until(' two');
      await cluster.restart(0);
      await back(chat);
    });
  });
});
