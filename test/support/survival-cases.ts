import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Address, type ChatResults, type Door, type DoorClient, doors, webSocketDoor } from './doors.js';
import { ScriptedChat } from './scripted-chat.js';
import {
  CHAT,
  type ChatData,
  type ChatEventData,
  HELLO,
  signToken,
  type TestServer,
  textOf,
} from './test-server.js';
import { bestOf, clockMs } from './timing.js';

/** Where a chat starts, and where its client comes back: the same server, or another one. */
export interface Servers {
  readonly here: TestServer;
  readonly there: TestServer;
}

const KEY = 'key-of-alice-0123456789';
const CANCEL = 'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { chatId cancelled } }';
/** The promise of the issue and of docs/streaming.md, in milliseconds. */
const STOPPED_WITHIN_MS = 200;

export const RESUME = CHAT.replace(
  'subscription Chat($input: ChatInput!) {\n  chat(input: $input)',
  'subscription Resume($chatId: ID!, $afterSeq: Int! = 0) {\n  chat: resumeChat(chatId: $chatId, afterSeq: $afterSeq)',
);

/** A subscription whose events are read one by one. */
export class Watcher {
  private constructor(
    readonly client: DoorClient,
    private readonly results: ChatResults,
  ) {}

  static async chat(server: Address, input: Record<string, unknown> = {}, door: Door = webSocketDoor) {
    const client = await door.client(server, 'alice');
    return new Watcher(client, client.iterate(CHAT, { input: { messages: HELLO, ...input } }));
  }

  static async resume(
    server: Address,
    chatId: string,
    afterSeq = 0,
    userId = 'alice',
    door: Door = webSocketDoor,
  ) {
    const client = await door.client(server, userId);
    return new Watcher(client, client.iterate(RESUME, { chatId, afterSeq }));
  }

  /** The next event; null when the subscription is complete. */
  async next(): Promise<ChatEventData | null> {
    const { done, value } = await this.results.next();
    if (done) return null;
    if (!value.data) throw new Error(`It failed: ${JSON.stringify(value.errors)}`);
    return value.data.chat;
  }

  /** Every event from here on. */
  async rest(): Promise<ChatEventData[]> {
    const events: ChatEventData[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  /** Reads until the text so far ends like this. */
  async until(text: string): Promise<ChatEventData[]> {
    const events: ChatEventData[] = [];
    while (!textOf(events).endsWith(text)) {
      const event = await this.next();
      if (!event) throw new Error(`It is over: ${JSON.stringify(events)}`);
      events.push(event);
    }
    return events;
  }

  /** The errors with which it fails before it begins. */
  async failure(): Promise<{ message: string; extensions: { code: string } }> {
    const { value } = await this.results.next();
    return (value as { errors: readonly any[] }).errors[0];
  }

  /** Leaves politely. */
  async leave(): Promise<void> {
    await this.results.return?.();
  }
}

/** Every number is there once, in order: merged deltas cover several. */
export function expectNoGaps(events: readonly ChatEventData[], afterSeq = 0): void {
  let seq = afterSeq;
  for (const event of events) {
    expect(event.fromSeq ?? event.seq).toBe(seq + 1);
    seq = event.seq;
  }
}

/** What a chat promises to a client that comes back, on any server. */
export function describeSurvival(servers: () => Servers): void {
  const here = (): TestServer => servers().here;
  const there = (): TestServer => servers().there;
  beforeEach(() => here().storeKey('alice', 'OPENAI', KEY));

  const script = (): ScriptedChat => new ScriptedChat(here().standIn);

  /** A chat that has said something. */
  async function begin(text = 'one', door?: Door) {
    const upstream = script();
    const watcher = await Watcher.chat(here(), {}, door);
    await upstream.say(text);
    const events = await watcher.until(text);
    return { upstream, watcher, chatId: events[0]!.chatId, seq: events.at(-1)!.seq, events };
  }

  /** The outcomes of alice's chats, as soon as there are so many. */
  async function outcomes(count = 1): Promise<string[]> {
    const query =
      'query { auditEvents(first: 200, filter: { kinds: [CHAT_FINISHED] }) { edges { node { outcome } } } }';
    for (;;) {
      const { auditEvents } = await there().query('alice', query);
      if (auditEvents.edges.length >= count) return auditEvents.edges.map(({ node }: any) => node.outcome);
    }
  }

  const calls = (): number => here().standIn.requests.length;

  const cancel = (chatId: string, userId = 'alice') =>
    there().post<{ cancelChat: { chatId: string; cancelled: boolean } }>(userId, CANCEL, { chatId });

  it('shows calls of the client’s tools again, and goes on with their transcript on any server', async () => {
    const tools = [{ name: 'get_weather', parameters: { type: 'object' } }];
    const question = { role: 'USER', content: 'call: get_weather {"city":"Paris"}' };
    const input = { messages: [question], tools, requestId: 'calls-of-the-client' };
    const events = await (await Watcher.chat(here(), input)).rest();
    const called = events.at(-2) as any;
    expect(called).toMatchObject({
      __typename: 'ToolCallsRequested',
      calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }],
    });
    expect(await (await Watcher.resume(there(), called.chatId, called.seq - 1)).rest()).toEqual(
      events.slice(-2),
    );
    expect(await (await Watcher.chat(there(), input)).rest()).toEqual(events);
    const { calls: toolCalls, transcript } = called;
    const results = [
      { role: 'ASSISTANT', toolCalls, transcript },
      { role: 'TOOL', toolCallId: toolCalls[0].id, content: 'Sun' },
    ];
    const answered = await (await Watcher.chat(there(), { tools, messages: [question, ...results] })).rest();
    expect(textOf(answered)).toContain('with 1 result');
    expect(calls()).toBe(2);
  });

