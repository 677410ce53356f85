import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { createRedis, redisUrl, type TestRedis } from '../support/redis.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { chatOn, type ServerProcess, useProcesses } from '../support/server-process.js';
import { expectNoGaps, Watcher } from '../support/survival-cases.js';
import { CHAT, type ChatData, type ChatEventData, HELLO, signToken, textOf } from '../support/test-server.js';
import { bestOf, clockMs } from '../support/timing.js';

const KEY = 'key-of-alice-0123456789';
/** Within which docs/streaming.md promises that a server's death is noticed, in milliseconds. */
const NOTICED_WITHIN_MS = 10_000;

describe('one of two servers', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let redis: TestRedis;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    redis = createRedis();
    const environment = processes.environment({ ...database.environment, ...redis.environment });
    [first, second] = await Promise.all([processes.start(environment), processes.start(environment)]);
    processes.standIn.acceptKey('OPENAI', KEY);
    await first.storeKey('alice', 'OPENAI', KEY);
  });
  afterEach(async () => {
    await Promise.all([first.kill('SIGKILL'), second.kill('SIGKILL')]);
    await redis.drop();
    await database.drop();
  });

  const finished = async (): Promise<unknown[]> => {
    const query =
      'query { auditEvents(first: 10, filter: { kinds: [CHAT_FINISHED] }) { edges { node { outcome provider keySource } } } }';
    const { auditEvents } = await second.query('alice', query);
    return auditEvents.edges.map(({ node }: any) => node);
  };

  it('is killed: the other notices within 10 s', async () => {
    const environment = processes.environment({ ...database.environment, ...redis.environment });
    const best = await bestOf(3, NOTICED_WITHIN_MS, async () => {
      const third = await processes.start(environment);
      const upstream = new ScriptedChat(processes.standIn);
      const watcher = await Watcher.chat(third);
      await upstream.say('one');
      const [{ chatId } = { chatId: '' }] = await watcher.until('one');
      const elsewhere = await Watcher.resume(second, chatId);
      await elsewhere.until('one');
      await third.kill('SIGKILL');
      return clockMs(elsewhere.rest());
    });
    expect(best).toBeLessThan(NOTICED_WITHIN_MS);
  });

  it('is killed: the other ends its chats, for watchers and in the trail, once', async () => {
    const upstream = new ScriptedChat(processes.standIn);
    const watcher = await Watcher.chat(first, { requestId: 'mine' });
    await upstream.say('one', ' two');
    const events = await watcher.until('one two');
    const { chatId } = events[0]!;
    const { seq } = events.at(-1)!;
    const elsewhere = await Watcher.resume(second, chatId);
    await elsewhere.until('one two');
    await first.kill('SIGKILL');
    const rest = await elsewhere.rest();
    expect(rest).toMatchObject([
      { __typename: 'ChatFailed', seq: seq + 1, error: { code: 'PROVIDER_TRUNCATED', retryable: true } },
    ]);
    // A watcher of the dead one has lost nothing that it was shown, and gets the same end.
    expect(await (await Watcher.resume(second, chatId, seq)).rest()).toEqual(rest);
    const joined = await (await Watcher.chat(second, { requestId: 'mine' })).rest();
    expectNoGaps(joined);
    expect(textOf(joined)).toBe('one two');
    while ((await finished()).length === 0);
    expect(await finished()).toEqual([
      { outcome: 'PROVIDER_TRUNCATED', provider: 'OPENAI', keySource: 'USER' },
    ]);
    await upstream.closed();
    expect(processes.standIn.openStreams).toBe(0);
    expect(await second.logged('chat ended')).toMatchObject({
      level: 30,
      userId: 'alice',
      chatId,
      provider: 'OPENAI',
      outcome: 'PROVIDER_TRUNCATED',
    });
    expect(await redis.keys()).not.toContainEqual(expect.stringMatching(/:server:[^:]+:runs$/));
  });

  it('hangs while it writes a chat to Redis: the chat ends on both as the other one says', async () => {
    const proxy = await NetworkProxy.start(redisUrl());
    const environment = processes.environment({ ...database.environment, ...redis.environment });
    const third = await processes.start({ ...environment, REDIS_URL: proxy.urlOf(redisUrl()) });
    // Redis knows the scripts from now on: the next chat's first write is the one that hangs.
    await (await Watcher.chat(third)).rest();
    const awake = proxy.swallowAnswer(':meta', () => third.child.kill('SIGSTOP'));
    const request = { requestId: 'mine' };
    const own = (await Watcher.chat(third, request)).rest();
    await awake;
    const rest = await (await Watcher.chat(second, request)).rest();
    expect(rest.at(-1)).toMatchObject({ __typename: 'ChatFailed', error: { code: 'PROVIDER_TRUNCATED' } });
    while ((await finished()).length < 2);
    proxy.cut();
    third.child.kill('SIGCONT');
    expect(await own).toEqual(rest);
    expect(await (await Watcher.resume(third, rest[0]!.chatId)).rest()).toEqual(rest);
    expect(await (await Watcher.chat(third, request)).rest()).toEqual(rest);
    expect(await finished()).toMatchObject([{ outcome: 'PROVIDER_TRUNCATED' }, { outcome: 'OK' }]);
    await proxy.stop();
  });

  it('is stopped: its watchers are sent to the other one at once, and lose nothing', async () => {
    const upstream = new ScriptedChat(processes.standIn);
    const socket = await first.socket('alice');
    const idle = await first.socket('alice');
    const chat = chatOn(socket, {});
    await chat.next();
    await upstream.say('one');
    const { value } = await chat.next();
    const { chatId, seq } = value as ChatEventData;
    first.child.kill('SIGTERM');
    expect(await socket.closed).toMatchObject({ code: 1012 });
    expect(await idle.closed).toMatchObject({ code: 1012 });
    expect((await fetch(`${first.url}/readyz`)).status).toBe(503);
    const elsewhere = await Watcher.resume(second, chatId, seq);
    await upstream.say(' two');
    await elsewhere.until(' two');
    await upstream.end();
    expect((await elsewhere.rest()).at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    expect(await first.exited).toMatchObject({ code: 0, stderr: '' });
    expect(await finished()).toMatchObject([{ outcome: 'OK' }]);
    expect(processes.standIn.requests).toHaveLength(1);
  });

  it('is stopped: the graphql-ws client finds its chat on the other by itself, and pays once', async () => {
    const upstream = new ScriptedChat(processes.standIn);
    const token = await signToken('alice');
    const urls = [first.url, second.url].map((url) => `${url.replace('http', 'ws')}/graphql`);
    let connections = 0;
    const client = createClient({
      url: () => urls[Math.min(connections++, 1)]!,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const texts: string[] = [];
    const ended = new Promise<ChatEventData>((resolve, reject) => {
      client.subscribe<ChatData>(
        { query: CHAT, variables: { input: { messages: HELLO } } },
        {
          next: ({ data }) => {
            const event = data!.chat;
            if (event.__typename === 'ChatStarted') texts.length = 0;
            if (event.__typename === 'TextDelta') texts.push(event.text!);
            if (event.__typename === 'ChatCompleted') resolve(event);
          },
          error: reject,
          complete: () => undefined,
        },
      );
    });
    await upstream.say('one');
    first.child.kill('SIGTERM');
    await first.logged('SIGTERM');
    await upstream.say(' two');
    await upstream.end();
    await ended;
    expect(texts.join('')).toBe('one two');
    expect(processes.standIn.requests).toHaveLength(1);
    expect(await first.exited).toMatchObject({ code: 0 });
    await client.dispose();
  });

  it('is stopped, and its chat takes longer than it may: it fails for watchers elsewhere', async () => {
    const environment = processes.environment({ ...database.environment, ...redis.environment });
    const third = await processes.start({ ...environment, DRAIN_TIMEOUT_MS: '1500' });
    const upstream = new ScriptedChat(processes.standIn);
    const watcher = await Watcher.chat(third);
    await upstream.say('one');
    const [{ chatId } = { chatId: '' }] = await watcher.until('one');
    const elsewhere = await Watcher.resume(second, chatId);
    third.child.kill('SIGTERM');
    expect((await elsewhere.rest()).at(-1)).toMatchObject({
      __typename: 'ChatFailed',
      error: { code: 'SERVICE_UNAVAILABLE' },
    });
    expect(await third.exited).toMatchObject({ code: 0, stderr: '' });
    expect(await finished()).toMatchObject([{ outcome: 'SERVICE_UNAVAILABLE' }]);
  });

  it('is stopped when it is alone: its watchers stay until their chat has ended', async () => {
    await second.kill('SIGTERM');
    const upstream = new ScriptedChat(processes.standIn);
    const socket = await first.socket('alice');
    const chat = chatOn(socket, {});
    await chat.next();
    await upstream.say('one');
    await chat.next();
    first.child.kill('SIGTERM');
    await first.logged('SIGTERM');
    await upstream.end();
    expect((await chat.next()).value).toMatchObject({ __typename: 'ChatCompleted' });
    expect(await socket.closed).toMatchObject({ code: 1001 });
    expect(await first.exited).toMatchObject({ code: 0, stderr: '' });
  });

  it('is killed with watchers of the other’s chat: that is cancelled when the grace time is over', async () => {
    const environment = processes.environment({ ...database.environment, ...redis.environment });
    const third = await processes.start({ ...environment, CHAT_DISCONNECT_GRACE_MS: '500' });
    const upstream = new ScriptedChat(processes.standIn);
    const watcher = await Watcher.chat(third);
    await upstream.say('one');
    const [{ chatId } = { chatId: '' }] = await watcher.until('one');
    const elsewhere = await Watcher.resume(first, chatId);
    await elsewhere.until('one');
    watcher.client.cut();
    await first.kill('SIGKILL');
    await upstream.closed();
    expect((await (await Watcher.resume(second, chatId)).rest()).at(-1)).toMatchObject({
      __typename: 'ChatCancelled',
    });
  });
});
