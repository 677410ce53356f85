import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import type { LimitsConfig } from '../../src/config/limits.js';
import { Limits } from '../../src/limits/limits.service.js';
import type { Slot } from '../../src/limits/slot.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { ServerPresence } from '../../src/redis/server-presence.js';
import { failureOf } from '../support/collect.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { createRedis, redisUrl, type TestRedis } from '../support/redis.js';
import { TestServer } from '../support/test-server.js';

/** How often every count is written again. */
const REFRESH_MS = 15_000;
const NEVER_MS = 2 ** 31 - 1;

const off: LimitsConfig = {
  streamsPerUser: 0,
  streamsPerServer: 0,
  chatsPerMinute: 0,
  searchesPerMinute: 0,
  keyChangesPerMinute: 0,
};
const RATE_LIMITED = { code: 'RATE_LIMITED', retryable: true };

interface Server {
  readonly redis: RedisConnection;
  readonly presence: ServerPresence;
  readonly limits: Limits;
}

Logger.overrideLogger(false);

describe('limits that servers share', () => {
  const url = redisUrl();
  let test: TestRedis;
  /** Only the first server's way to Redis. */
  let proxy: NetworkProxy;
  const servers: Server[] = [];
  const { setInterval } = globalThis;
  beforeEach(async () => {
    // Nothing here may wait for the next time that all counts are written.
    jest
      .spyOn(globalThis, 'setInterval')
      .mockImplementation((work: () => void, milliseconds = 0) =>
        setInterval(work, milliseconds >= REFRESH_MS ? NEVER_MS : milliseconds),
      );
    proxy = await NetworkProxy.start(url);
    test = createRedis();
  });
  afterEach(async () => {
    for (const { redis, presence, limits } of servers.splice(0)) {
      await presence.beforeApplicationShutdown();
      limits.onApplicationShutdown();
      redis.onApplicationShutdown();
    }
    await proxy.stop();
    await test.drop();
    jest.restoreAllMocks();
  });

  const start = async (config: Partial<LimitsConfig>, now?: () => number): Promise<Server> => {
    const redis = new RedisConnection(
      servers.length === 0 ? proxy.urlOf(url) : url,
      `keystream:${test.environment.ENVIRONMENT_NAME!}`,
    );
    const presence = new ServerPresence(redis);
    const limits = new Limits({ ...off, ...config }, { redis, presence }, now);
    servers.push({ redis, presence, limits });
    await redis.onModuleInit();
    presence.onModuleInit();
    limits.onModuleInit();
    while ((await test.redis.exists(presence.aliveName(presence.serverId))) === 0);
    return { redis, presence, limits };
  };
  const startTwo = async (config: Partial<LimitsConfig>): Promise<[Server, Server]> => [
    await start(config),
    await start(config),
  ];
  /** What has passed since, and a little: Redis reads a clock of its own. */
  const stopwatch = (): (() => number) => {
    const begun = performance.now();
    return () => performance.now() - begun + 100;
  };
  const untilReady = (redis: RedisConnection): Promise<void> =>
    new Promise((resolve) => redis.onReady(resolve));
  const keysOf = async (part: string): Promise<string[]> =>
    (await test.keys()).filter((name) => name.includes(`:${part}:`));

  describe('within a minute', () => {
    it('are one window, and say how long to wait', async () => {
      const [first, second] = await startTwo({ searchesPerMinute: 3 });
      const passedMs = stopwatch();
      await first.limits.countSearch('alice');
      await second.limits.countSearch('alice');
      await first.limits.countSearch('alice');
      for (const { limits } of [first, second]) {
        const error: any = await failureOf(limits.countSearch('alice'));
        expect(error).toMatchObject(RATE_LIMITED);
        expect(error.retryAfterMs).toBeGreaterThan(60_000 - passedMs());
        expect(error.retryAfterMs).toBeLessThanOrEqual(60_001);
      }
      await second.limits.countSearch('bob');
    });

    it('let through exactly as many as the limit of all that come at the same moment', async () => {
      const [first, second] = await startTwo({ keyChangesPerMinute: 10 });
      const counted = await Promise.allSettled(
        Array.from({ length: 60 }, (_, index) => [first, second][index % 2]!.limits.countKeyChange('alice')),
      );
      expect(counted.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    });

    it('slide: the oldest makes room when it is a minute old, and only that one', async () => {
      const [first, second] = await startTwo({ chatsPerMinute: 3 });
      for (let count = 0; count < 3; count += 1) await first.limits.countChat('alice');
      const [name = ''] = await keysOf('Chats');
      const passedMs = stopwatch();
      // What time does: the first was a minute ago, the second half of one.
      const [seconds, microseconds] = await test.redis.time();
      const now = Number(seconds) * 1_000_000 + Number(microseconds);
      await test.redis.lset(name, 0, String(now - 60_000_000));
      await test.redis.lset(name, 1, String(now - 30_000_000));
      await second.limits.countChat('alice');
      const error: any = await failureOf(second.limits.countChat('alice'));
      expect(error).toMatchObject(RATE_LIMITED);
      expect(error.retryAfterMs).toBeGreaterThan(30_000 - passedMs());
      expect(error.retryAfterMs).toBeLessThanOrEqual(30_001);
      expect(await test.redis.llen(name)).toBe(3);
    });

    it('keep no more than they need, for no longer than they need it, and no name of a user', async () => {
      const [first] = await startTwo({ chatsPerMinute: 2 });
      const passedMs = stopwatch();
      for (const userId of ['alice', 'bob']) await first.limits.countChat(userId);
      const names = await keysOf('Chats');
      expect(names).toHaveLength(2);
      expect(names.join()).not.toMatch(/alice|bob/);
      for (const name of names) {
        expect(name).toMatch(/:[\w-]{22}$/);
        const leftMs = await test.redis.pttl(name);
        expect(leftMs).toBeLessThanOrEqual(61_000);
        expect(leftMs).toBeGreaterThan(60_000 - passedMs());
      }
    });

    it('are counted in process while Redis is away, and shared again when it is back', async () => {
      let now = 0;
      const first = await start({ searchesPerMinute: 2 }, () => now);
      const second = await start({ searchesPerMinute: 2 });
      await first.limits.countSearch('alice');
      await proxy.refuse();
      await first.limits.countSearch('alice');
      // Nothing but its own counts: bob's are on the other server.
      await second.limits.countSearch('bob');
      await second.limits.countSearch('bob');
      await first.limits.countSearch('bob');
      expect(await failureOf(first.limits.countSearch('alice'))).toMatchObject(RATE_LIMITED);
      const found = untilReady(first.redis);
      await proxy.accept();
      await found;
      expect(await failureOf(first.limits.countSearch('bob'))).toMatchObject(RATE_LIMITED);
      // It still knows what it let through in that time.
      expect(await failureOf(first.limits.countSearch('alice'))).toMatchObject(RATE_LIMITED);
      now += 60_000;
      await first.limits.countSearch('alice');
      expect(await failureOf(second.limits.countSearch('alice'))).toMatchObject(RATE_LIMITED);
    });

    it('refuse no user when Redis hangs in the middle', async () => {
      const first = await start({ searchesPerMinute: 2 });
      proxy.hang();
      await first.limits.countSearch('alice');
      expect(first.redis.isReady).toBe(false);
      await first.limits.countSearch('alice');
      expect(await failureOf(first.limits.countSearch('alice'))).toMatchObject(RATE_LIMITED);
    });
  });

  describe('on streams at once', () => {
    const streamsOf = async (server: Server): Promise<number> => {
      const [name] = await keysOf('subscriptions');
      return name ? Number((await test.redis.hget(name, server.presence.serverId)) ?? 0) : 0;
    };
    /** One question after the other, of this test's own connection. */
    const untilStreams = async (server: Server, count: number): Promise<void> => {
      while ((await streamsOf(server)) !== count);
    };
    const open = ({ limits }: Server): Promise<Slot> => limits.reserveStream('alice', null);
    const refusal = async (server: Server): Promise<void> =>
      expect(await failureOf(open(server))).toMatchObject({ ...RATE_LIMITED, retryAfterMs: 1_000 });

    it('are one number, and one that ends anywhere makes room for one anywhere', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 2 });
      const slot = await open(first);
      await open(second);
      await refusal(first);
      await refusal(second);
      await second.limits.reserveStream('bob', null);
      slot.release();
      await untilStreams(first, 0);
      await open(second);
      await refusal(first);
    });

    it('let through exactly as many as the limit of all that come at the same moment', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 4 });
      const opened = await Promise.allSettled(
        Array.from({ length: 40 }, (_, index) => open([first, second][index % 2]!)),
      );
      const slots = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(slots).toHaveLength(4);
      for (const slot of slots) slot.release();
      while ((await keysOf('subscriptions')).length > 0);
      for (let count = 0; count < 4; count += 1) await open(second);
    });

    it('leave nothing behind, whatever the order in which streams begin, are refused and end', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 3 });
      const churn = async (server: Server): Promise<void> => {
        for (let round = 0; round < 30; round += 1) {
          const opened = await Promise.allSettled([open(server), open(server), open(server)]);
          for (const each of opened) if (each.status === 'fulfilled') each.value.release();
        }
      };
      await Promise.all([churn(first), churn(first), churn(second)]);
      while ((await keysOf('subscriptions')).length > 0);
      expect([first.limits.openStreams, second.limits.openStreams]).toEqual([0, 0]);
      await Promise.all([open(first), open(first), open(second)]);
      await refusal(first);
    });

    it('are written as they are where one ends while another begins', async () => {
      const first = await start({ streamsPerUser: 3 });
      const slot = await open(first);
      const beginning = open(first);
      slot.release();
      await beginning;
      await untilStreams(first, 1);
    });

    it('are not shared while they may yet be refused', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 3 });
      await open(second);
      await open(second);
      const monitor = await test.redis.monitor();
      const shared: string[] = [];
      const isOver = new Promise<void>((resolve) => {
        monitor.on('monitor', (_time, [command = '', name = '', server, count = '']: string[]) => {
          if (command === 'HSET' && server === first.presence.serverId) shared.push(count);
          if (command === 'echo' && name === 'over') resolve();
        });
      });
      await Promise.allSettled([open(first), open(first), open(first)]);
      await untilStreams(first, 1);
      await test.redis.echo('over');
      await isOver;
      monitor.disconnect();
      expect(shared).toEqual(['1']);
    });

    it('come back to nothing where it is unknown whether Redis has counted the last one', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 3 });
      await open(second);
      const [name = ''] = await keysOf('subscriptions');
      proxy.hang();
      const slot = await open(first);
      slot.release();
      // The command whose answer was lost took effect.
      await test.redis.hset(name, first.presence.serverId, 1);
      const found = untilReady(first.redis);
      proxy.resume();
      await found;
      await untilStreams(first, 0);
    });

    it('no longer count those of a dead server', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 2 });
      await open(first);
      await open(first);
      await refusal(second);
      // It dies, and its presence expires.
      first.redis.onApplicationShutdown();
      await test.redis.del(second.presence.aliveName(first.presence.serverId));
      await open(second);
      await open(second);
      await refusal(second);
      expect(await streamsOf(first)).toBe(0);
    });

    it('are counted in process while Redis is away, and written again when it is back', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 3 });
      const ended = await open(first);
      await open(first);
      await proxy.refuse();
      ended.release();
      const during = await open(first);
      await open(first);
      await refusal(first);
      const found = untilReady(first.redis);
      await proxy.accept();
      await found;
      await untilStreams(first, 3);
      await refusal(second);
      during.release();
      await untilStreams(first, 2);
      await open(second);
    });

    it('come back to nothing where the last stream ends while Redis is away', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 1 });
      const slot = await open(first);
      await proxy.refuse();
      slot.release();
      const found = untilReady(first.redis);
      await proxy.accept();
      await found;
      while ((await keysOf('subscriptions')).length > 0);
      await open(second);
    });

    it('are written again where Redis comes back without them', async () => {
      const [first, second] = await startTwo({ streamsPerUser: 1 });
      await open(first);
      await test.redis.del(...(await keysOf('subscriptions')));
      const found = untilReady(first.redis);
      proxy.cut();
      await found;
      await untilStreams(first, 1);
      await refusal(second);
    });

    it('are written again after a while where another server took this one for dead', async () => {
      jest.useFakeTimers({
        doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setTimeout'],
      });
      try {
        const [first, second] = await startTwo({ streamsPerUser: 2 });
        await open(first);
        await test.redis.del(second.presence.aliveName(first.presence.serverId));
        await open(second);
        await open(second);
        expect(await streamsOf(first)).toBe(0);
        // It gives its sign, and then its counts.
        jest.advanceTimersByTime(20_000);
        await untilStreams(first, 1);
        await refusal(second);
      } finally {
        jest.useRealTimers();
      }
    });

    it('expire by themselves, and have no name of a user', async () => {
      const [first] = await startTwo({ streamsPerUser: 1 });
      const passedMs = stopwatch();
      await open(first);
      const [name = ''] = await keysOf('subscriptions');
      expect(name).toMatch(/:subscriptions:[\w-]{22}$/);
      const leftMs = await test.redis.pttl(name);
      expect(leftMs).toBeLessThanOrEqual(60_000);
      expect(leftMs).toBeGreaterThan(60_000 - passedMs());
    });
  });
});

describe('two servers with one Redis', () => {
  let test: TestRedis;
  const databases: TestDatabase[] = [];
  const servers: TestServer[] = [];
  beforeAll(async () => {
    test = createRedis();
    for (let count = 0; count < 2; count += 1) {
      const database = await createDatabase('PGlite');
      databases.push(database);
      const limits = { LIMIT_KEY_CHANGES_PER_MINUTE: '2' };
      servers.push(await TestServer.start({ ...database.environment, ...test.environment, ...limits }));
    }
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    for (const database of databases) await database.drop();
    await test.drop();
  });

  it('count what their users do together', async () => {
    const remove = (server: TestServer): Promise<string> =>
      server.failure('alice', 'mutation { deleteApiKey(keyId: "none") { deletedKeyId } }');
    const [first, second] = servers as [TestServer, TestServer];
    expect(await remove(first)).toBe('KEY_NOT_FOUND');
    expect(await remove(second)).toBe('KEY_NOT_FOUND');
    expect(await remove(first)).toBe('RATE_LIMITED');
    expect(await remove(second)).toBe('RATE_LIMITED');
  });
});