  describe.each(doors)('over $name', (door) => {
    it('replays what came after a number, goes on live, and ends with the same event', async () => {
      const { upstream, watcher, chatId, events } = await begin('one', door);
      await upstream.say(' two', ' three');
      events.push(...(await watcher.until(' three')));
      const resumed = await Watcher.resume(there(), chatId, 2, 'alice', door);
      const replayed = await resumed.until(' three');
      await upstream.say(' four');
      await upstream.end();
      events.push(...(await watcher.rest()));
      replayed.push(...(await resumed.rest()));
      expectNoGaps(events);
      expectNoGaps(replayed, 2);
      expect(textOf(events)).toBe('one two three four');
      expect(textOf(replayed)).toBe(' two three four');
      expect(replayed.at(-1)).toEqual(events.at(-1));
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect(await outcomes()).toEqual(['OK']);
    });

    it('goes on without its client for the grace time, and loses nothing', async () => {
      const { upstream, watcher, chatId, seq } = await begin('one', door);
      watcher.client.cut();
      await upstream.say(' two');
      const resumed = await Watcher.resume(there(), chatId, seq, 'alice', door);
      await upstream.say(' three');
      await upstream.end();
      const events = await resumed.rest();
      expectNoGaps(events, seq);
      expect(textOf(events)).toBe(' two three');
      expect(await outcomes()).toEqual(['OK']);
      expect(calls()).toBe(1);
    });

    it('takes its id in capitals, too, and says it as it is', async () => {
      const { upstream, watcher, chatId, seq } = await begin('one', door);
      const resumed = await Watcher.resume(there(), chatId.toUpperCase(), seq, 'alice', door);
      await upstream.say(' two');
      expect(await resumed.until(' two')).toMatchObject([{ chatId }]);
      const [{ data }] = await Promise.all([cancel(chatId.toUpperCase()), upstream.closed()]);
      expect(data?.cancelChat).toEqual({ chatId, cancelled: true });
      for (const each of [watcher, resumed])
        expect((await each.rest()).at(-1)).toMatchObject({ __typename: 'ChatCancelled', chatId });
    });

    it('is the same for an unknown chat, another user’s, and what is no id', async () => {
      const { upstream, chatId, watcher } = await begin('one', door);
      const failures = await Promise.all([
        (await Watcher.resume(there(), randomUUID(), 0, 'alice', door)).failure(),
        (await Watcher.resume(there(), chatId, 0, 'mallory', door)).failure(),
        (await Watcher.resume(there(), "'; --", 0, 'alice', door)).failure(),
      ]);
      for (const failure of failures) {
        expect(failure).toMatchObject({
          message: failures[0].message,
          extensions: { code: 'CHAT_NOT_FOUND' },
        });
      }
      await upstream.end();
      await watcher.rest();
    });
  });

