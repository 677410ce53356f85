import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { ChatEvent } from '../../src/chat/run/chat-event.js';
import { ChatNotFoundError } from '../../src/chat/run/chat.errors.js';
import { runKeyOf } from '../../src/chat/shared/run-key.js';
import { RunReaper } from '../../src/chat/shared/run-reaper.js';
import { RunSealer } from '../../src/chat/shared/run-sealer.js';
import type { EventsToWrite } from '../../src/chat/shared/run-writer.js';
import { SharedClaims } from '../../src/chat/shared/shared-claims.js';
import { RunStore } from '../../src/chat/shared/run-store.js';
import { FENCED, LOST, WRITTEN, CLAIMED } from '../../src/chat/shared/shared-scripts.js';
import { Keyring } from '../../src/crypto/keyring.js';
import { Vault } from '../../src/crypto/vault.js';
import type { KeyUseService } from '../../src/keys/key-use.service.js';
import { DatabaseUnavailableError } from '../../src/prisma/database-unavailable.error.js';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { RedisUnavailableError } from '../../src/redis/redis-unavailable.error.js';
import { ServerPresence } from '../../src/redis/server-presence.js';
import { createRedis, redisUrl, type TestRedis } from '../support/redis.js';

const KEEP = { runningMs: 60_000, endedMs: 60_000 };
const NEVER = new AbortController().signal;

const attempt = {
  provider: 'OPENAI',
  model: 'model',
  keySource: 'USER',
  keyId: null,
  maskedKey: null,
} as const;

Logger.overrideLogger(false);

