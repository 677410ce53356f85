import { Logger } from '@nestjs/common';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { blockEventLoop } from '../support/block-event-loop.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { createRedis, redisUrl, type TestRedis } from '../support/redis.js';

Logger.overrideLogger(false);

describe('Redis, whose client is late', () => {
  let test: TestRedis;
  let connection: RedisConnection;
  const connect = (url = redisUrl()): RedisConnection =>
    new RedisConnection(url, `keystream:${test.environment.ENVIRONMENT_NAME!}`);
  beforeEach(() => {
    test = createRedis();
  });
  afterEach(async () => {
    connection.onApplicationShutdown();
    await test.drop();
  });

  it('is not taken for one that hangs where its answer waits to be read', async () => {
    connection = connect();
    await connection.onModuleInit();
    let breaks = 0;
    connection.onReady(() => (breaks += 1));
    const answers = [connection.call('PING'), connection.call('PING')];
    blockEventLoop(2_000);
    expect(await Promise.all(answers)).toEqual(['PONG', 'PONG']);
    // The ping was late, too.
    expect(await connection.call('PING')).toBe('PONG');
    expect(breaks).toBe(0);
  });

  it('is waited for where its connection waits to be made', async () => {
    connection = connect();
    const ready = connection.onModuleInit();
    setImmediate(() => blockEventLoop(3_000));
    await ready;
    expect(connection.isReady).toBe(true);
  });

  it('is given up where it accepts connections and never answers', async () => {
    const proxy = await NetworkProxy.start(redisUrl());
    proxy.hang();
    connection = connect(proxy.urlOf(redisUrl()));
    await connection.onModuleInit();
    expect(connection.isReady).toBe(false);
    const found = new Promise<void>((resolve) => connection.onReady(resolve));
    proxy.resume();
    await found;
    expect(await connection.check()).toBe('READY');
    await proxy.stop();
  });
});