  it('can be resumed after its end: all of it, the end alone, or nothing', async () => {
    const { upstream, watcher, chatId } = await begin();
    await upstream.say(' two');
    await upstream.end();
    const { seq } = (await watcher.rest()).at(-1)!;
    const all = await (await Watcher.resume(there(), chatId)).rest();
    expectNoGaps(all);
    expect(all.map(({ __typename }) => __typename)).toContain('ChatStarted');
    expect(textOf(all)).toBe('one two');
    expect(await (await Watcher.resume(there(), chatId, seq - 1)).rest()).toMatchObject([
      { __typename: 'ChatCompleted' },
    ]);
    expect(await (await Watcher.resume(there(), chatId, seq)).rest()).toEqual([]);
    expect(await (await Watcher.resume(there(), chatId, seq + 100)).rest()).toEqual([]);
  });

  it('refuses a number below 0', async () => {
    const { upstream, watcher, chatId } = await begin();
    const failure = await (await Watcher.resume(there(), chatId, -1)).failure();
    expect(failure.extensions).toMatchObject({ code: 'BAD_USER_INPUT', violations: [{ path: 'afterSeq' }] });
    await upstream.end();
    await watcher.rest();
  });

  it('shows several watchers the same', async () => {
    const { upstream, watcher, chatId, events } = await begin();
    const others = await Promise.all([
      Watcher.resume(there(), chatId),
      Watcher.resume(here(), chatId),
      Watcher.resume(there(), chatId),
    ]);
    await upstream.say(' two', ' three', ' four');
    await upstream.end();
    events.push(...(await watcher.rest()));
    for (const other of others) {
      const seen = await other.rest();
      expectNoGaps(seen);
      expect(textOf(seen)).toBe(textOf(events));
      expect(seen.at(-1)).toEqual(events.at(-1));
    }
  });

  it('reports an upstream that is cut to its watchers, with PROVIDER_TRUNCATED', async () => {
    const { upstream, watcher, chatId, seq } = await begin();
    const resumed = await Watcher.resume(there(), chatId, seq);
    await upstream.cut();
    const end = [{ __typename: 'ChatFailed', error: { code: 'PROVIDER_TRUNCATED', retryable: true } }];
    expect(await watcher.rest()).toMatchObject(end);
    expect(await resumed.rest()).toMatchObject(end);
    expect(await outcomes()).toEqual(['PROVIDER_TRUNCATED']);
  });

  it('is stopped at once by a watcher that unsubscribes, for all of them', async () => {
    const { upstream, watcher, chatId, seq } = await begin();
    const resumed = await Watcher.resume(there(), chatId);
    await resumed.until('one');
    await resumed.leave();
    await upstream.closed();
    expect(await watcher.rest()).toMatchObject([{ __typename: 'ChatCancelled', seq: seq + 1 }]);
    expect(await outcomes()).toEqual(['CANCELLED']);
  });

  it(`closes its provider within ${String(STOPPED_WITHIN_MS)} ms after cancelChat`, async () => {
    const best = await bestOf(20, STOPPED_WITHIN_MS, async () => {
      const { upstream, watcher, chatId } = await begin();
      const answer = cancel(chatId);
      const took = await clockMs(Promise.all([answer, upstream.closed()]));
      expect((await answer).data?.cancelChat).toEqual({ chatId, cancelled: true });
      expect((await watcher.rest()).at(-1)).toMatchObject({ __typename: 'ChatCancelled' });
      return took;
    });
    expect(best).toBeLessThan(STOPPED_WITHIN_MS);
  });

