import { randomUUID } from 'node:crypto';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { redisUrl, type TestRedis } from '../support/redis.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { expectNoGaps, Watcher } from '../support/survival-cases.js';
import { type TestServer, textOf } from '../support/test-server.js';
import { useTwoServers } from '../support/two-servers.js';
import { emptyServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';

/** How Redis goes away, and how it comes back. */
const outages: readonly [
  string,
  (proxy: NetworkProxy) => Promise<void>,
  (proxy: NetworkProxy) => Promise<void>,
][] = [
  ['is down', (proxy) => proxy.refuse(), (proxy) => proxy.accept()],
  [
    'hangs',
    (proxy) => {
      proxy.hang();
      return Promise.resolve();
    },
    (proxy) => {
      proxy.resume();
      proxy.cut();
      return Promise.resolve();
    },
  ],
];

describe('a server whose Redis is away', () => {
  let proxy: NetworkProxy;
  beforeAll(async () => {
    proxy = await NetworkProxy.start(redisUrl());
  });
  // Only the first reaches Redis by way of the proxy.
  const servers = useTwoServers({ CHAT_DISCONNECT_GRACE_MS: '20000' }, () => ({
    REDIS_URL: proxy.urlOf(redisUrl()),
  }));
  let server: TestServer;
  let other: TestServer;
  let redis: TestRedis;
  beforeAll(() => {
    ({ here: server, there: other, redis } = servers());
  });
  beforeEach(async () => {
    await emptyServer(server);
    await server.storeKey('alice', 'OPENAI', KEY);
  });
  afterAll(() => proxy.stop());

  const readiness = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return { status: response.status, body: (await response.json()) as any };
  };

  async function untilBack(): Promise<void> {
    const connection = server.app.get(RedisConnection);
    if (!connection.isReady) await new Promise<void>((resolve) => connection.onReady(resolve));
  }

  /** Watches a chat on the other server, as soon as that knows of it. */
  async function untilKnown(chatId: string): Promise<Watcher> {
    while (!(await redis.keys()).some((name) => name.includes(chatId) && name.endsWith(':meta')));
    return Watcher.resume(other, chatId);
  }

  it('says that all is well while it is there', async () => {
    expect(await readiness()).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { redis: 'READY' } },
    });
  });

  describe.each(outages)('because it %s', (_, goAway, comeBack) => {
    let isAway = false;
    const away = async (): Promise<void> => {
      isAway = true;
      await goAway(proxy);
    };
    const back = async (): Promise<void> => {
      isAway = false;
      await comeBack(proxy);
      await untilBack();
    };
    afterEach(async () => {
      if (isAway) await back();
    });

    it('is degraded and serves, but refuses what would need it', async () => {
      const { chatId } = (await (await Watcher.chat(server)).rest())[0]!;
      await away();
      expect(await readiness()).toMatchObject({
        status: 200,
        body: { status: 'degraded', checks: { database: 'READY', redis: 'UNAVAILABLE' } },
      });
      const events = await (await Watcher.chat(server)).rest();
      expectNoGaps(events);
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });

      const resumed = await (await Watcher.resume(server, chatId)).failure();
      expect(resumed.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
      const calls = server.standIn.requests.length;
      const claimed = await (await Watcher.chat(server, { requestId: randomUUID() })).failure();
      expect(claimed.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
      expect(server.standIn.requests).toHaveLength(calls);
    });

    it('goes on with the chats that run, and gives Redis what it missed', async () => {
      const upstream = new ScriptedChat(server.standIn);
      const watcher = await Watcher.chat(server);
      await upstream.say('one');
      const events = await watcher.until('one');
      const { chatId } = events[0]!;
      await away();
      await upstream.say(' two');
      events.push(...(await watcher.until(' two')));
      await back();
      await upstream.say(' three');
      events.push(...(await watcher.until(' three')));
      const resumed = await Watcher.resume(other, chatId);
      await upstream.end();
      events.push(...(await watcher.rest()));
      const seen = await resumed.rest();
      expectNoGaps(seen);
      expect(textOf(seen)).toBe('one two three');
      expect(textOf(events)).toBe('one two three');
      expect(seen.at(-1)).toEqual(events.at(-1));
    });

    it('shares a chat that began without Redis when it is back', async () => {
      await away();
      const upstream = new ScriptedChat(server.standIn);
      const watcher = await Watcher.chat(server);
      await upstream.say('one');
      const events = await watcher.until('one');
      await back();
      // Although no event follows.
      const resumed = await untilKnown(events[0]!.chatId);
      await resumed.until('one');
      await upstream.say(' two');
      await upstream.end();
      expect(textOf(await resumed.rest())).toBe(' two');
      await watcher.rest();
    });

    it('stops a chat of its own all the same, and says so when it is back', async () => {
      const upstream = new ScriptedChat(server.standIn);
      const watcher = await Watcher.chat(server);
      await upstream.say('one');
      const [{ chatId } = { chatId: '' }] = await watcher.until('one');
      await away();
      const answer = server.query(
        'alice',
        'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }',
        { chatId },
      );
      await upstream.closed();
      await back();
      expect((await answer).cancelChat).toEqual({ cancelled: true });
      expect((await watcher.rest()).at(-1)).toMatchObject({ __typename: 'ChatCancelled' });
    });

    it('has the end that the other server gave its chat in that time', async () => {
      const upstream = new ScriptedChat(server.standIn);
      const watcher = await Watcher.chat(server);
      await upstream.say('one');
      const [{ chatId } = { chatId: '' }] = await watcher.until('one');
      await away();
      while (server.app.get(RedisConnection).isReady) await redis.redis.ping();
      await upstream.end();
      const elsewhere = (await (await Watcher.resume(other, chatId)).rest()).at(-1);
      expect(elsewhere).toMatchObject({ __typename: 'ChatFailed', error: { code: 'PROVIDER_TRUNCATED' } });
      await back();
      const end = (await watcher.rest()).at(-1);
      expect(end).toEqual(elsewhere);
      const query =
        'query { auditEvents(first: 1, filter: { kinds: [CHAT_FINISHED] }) { edges { node { outcome } } } }';
      const { auditEvents } = await other.query('alice', query);
      expect(auditEvents.edges).toEqual([{ node: { outcome: 'PROVIDER_TRUNCATED' } }]);
    });
  });

  it('writes everything again to a Redis that came back without its memory', async () => {
    const upstream = new ScriptedChat(server.standIn);
    const watcher = await Watcher.chat(server);
    await upstream.say('one');
    const events = await watcher.until('one');
    const names = await redis.keys();
    await redis.redis.del(...names.filter((name) => name.includes(':chat:')));
    await upstream.say(' two');
    await watcher.until(' two');
    const resumed = await Watcher.resume(other, events[0]!.chatId);
    await upstream.end();
    expect(textOf(await resumed.rest())).toBe('one two');
    await watcher.rest();
  });

  it('writes everything again also of a chat that is silent', async () => {
    const upstream = new ScriptedChat(server.standIn);
    const watcher = await Watcher.chat(server);
    await upstream.say('one');
    const [{ chatId } = { chatId: '' }] = await watcher.until('one');
    await proxy.refuse();
    while (server.app.get(RedisConnection).isReady) await redis.redis.ping();
    const names = await redis.keys();
    await redis.redis.del(...names.filter((name) => name.includes(':chat:')));
    await proxy.accept();
    await untilBack();
    const resumed = await untilKnown(chatId);
    await resumed.until('one');
    await upstream.end();
    await resumed.rest();
    await watcher.rest();
  });

  it('keeps nothing in Redis that can be read there, nor anything for longer than it must', async () => {
    const upstream = new ScriptedChat(server.standIn);
    const requestId = 'request-of-sentinel';
    const watcher = await Watcher.chat(server, {
      requestId,
      messages: [{ role: 'USER', content: 'ask sentinel' }],
    });
    await upstream.say('sentinel of the answer');
    await watcher.until('sentinel of the answer');
    const dump: string[] = [];
    for (const name of await redis.keys()) {
      const kind = await redis.redis.type(name);
      const read: Record<string, () => Promise<unknown>> = {
        string: () => redis.redis.get(name),
        hash: () => redis.redis.hgetall(name),
        set: () => redis.redis.smembers(name),
        stream: () => redis.redis.xrange(name, '-', '+'),
      };
      dump.push(name, JSON.stringify(await read[kind]!()));
      // Servers say again and again that they are there; what they own is named for as long as they are.
      if (!/:servers$|:server:[^:]+:runs$/.test(name))
        expect(await redis.redis.pttl(name)).toBeGreaterThan(0);
    }
    expect(dump.join('\n')).toMatch(/:chat:\{[^:]+:[^:]+\}:log/);
    for (const secret of ['sentinel', 'alice', KEY, 'gpt-']) expect(dump.join('\n')).not.toContain(secret);
    await upstream.end();
    await watcher.rest();
  });

  it('opens no record that was moved to another chat', async () => {
    const first = (await (await Watcher.chat(server)).rest())[0]!.chatId;
    const second = (await (await Watcher.chat(server)).rest())[0]!.chatId;
    const logOf = async (chatId: string) =>
      (await redis.keys()).find((name) => name.includes(chatId) && name.endsWith(':log'))!;
    await redis.redis.rename(await logOf(first), await logOf(second));
    const failure = await (await Watcher.resume(other, second)).failure();
    expect(failure.extensions.code).toBe('CHAT_NOT_FOUND');
  });
});