describe('what servers share of chats', () => {
  const userId = 'alice';
  let test: TestRedis;
  const servers: Server[] = [];
  beforeEach(() => {
    test = createRedis();
  });
  afterEach(async () => {
    for (const { redis, presence } of servers.splice(0)) {
      await presence.beforeApplicationShutdown();
      redis.onApplicationShutdown();
    }
    await test.drop();
  });

  interface Server {
    readonly redis: RedisConnection;
    readonly presence: ServerPresence;
    readonly shared: RunStore;
    readonly claims: SharedClaims;
    readonly reaper: RunReaper;
    readonly finished: unknown[];
    die(): Promise<void>;
  }

  const key = createSecretKey(randomBytes(32));

  async function start(keep = KEEP): Promise<Server> {
    const redis = new RedisConnection(redisUrl(), `keystream:${test.environment.ENVIRONMENT_NAME!}`);
    const presence = new ServerPresence(redis);
    await redis.onModuleInit();
    presence.onModuleInit();
    const vault = new Vault(new Keyring(key));
    const shared = new RunStore(redis, presence, new RunSealer(vault), keep);
    const finished: unknown[] = [];
    let isDatabaseAway = true;
    const uses = {
      finish: (user: string, use: unknown) => {
        if (isDatabaseAway) {
          isDatabaseAway = false;
          return Promise.reject(new DatabaseUnavailableError());
        }
        finished.push([user, use]);
        return Promise.resolve();
      },
    } as unknown as KeyUseService;
    const server: Server = {
      redis,
      presence,
      shared,
      claims: new SharedClaims(presence, vault, shared),
      reaper: new RunReaper(presence, shared, uses),
      finished,
      // Without a clean stop: it stays among the servers, but is not alive.
      die: async () => {
        presence.stop();
        await redis.call('DEL', presence.aliveName(presence.serverId));
      },
    };
    servers.push(server);
    while (!(await test.redis.exists(presence.aliveName(presence.serverId))));
    return server;
  }

  const chatId = randomUUID();
  const runKey = runKeyOf(userId, chatId);
  const delta = (seq: number): ChatEvent => ({
    __typename: 'TextDelta',
    chatId,
    seq,
    fromSeq: seq,
    text: `${String(seq)} `,
  });
  const cancelled = (seq: number): ChatEvent => ({ __typename: 'ChatCancelled', chatId, seq, usage: null });

  const toWrite = (events: ChatEvent[]): EventsToWrite => ({
    events,
    record: { userId, chatId, attempt, claim: null },
    claim: null,
    isFirst: false,
    isEnd: false,
    keepFrom: 1,
  });

  const write = ({ shared }: Server, events: ChatEvent[], more: Partial<EventsToWrite> = {}) =>
    shared.writerOf({ userId, chatId }).write({ ...toWrite(events), ...more });

  const read = async ({ shared }: Server, afterSeq = 0) => {
    const { events, isLast } = await shared.readEvents(userId, chatId, afterSeq);
    return { numbers: events.map(({ seq }) => seq), isLast };
  };

  it('can be written again when it is unknown whether it was: it is there once', async () => {
    const server = await start();
    expect(await write(server, [delta(1), delta(2)])).toBe(WRITTEN);
    expect(await write(server, [delta(1), delta(2)])).toBe(WRITTEN);
    expect(await write(server, [delta(1), delta(2), delta(3)])).toBe(WRITTEN);
    expect(await read(server)).toEqual({ numbers: [1, 2, 3], isLast: false });
  });

  it('is written by its own server only, and not after its end', async () => {
    const [owner, other] = [await start(), await start()];
    await write(owner, [delta(1)]);
    expect(await write(other, [delta(2)])).toBe(FENCED);
    expect(await write(owner, [cancelled(2)], { isEnd: true })).toBe(WRITTEN);
    expect(await write(owner, [delta(3)])).toBe(FENCED);
    expect(await read(other)).toEqual({ numbers: [1, 2], isLast: true });
  });

  it('is not made again from its middle', async () => {
    const server = await start();
    expect(await write(server, [delta(5)])).toBe(LOST);
    await expect(server.shared.readEvents(userId, chatId, 0)).rejects.toThrow(ChatNotFoundError);
  });

  it('is made again where Redis has evicted one of its keys, whatever is left in the other', async () => {
    const server = await start();
    await write(server, [delta(1), delta(2)]);
    await test.redis.del(server.redis.name('chat', `{${runKey}}`, 'meta'));
    expect(await write(server, [delta(1)])).toBe(WRITTEN);
    expect(await read(server)).toEqual({ numbers: [1], isLast: false });
  });

  it('cannot be read from where it is no longer kept', async () => {
    const server = await start();
    await write(server, [delta(1)]);
    await write(server, [delta(2)]);
    await write(server, [delta(3)], { keepFrom: 3 });
    expect(await read(server, 2)).toEqual({ numbers: [3], isLast: false });
    await expect(server.shared.readEvents(userId, chatId, 0)).rejects.toThrow(ChatNotFoundError);
  });

  it('is ended once where its server is dead, and its end is written down until it is', async () => {
    const [owner, other, third] = [await start(), await start(), await start()];
    await write(owner, [delta(1), delta(2)]);
    await owner.die();
    // The first time the database is away.
    await Promise.all([other.reaper.sweep(), third.reaper.sweep()]);
    await Promise.all([other.reaper.sweep(), third.reaper.sweep()]);
    expect(await read(other)).toEqual({ numbers: [1, 2, 3], isLast: true });
    const { events } = await other.shared.readEvents(userId, chatId, 2);
    expect(events).toMatchObject([
      { __typename: 'ChatFailed', error: { code: 'PROVIDER_TRUNCATED', retryable: true } },
    ]);
    const finished = [...other.finished, ...third.finished];
    expect(finished.length).toBeGreaterThan(0);
    for (const use of finished) {
      expect(use).toMatchObject([
        userId,
        { kind: 'CHAT_FINISHED', chatId, outcome: 'PROVIDER_TRUNCATED', model: 'model' },
      ]);
    }
    // It was not dead after all: its events come too late.
    expect(await write(owner, [delta(3)])).toBe(FENCED);
    // Redis was away, as far as it knows: it names the run again, and for nothing.
    expect(await write(owner, [delta(1)])).toBe(FENCED);
    while ((await test.keys()).some((key) => key.endsWith(':runs')));
    expect(await other.presence.findDead()).toEqual([]);
  });

  it('is left to its server where that writes on: it is not dead after all', async () => {
    const [owner, other] = [await start(), await start()];
    let seq = 1;
    await write(owner, [delta(seq)]);
    await owner.die();
    const { lost } = other.shared;
    const readLost = lost.read.bind(lost);
    jest.spyOn(lost, 'read').mockImplementation(async (key) => {
      const run = await readLost(key);
      await write(owner, [delta((seq += 1))]);
      return run;
    });
    await other.reaper.sweep();
    expect(await write(owner, [delta((seq += 1))])).toBe(WRITTEN);
    expect((await read(other)).isLast).toBe(false);
    // Should it be dead all the same, the next sweep finds its runs.
    expect(await other.presence.findDead()).toEqual([owner.presence.serverId]);
    expect(await lost.list(owner.presence.serverId, 1)).toEqual([runKey]);
  });

  it('is not written again by a server that was taken for dead, however briefly its end is kept', async () => {
    const keep = { ...KEEP, endedMs: 1 };
    const [owner, other] = [await start(keep), await start(keep)];
    await write(owner, [delta(1), delta(2)]);
    await owner.die();
    // The first time the database is away.
    await other.reaper.sweep();
    await other.reaper.sweep();
    while (await test.redis.exists(owner.redis.name('chat', `{${runKey}}`, 'log')));
    expect(await write(owner, [delta(3)])).toBe(FENCED);
    expect(await write(owner, [delta(1), delta(2), delta(3)])).toBe(FENCED);
    await expect(other.shared.readEvents(userId, chatId, 0)).rejects.toThrow(ChatNotFoundError);
  });

  it('shows its end to a watcher that has seen more than Redis was given, after what it has seen', async () => {
    const [owner, other] = [await start(), await start()];
    await write(owner, [delta(1), delta(2)]);
    await owner.die();
    await other.reaper.sweep();
    expect(await read(other, 2)).toEqual({ numbers: [3], isLast: true });
    expect(await read(other, 3)).toEqual({ numbers: [], isLast: true });
    // Redis was away when its server showed these, and died.
    expect(await read(other, 5)).toEqual({ numbers: [6], isLast: true });
  });

  it('keeps its claim no longer than itself where the answer to its last write was lost', async () => {
    const server = await start({ runningMs: 60_000, endedMs: 20_000 });
    const { sealed } = await server.claims.take(userId, 'request', 'digest', chatId);
    await write(server, [delta(1)], { claim: sealed });
    const meta = server.redis.name('chat', `{${runKey}}`, 'meta');
    await test.redis.hset(meta, 'state', 'ended');
    // Its connection broke with the answer, so it names the run again.
    expect(await write(server, [delta(1), cancelled(2)], { claim: sealed, isEnd: true })).toBe(FENCED);
    while ((await test.keys()).some((key) => key.endsWith(':runs')));
    expect(await test.redis.pttl(sealed!.name)).toBeLessThanOrEqual(20_000);
  });

  it('names no watchers for ever where Redis goes away after the first report of them', async () => {
    const { redis, shared } = await start();
    const call = redis.call.bind(redis);
    jest.spyOn(redis, 'call').mockImplementation(async (...command) => {
      await call(...command);
      throw new RedisUnavailableError();
    });
    await expect(shared.reportCursor(userId, chatId, 1)).rejects.toThrow(RedisUnavailableError);
    jest.restoreAllMocks();
    expect(await test.redis.pttl(redis.name('chat', `{${runKey}}`, 'watchers'))).toBeGreaterThan(0);
  });

  it('is ended by others also where its server stopped in good order, but did not end it', async () => {
    const [owner, other] = [await start(), await start()];
    await write(owner, [delta(1)]);
    await owner.presence.beforeApplicationShutdown();
    // The first time the database is away.
    await other.reaper.sweep();
    await other.reaper.sweep();
    expect(await read(other)).toEqual({ numbers: [1, 2], isLast: true });
    expect(await other.presence.findDead()).toEqual([]);
  });

  it('may have been named only when its server died: there is nothing to end, and no name is left', async () => {
    const [owner, other] = [await start(), await start()];
    await test.redis.sadd(owner.redis.name('server', owner.presence.serverId, 'runs'), runKey);
    await owner.die();
    await other.reaper.sweep();
    expect(other.finished).toEqual([]);
    expect(await other.presence.findDead()).toEqual([]);
    expect((await test.keys()).filter((key) => key.endsWith(':runs'))).toEqual([]);
  });

  it('is among its server’s runs before it is written, and until it has ended', async () => {
    const server = await start();
    const own = server.redis.name('server', server.presence.serverId, 'runs');
    // What cannot be named is not written.
    await test.redis.set(own, 'text');
    await expect(write(server, [delta(1)])).rejects.toThrow(RedisUnavailableError);
    await expect(server.shared.readEvents(userId, chatId, 0)).rejects.toThrow(ChatNotFoundError);
    await test.redis.del(own);
    await write(server, [delta(1)]);
    expect(await test.redis.smembers(own)).toEqual([runKey]);
    await write(server, [cancelled(2)], { isEnd: true });
    while ((await test.redis.exists(own)) === 1);
  });

  it('is among them no longer where the server that ended it failed before it took the name away', async () => {
    const [hung, other] = [await start(), await start()];
    const { redis, presence, shared } = hung;
    const own = redis.name('server', presence.serverId, 'runs');
    await write(hung, [delta(1)]);
    await redis.call('DEL', presence.aliveName(presence.serverId));
    // It ends the run, and then the database is away.
    await other.reaper.sweep();
    await test.redis.set(presence.aliveName(presence.serverId), '1');
    const writer = shared.writerOf({ userId, chatId });
    expect(await writer.write(toWrite([delta(2)]))).toBe(FENCED);
    await other.reaper.sweep();
    expect(await test.redis.smembers(own)).toEqual([runKey]);
    writer.leave();
    while ((await test.redis.exists(own)) === 1);
  });

  it('is among them no longer also where the connection broke when its name was to go', async () => {
    const server = await start();
    const own = server.redis.name('server', server.presence.serverId, 'runs');
    await write(server, [delta(1)]);
    const writer = server.shared.writerOf({ userId, chatId });
    const isBack = new Promise<void>((resolve) => server.redis.onReady(resolve));
    const info = await server.redis.call<string>('CLIENT', 'INFO');
    const cut = test.redis.client('KILL', 'ID', Number(/(?<=^id=)\d+/.exec(info)?.[0]));
    writer.leave();
    await Promise.all([cut, isBack]);
    while ((await test.redis.exists(own)) === 1);
  });

  it('begins no chat whose request another server has taken over, but goes on with one that runs', async () => {
    const [hung, other] = [await start(), await start()];
    const taken = await hung.claims.take(userId, 'request', 'digest', chatId);
    const claim = taken.sealed;
    await taken.release();
    await other.claims.take(userId, 'request', 'digest', randomUUID());
    expect(await write(hung, [delta(1)], { claim, isFirst: true })).toBe(CLAIMED);
    await expect(hung.shared.readEvents(userId, chatId, 0)).rejects.toThrow(ChatNotFoundError);
    expect(await write(hung, [delta(1)], { claim })).toBe(WRITTEN);
  });

  it('leaves no claim that was released to its end', async () => {
    const server = await start();
    const claim = await server.claims.take(userId, 'request', 'digest', chatId);
    await write(server, [delta(1)], { claim: claim.sealed });
    await claim.release();
    await write(server, [cancelled(2)], { claim: claim.sealed, isEnd: true });
    while ((await test.keys()).some((key) => key.endsWith(':runs')));
    expect(await test.redis.exists(claim.sealed!.name)).toBe(0);
  });

  it('gives a request to one of many, and to the next where its server died before the chat began', async () => {
    const [first, second] = [await start(), await start()];
    const ids = [randomUUID(), randomUUID()];
    const [mine, theirs] = await Promise.all([
      first.claims.take(userId, 'request', 'digest', ids[0]!),
      second.claims.take(userId, 'request', 'digest', ids[1]!),
    ]);
    expect([mine.isMine, theirs.isMine].filter(Boolean)).toHaveLength(1);
    expect(mine.chatId).toBe(theirs.chatId);
    const [holder, waiter] = mine.isMine ? [first, second] : [second, first];
    const waiting = (mine.isMine ? theirs : mine).whenStarted(NEVER);
    await holder.die();
    expect(await waiting).toBe(false);
    expect(await waiter.claims.take(userId, 'request', 'digest', ids[1]!)).toMatchObject({ isMine: true });
  });

  it('lets a claim expire that has no run, and keeps one for as long as its run', async () => {
    const server = await start();
    const { sealed } = await server.claims.take(userId, 'request', 'digest', chatId);
    expect(await test.redis.pttl(sealed!.name)).toBeLessThanOrEqual(30_000);
    await write(server, [delta(1)], { claim: sealed });
    expect(await test.redis.pttl(sealed!.name)).toBeGreaterThan(30_000);
  });

  it('makes a claim again with its run where Redis has lost its memory', async () => {
    const [first, second] = [await start(), await start()];
    const { sealed } = await first.claims.take(userId, 'request', 'digest', chatId);
    await write(first, [delta(1)], { claim: sealed });
    await test.redis.del(...(await test.keys()));
    await write(first, [delta(1)], { claim: sealed });
    const again = await second.claims.take(userId, 'request', 'digest', randomUUID());
    expect(again).toMatchObject({ isMine: false, chatId });
    expect(await test.redis.pttl(sealed!.name)).toBeGreaterThan(30_000);
  });

  it('wakes a request that waits when the chat was started, or was not', async () => {
    const [first, second] = [await start(), await start()];
    await first.claims.take(userId, 'started', 'digest', chatId);
    const joined = await second.claims.take(userId, 'started', 'digest', randomUUID());
    const started = joined.whenStarted(NEVER);
    await write(first, [delta(1)]);
    expect(await started).toBe(true);

    const failing = await first.claims.take(userId, 'failing', 'digest', randomUUID());
    const waiting = (await second.claims.take(userId, 'failing', 'digest', randomUUID())).whenStarted(NEVER);
    await failing.release();
    expect(await waiting).toBe(false);
  });

  it('ends the wait of a client that has left', async () => {
    const [first, second] = [await start(), await start()];
    await first.claims.take(userId, 'request', 'digest', randomUUID());
    const controller = new AbortController();
    const waiting = (await second.claims.take(userId, 'request', 'digest', randomUUID())).whenStarted(
      controller.signal,
    );
    controller.abort(new Error('Gone.'));
    await expect(waiting).rejects.toThrow('Gone.');
  });
});