  it('reports with ChatCancelled, and in the trail, what was used so far', async () => {
    here().standIn.once('ANTHROPIC', () => undefined);
    await here().storeKey('alice', 'ANTHROPIC', KEY);
    const request = here().standIn.nextRequest('ANTHROPIC');
    const watcher = await Watcher.chat(here(), { provider: 'ANTHROPIC' });
    const { chatId } = (await watcher.next())!;
    const exchange = await request;
    const usage = { input_tokens: 12, output_tokens: 1 };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage };
    await exchange.write(
      `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message })}\n\n` +
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}\n\n',
    );
    await watcher.until('a');
    await cancel(chatId);
    expect(await watcher.rest()).toMatchObject([
      { __typename: 'ChatCancelled', usage: { inputTokens: 12, outputTokens: 1 } },
    ]);
    const { auditEvents } = await there().query(
      'alice',
      'query ($chatId: ID!) { auditEvents(first: 1, filter: { chatId: $chatId }) { edges { node { kind outcome inputTokens outputTokens } } } }',
      { chatId },
    );
    expect(auditEvents.edges).toEqual([
      { node: { kind: 'CHAT_FINISHED', outcome: 'CANCELLED', inputTokens: 12, outputTokens: 1 } },
    ]);
  });

  it('cannot be cancelled after its end, by another user, or where there is none', async () => {
    const { upstream, watcher, chatId } = await begin();
    expect((await cancel(chatId, 'mallory')).errors[0]?.extensions.code).toBe('CHAT_NOT_FOUND');
    expect((await cancel(randomUUID())).errors[0]?.extensions.code).toBe('CHAT_NOT_FOUND');
    expect((await cancel('no-id')).errors[0]?.extensions.code).toBe('CHAT_NOT_FOUND');
    await upstream.end();
    await watcher.rest();
    expect((await cancel(chatId)).data?.cancelChat).toEqual({ chatId, cancelled: false });
    expect(await outcomes()).toEqual(['OK']);
  });

  it('is cancelled when no watcher comes back within the grace time', async () => {
    const { upstream, watcher, chatId } = await here().withGrace(200, () => begin());
    const resumed = await Watcher.resume(there(), chatId);
    await resumed.until('one');
    watcher.client.cut();
    resumed.client.cut();
    await upstream.closed();
    expect(await outcomes()).toEqual(['CANCELLED']);
    const events = await (await Watcher.resume(there(), chatId)).rest();
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatCancelled' });
  });

  describe('with a requestId', () => {
    it('is joined from its start by the same request, and called once', async () => {
      const upstream = script();
      const requestId = randomUUID();
      const [first, second] = await Promise.all([
        Watcher.chat(here(), { requestId }),
        Watcher.chat(there(), { requestId }),
      ]);
      const begun = Promise.all([first.until('one'), second.until('one')]);
      await upstream.say('one');
      const [mine, theirs] = await begun;
      await upstream.end();
      mine.push(...(await first.rest()));
      theirs.push(...(await second.rest()));
      expect(theirs[0]).toMatchObject({ __typename: 'ChatStarted', chatId: mine[0]!.chatId });
      expectNoGaps(theirs);
      expect(textOf(theirs)).toBe(textOf(mine));
      const again = await (await Watcher.chat(there(), { requestId })).rest();
      expectNoGaps(again);
      expect(again.at(-1)).toEqual(mine.at(-1));
      expect(calls()).toBe(1);
      expect(await outcomes()).toEqual(['OK']);
    });

    it('is joined by the same UUID in capitals; what is none has its case', async () => {
      const requestId = randomUUID();
      const first = await (await Watcher.chat(here(), { requestId })).rest();
      const again = await (await Watcher.chat(there(), { requestId: requestId.toUpperCase() })).rest();
      expect(again.at(-1)).toEqual(first.at(-1));
      expect(calls()).toBe(1);
      await (await Watcher.chat(here(), { requestId: 'mine' })).rest();
      await (await Watcher.chat(there(), { requestId: 'MINE' })).rest();
      expect(calls()).toBe(3);
    });

    it('is a CONFLICT with another input, and another user’s own affair', async () => {
      const requestId = 'my request';
      const first = await (await Watcher.chat(here(), { requestId })).rest();
      const failure = await (await Watcher.chat(there(), { requestId, temperature: 1 })).failure();
      expect(failure.extensions).toMatchObject({ code: 'CONFLICT', retryable: false });
      await here().storeKey('bob', 'OPENAI', KEY);
      const client = await webSocketDoor.client(there(), 'bob');
      for await (const { data } of client.iterate(CHAT, { input: { messages: HELLO, requestId } })) {
        expect(data?.chat.chatId).not.toBe(first[0]!.chatId);
      }
      expect(calls()).toBe(2);
    });

    it('starts anew where the request before did not start', async () => {
      const { apiKeys } = await here().query('alice', '{ apiKeys { id } }');
      const remove = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
      await here().query('alice', remove, { keyId: apiKeys[0].id });
      const requestId = randomUUID();
      const failure = await (await Watcher.chat(here(), { requestId })).failure();
      expect(failure.extensions.code).toBe('NO_KEY_AVAILABLE');
      await here().storeKey('alice', 'OPENAI', KEY);
      const events = await (await Watcher.chat(there(), { requestId })).rest();
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    });

    it.each(['', 'x'.repeat(201)])('refuses one that is no id: %#', async (requestId) => {
      const failure = await (await Watcher.chat(here(), { requestId })).failure();
      expect(failure.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        violations: [{ path: 'input.requestId' }],
      });
    });
  });

  describe('with the graphql-ws client, which retries by itself', () => {
    /** Chooses a server anew for each connection, and cuts it on request. */
    async function retryingClient() {
      const token = await signToken('alice');
      const urls = [here().webSocketUrl, there().webSocketUrl];
      let connections = 0;
      let socket: WebSocket | null = null;
      const client = createClient({
        url: () => urls[connections++ % urls.length]!,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 5,
        retryWait: () => Promise.resolve(),
        shouldRetry: () => true,
        on: { opened: (opened) => (socket = opened as WebSocket) },
      });
      return { client, cut: () => socket?.terminate(), connections: () => connections };
    }

    it('pays once for one subscribe, however often its socket is lost', async () => {
      const upstream = script();
      const { client, cut, connections } = await retryingClient();
      const events: ChatEventData[] = [];
      const results = client.iterate<ChatData>({ query: CHAT, variables: { input: { messages: HELLO } } });
      const next = async (): Promise<ChatEventData> => {
        const { value } = await results.next();
        const event = (value as { data: ChatData }).data.chat;
        // Joined from its start: what was there is begun anew.
        if (event.seq === 1) events.length = 0;
        events.push(event);
        return event;
      };
      const until = async (text: string): Promise<void> => {
        do await next();
        while (textOf(events) !== text);
      };
      await upstream.say('one');
      await until('one');
      cut();
      await upstream.say(' two');
      await until('one two');
      cut();
      await upstream.say(' three');
      await upstream.end();
      while ((await next()).__typename !== 'ChatCompleted');
      expectNoGaps(events);
      expect(textOf(events)).toBe('one two three');
      expect(connections()).toBe(3);
      expect(calls()).toBe(1);
      expect(await outcomes()).toEqual(['OK']);
      await client.dispose();
    });

    it('starts another chat with the same id after it has unsubscribed', async () => {
      const socket = await here().socket();
      await socket.init('alice');
      const id = randomUUID();
      const first = script();
      socket.subscribe(id, CHAT, { input: { messages: HELLO } });
      const { payload } = await socket.next();
      await first.exchange;
      socket.send({ id, type: 'complete' });
      await first.closed();
      socket.subscribe(id, CHAT, { input: { messages: HELLO } });
      const { payload: another } = await socket.next();
      expect(another.data.chat.chatId).not.toBe(payload.data.chat.chatId);
      while ((await socket.next()).type !== 'complete');
      expect(calls()).toBe(2);
    });
  });
}
