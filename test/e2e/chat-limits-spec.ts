import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { hang } from '../../demo/stand-in/behaviours.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { KeyResolutionService } from '../../src/keys/key-resolution.service.js';
import { Limits } from '../../src/limits/limits.service.js';
import { type Door, doors } from '../support/doors.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { Watcher } from '../support/survival-cases.js';
import { CHAT, HELLO } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const LIMIT = 3;

describe('how many chats a user may have', () => {
  const server = useTestServer({
    LIMIT_STREAMS_PER_USER: String(LIMIT),
    LIMIT_STREAMS_PER_SERVER: '5',
    CHAT_DISCONNECT_GRACE_MS: '20000',
  });
  beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));
  afterEach(() => jest.restoreAllMocks());

  const limits = (): Limits => server().app.get(Limits);

  /** Asks again until nothing is counted any more. */
  async function untilNothingIsCounted(): Promise<void> {
    while (limits().openStreams + limits().runningChats > 0) await fetch(`${server().url}/healthz`);
  }

  async function startSilent(
    input: Record<string, unknown> = {},
  ): Promise<{ watcher: Watcher; chatId: string }> {
    server().standIn.once('OPENAI', hang());
    const request = server().standIn.nextRequest('OPENAI');
    const watcher = await Watcher.chat(server(), input);
    const { chatId } = (await watcher.next())!;
    await request;
    return { watcher, chatId };
  }

  it('is limited at once: the next is RATE_LIMITED, and calls no provider', async () => {
    const chats = [];
    for (let count = 0; count < LIMIT; count += 1) chats.push(await startSilent());
    const failure = await (await Watcher.chat(server())).failure();
    expect(failure.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    expect(server().standIn.requests).toHaveLength(LIMIT);
    await chats[0]!.watcher.leave();
    while (limits().runningChats === LIMIT) await fetch(`${server().url}/healthz`);
    const { watcher } = await startSilent();
    for (const each of [watcher, ...chats.map((chat) => chat.watcher)]) await each.leave();
    await untilNothingIsCounted();
  });

  it('lets a client come back to as many as it lost', async () => {
    const chats = [];
    for (let count = 0; count < LIMIT; count += 1) chats.push(await startSilent());
    for (const { watcher } of chats) watcher.client.cut();
    while (limits().openStreams > 0) await fetch(`${server().url}/healthz`);
    expect(limits().runningChats).toBe(LIMIT);
    const back = [];
    for (const { chatId } of chats) {
      const watcher = await Watcher.resume(server(), chatId);
      expect(await watcher.next()).toMatchObject({ __typename: 'ChatStarted' });
      back.push(watcher);
    }
    for (const watcher of back) await watcher.leave();
    await untilNothingIsCounted();
  });

  it('is limited for watchers, too', async () => {
    const { chatId, watcher } = await startSilent();
    const others = [];
    for (let count = 1; count < LIMIT; count += 1) others.push(await Watcher.resume(server(), chatId));
    for (const other of others) await other.next();
    const failure = await (await Watcher.resume(server(), chatId)).failure();
    expect(failure.extensions.code).toBe('RATE_LIMITED');
    await watcher.leave();
    await untilNothingIsCounted();
  });

  it('is limited on the server as a whole', async () => {
    await server().storeKey('bob', 'OPENAI', KEY);
    const sockets = [];
    for (const [user, count] of [
      ['alice', 3],
      ['bob', 2],
    ] as const) {
      const socket = await server().socket();
      await socket.init(user);
      for (let index = 0; index < count; index += 1) {
        server().standIn.once('OPENAI', hang());
        socket.subscribe(String(index), CHAT, { input: { messages: HELLO } });
        expect((await socket.next()).payload.data.chat).toMatchObject({ __typename: 'ChatStarted' });
      }
      sockets.push(socket);
    }
    const last = sockets[1]!;
    last.subscribe('one more', CHAT, { input: { messages: HELLO } });
    expect((await last.next()).payload.errors[0].extensions.code).toBe('RATE_LIMITED');
    for (const [index, socket] of sockets.entries()) {
      for (let id = 0; id < 3 - index; id += 1) socket.send({ id: String(id), type: 'complete' });
    }
    await untilNothingIsCounted();
  });

  it('counts a flood of subscriptions on one connection before it looks anything up', async () => {
    const lookUp = jest.spyOn(server().app.get(KeyResolutionService), 'open');
    const socket = await server().socket();
    await socket.init('alice');
    // None ends before the last one comes.
    for (let count = 0; count < LIMIT; count += 1) server().standIn.once('OPENAI', hang());
    for (let index = 0; index < 200; index += 1)
      socket.subscribe(String(index), CHAT, { input: { messages: [{ role: 'USER', content: '?' }] } });
    let refused = 0;
    while (refused < 200 - LIMIT) {
      const { payload } = await socket.next();
      if (payload?.errors) {
        expect(payload.errors[0].extensions.code).toBe('RATE_LIMITED');
        refused += 1;
      }
    }
    expect(lookUp.mock.calls.length).toBeLessThanOrEqual(LIMIT);
    for (let index = 0; index < 200; index += 1) socket.send({ id: String(index), type: 'complete' });
    await untilNothingIsCounted();
  });

  describe.each(doors)('over $name: counts nothing any more after', (door: Door) => {
    const subscribe = () => door.subscribe(server(), 'alice', CHAT, { input: { messages: HELLO } });

    it.each(['end', 'leave', 'cut'] as const)(
      'a client that goes while its key is looked up: %s',
      async (how) => {
        const resolution = server().app.get(KeyResolutionService);
        const open = resolution.open.bind(resolution);
        let release = (): void => undefined;
        const released = new Promise<void>((resolve) => (release = resolve));
        const held = new Promise<void>((resolve) => {
          jest.spyOn(resolution, 'open').mockImplementation(async (...request) => {
            resolve();
            await released;
            return open(...request);
          });
        });
        const subscription = await subscribe();
        await held;
        expect(limits().openStreams).toBe(1);
        subscription[how]();
        release();
        await untilNothingIsCounted();
        subscription.cut();
      },
    );

    it.each(['end', 'leave', 'cut'] as const)(
      'one that goes in mid-answer, and does not come back: %s',
      async (how) => {
        const upstream = new ScriptedChat(server().standIn);
        const subscription = await subscribe();
        const { chatId } = (await subscription.next())!.data.chat;
        await upstream.say('one');
        await subscription.next();
        subscription[how]();
        while (limits().openStreams > 0) await fetch(`${server().url}/healthz`);
        await server().post(
          'alice',
          'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }',
          { chatId },
        );
        await untilNothingIsCounted();
        subscription.cut();
      },
    );

    it('one that reads nothing and is cut', async () => {
      const upstream = new ScriptedChat(server().standIn);
      // A chat whose end nobody has read counts until its client may not come back any more.
      const subscription = await server().withGrace(200, async () => {
        const unread = await subscribe();
        unread.pause();
        await upstream.say('x'.repeat(1_000_000), 'y'.repeat(1_000_000));
        return unread;
      });
      subscription.cut();
      await upstream.end();
      await untilNothingIsCounted();
    });

    it.each([
      ['completes', {}],
      ['fails before it starts', { provider: 'GOOGLE' }],
      ['has wrong input', { temperature: 7 }],
    ])('a chat that %s', async (_, input) => {
      const subscription = await door.subscribe(server(), 'alice', CHAT, {
        input: { messages: HELLO, ...input },
      });
      while (await subscription.next());
      await untilNothingIsCounted();
      subscription.cut();
    });

    it('a chat that its provider refuses', async () => {
      server().standIn.once('OPENAI', (exchange) => exchange.reply(openaiErrors.badKey('k')));
      const subscription = await subscribe();
      while (await subscription.next());
      await untilNothingIsCounted();
    });

    it('a request that joins another, and one that conflicts with it', async () => {
      const requestId = randomUUID();
      const ask = (more = {}) =>
        door.subscribe(server(), 'alice', CHAT, { input: { messages: HELLO, requestId, ...more } });
      for (const subscription of [await ask(), await ask(), await ask({ temperature: 1 })]) {
        while (await subscription.next());
      }
      await untilNothingIsCounted();
    });
  });
});

describe('how many chats a user may begin within a minute', () => {
  const server = useTestServer({ LIMIT_CHATS_PER_MINUTE: '2' });

  it('is limited for new chats; joining one and coming back to it are none', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const requestId = randomUUID();
    const [started] = await (await Watcher.chat(server(), { requestId })).rest();
    await (await Watcher.chat(server())).rest();
    const failure = await (await Watcher.chat(server())).failure();
    expect(failure.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
    expect(server().standIn.requests).toHaveLength(2);
    expect((await (await Watcher.chat(server(), { requestId })).rest())[0]).toEqual(started);
    expect((await (await Watcher.resume(server(), started!.chatId)).rest())[0]).toEqual(started);
    // Refused before it began: the same request may be sent again later.
    const other = randomUUID();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const refused = await (await Watcher.chat(server(), { requestId: other })).failure();
      expect(refused.extensions.code).toBe('RATE_LIMITED');
    }
  });
});
