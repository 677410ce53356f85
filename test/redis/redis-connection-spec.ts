import { type AddressInfo, createServer } from 'node:net';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { PRESENCE_MS, ServerPresence } from '../../src/redis/server-presence.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { createRedis, redisUrl, type TestRedis } from '../support/redis.js';

Logger.overrideLogger(false);

describe('the connection to Redis', () => {
  const url = redisUrl();
  let proxy: NetworkProxy;
  let test: TestRedis;
  const connections: RedisConnection[] = [];
  beforeEach(async () => {
    proxy = await NetworkProxy.start(url);
    test = createRedis();
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.onApplicationShutdown();
    await proxy.stop();
    await test.drop();
  });

  const connect = (): RedisConnection => {
    const connection = new RedisConnection(
      proxy.urlOf(url),
      `keystream:${test.environment.ENVIRONMENT_NAME!}`,
    );
    connections.push(connection);
    return connection;
  };

  const ready = async (connection: RedisConnection): Promise<RedisConnection> => {
    await connection.onModuleInit();
    expect(connection.isReady).toBe(true);
    return connection;
  };

  const untilReady = (connection: RedisConnection): Promise<void> =>
    new Promise((resolve) => connection.onReady(resolve));

  it('starts without a Redis, says so, and finds it by itself', async () => {
    await proxy.refuse();
    const connection = connect();
    await connection.onModuleInit();
    await expect(connection.call('PING')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await connection.check()).toBe('UNAVAILABLE');
    const found = untilReady(connection);
    await proxy.accept();
    await found;
    expect(await connection.check()).toBe('READY');
  });

  it('fails the commands that are on their way when it is lost, and goes on when it is back', async () => {
    const connection = await ready(connect());
    proxy.hang();
    const lost = connection.call('SET', connection.name('a'), '1');
    const found = untilReady(connection);
    proxy.resume();
    proxy.cut();
    await expect(lost).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await found;
    expect(await connection.call('SET', connection.name('a'), '2')).toBe('OK');
  });

  it('takes a Redis that hangs for one that is away: after one command no other waits for it', async () => {
    const connection = await ready(connect());
    proxy.hang();
    await expect(connection.call('PING')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(connection.isReady).toBe(false);
    const found = untilReady(connection);
    proxy.resume();
    proxy.cut();
    await found;
  });

  it('notices by itself that nothing comes through any more, and listens again afterwards', async () => {
    const connection = await ready(connect());
    const received: string[] = [];
    connection.subscribe(connection.name('channel'), (message) => received.push(message));
    const publish = (message: string) => test.redis.publish(connection.name('channel'), message);
    while (!received.includes('before')) await publish('before');
    proxy.hang();
    // One round trip to Redis at a time: this test's own connection does not go through the proxy.
    while (connection.isReady) await test.redis.ping();
    const found = untilReady(connection);
    proxy.resume();
    await found;
    while (!received.includes('after')) await publish('after');
  });

  it('logs that Redis refuses commands at most ten times a minute, and nothing of the commands', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const connection = await ready(connect());
    await connection.call('SET', connection.name('text'), 'a');
    const refused = connection.call('LPUSH', connection.name('text'), 'sentinel');
    const error: unknown = await refused.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(error).not.toHaveProperty('cause');
    for (let time = 0; time < 20; time += 1)
      await connection.call('LPUSH', connection.name('text'), 'sentinel').catch(() => undefined);
    expect(warn.mock.calls).toEqual(Array(10).fill(['Redis refuses commands (WRONGTYPE).']));
    warn.mockClear();
    connection.onApplicationShutdown();
    expect(warn.mock.calls).toEqual([
      [{ count: 11 }, 'Redis refuses commands (WRONGTYPE): 11 more like this'],
    ]);
    warn.mockRestore();
  });

  it('connects again where the server that answers may no longer be written to', async () => {
    let accepted = 0;
    // As much of a Redis as it takes: one that became a replica.
    const replica = createServer((socket) => {
      accepted += 1;
      socket.on('data', (data) => {
        for (const command of String(data).split(/(?=\*\d+\r\n)/)) {
          const isWrite = /\r\nset\r\n/i.test(command);
          socket.write(isWrite ? "-READONLY You can't write against a replica.\r\n" : '+OK\r\n');
        }
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => replica.listen(0, '127.0.0.1', resolve));
    const { port } = replica.address() as AddressInfo;
    const connection = new RedisConnection(`redis://127.0.0.1:${String(port)}`, 'keystream:test');
    await ready(connection);
    const before = accepted;
    const back = untilReady(connection);
    await expect(connection.call('SET', 'name', 'text')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await back;
    expect(accepted).toBe(before + 1);
    connection.onApplicationShutdown();
    await new Promise((resolve) => replica.close(resolve));
  });

  it('receives what others publish, also after it was away', async () => {
    const connection = await ready(connect());
    const received: string[] = [];
    let wake = (): void => undefined;
    const stop = connection.subscribe(connection.name('channel'), (message) => {
      received.push(message);
      wake();
    });
    const receives = async (message: string): Promise<void> => {
      // The subscription takes a moment to reach Redis.
      while ((await test.redis.publish(connection.name('channel'), message)) === 0);
      while (received.at(-1) !== message) await new Promise<void>((resolve) => (wake = resolve));
    };
    await receives('first');
    const found = untilReady(connection);
    proxy.cut();
    await found;
    await receives('second');
    stop();
    while ((await test.redis.publish(connection.name('channel'), 'third')) > 0);
    expect(received).toEqual(['first', 'second']);
  });

  it('knows the servers that are alive, and those that are dead', async () => {
    const [first, second] = [await ready(connect()), await ready(connect())].map(
      (connection) => new ServerPresence(connection),
    ) as [ServerPresence, ServerPresence];
    first.onModuleInit();
    second.onModuleInit();
    while (!(await first.isAlive(second.serverId)));
    expect(await first.findDead()).toEqual([]);
    await test.redis.del(first.aliveName(second.serverId));
    expect(await first.findDead()).toEqual([second.serverId]);
    await first.forget(second.serverId);
    expect(await first.findDead()).toEqual([]);
    await first.beforeApplicationShutdown();
    // One that stopped counts as dead, too, until it is cleared up.
    expect(await second.findDead()).toEqual([first.serverId]);
    await second.forget(first.serverId);
    await second.beforeApplicationShutdown();
    expect(await test.keys()).not.toContain(second.aliveName(second.serverId));
  });

  it('takes no server for dead whose sign may be missing for the same reason as its own', async () => {
    let now = 0;
    const presence = new ServerPresence(await ready(connect()), () => now);
    const canTellDead = (): boolean => presence.canTellDead;
    const sign = presence.aliveName(presence.serverId);
    const untilNextSign = async (): Promise<void> => {
      await test.redis.del(sign);
      while (!(await test.redis.exists(sign)));
      // Its answer goes to the server before this one does.
      await test.redis.ping();
    };
    const untilItCanTell = async (): Promise<void> => {
      const since = now;
      expect(canTellDead()).toBe(false);
      for (; !canTellDead(); now += PRESENCE_MS / 2) await untilNextSign();
      expect(now - since).toBeGreaterThan(PRESENCE_MS);
    };
    presence.onModuleInit();
    await untilItCanTell();
    // It hung.
    now += 2 * PRESENCE_MS;
    await untilItCanTell();
    await proxy.refuse();
    // Until the next sign does not come through.
    while (canTellDead()) await test.redis.ping();
    await presence.beforeApplicationShutdown();
  });

  it('knows whether there are others', async () => {
    const [first, second] = [await ready(connect()), await ready(connect())].map(
      (connection) => new ServerPresence(connection),
    ) as [ServerPresence, ServerPresence];
    first.onModuleInit();
    while (!(await second.isAlive(first.serverId)));
    expect(await first.hasOthers()).toBe(false);
    second.onModuleInit();
    while (!(await first.isAlive(second.serverId)));
    while (!(await first.hasOthers()));
    await second.beforeApplicationShutdown();
    expect(await first.hasOthers()).toBe(false);
    await first.beforeApplicationShutdown();
  });

  it('says that it is refused, and by what, but not with which password', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const address = new URL(proxy.urlOf(url));
    Object.assign(address, { username: 'somebody', password: 'sentinel' });
    const refused = new RedisConnection(address.href, 'keystream:refused');
    connections.push(refused);
    await refused.onModuleInit();
    expect(refused.isReady).toBe(false);
    const said = JSON.stringify(warn.mock.calls);
    expect(said).toContain('WRONGPASS');
    expect(said).not.toContain('sentinel');
    warn.mockRestore();
  });
});
