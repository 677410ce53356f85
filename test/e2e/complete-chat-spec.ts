import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { hang, replay } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { plainEvent } from '../../demo/stand-in/sse.mjs';
import { KeysService } from '../../src/keys/keys.service.js';
import { HttpDoor } from '../../src/graphql/http/http-door.js';
import { KeyResolutionService } from '../../src/keys/key-resolution.service.js';
import { HELLO, signToken, textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const COMPLETE = `mutation ($input: ChatInput!) { completeChat(input: $input) {
  chatId provider model keySource text reasoning finishReason
  usage { inputTokens outputTokens reasoningTokens cachedInputTokens cacheWriteInputTokens cost { amount currency } } timings { keyResolutionMs timeToFirstTokenMs totalMs }
} }`;
const TRAIL = `{ auditEvents(first: 20) { edges { node { kind outcome chatId keyId keySource inputTokens outputTokens } } } }`;
const USAGE = { promptTokenCount: 7, candidatesTokenCount: 2, totalTokenCount: 9 };

/** A piece of Google's answers. */
const piece = (text: string, finishReason?: string): string =>
  plainEvent({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
    usageMetadata: USAGE,
  });

describe('completeChat', () => {
  const server = useTestServer({ CHAT_DISCONNECT_GRACE_MS: '60000' });
  beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));
  afterEach(() => jest.restoreAllMocks());

  const complete = (input: Record<string, unknown> = {}) =>
    server().post<any>('alice', COMPLETE, { input: { messages: HELLO, ...input } });
  const answerTo = async (input: Record<string, unknown> = {}) => {
    const { data, errors } = await complete(input);
    expect(errors).toEqual([]);
    return data?.completeChat;
  };
  const trail = async (): Promise<any[]> => {
    const { auditEvents } = await server().query('alice', TRAIL);
    return auditEvents.edges.map(({ node }: any) => node).reverse();
  };
  /** The ends of chats, as soon as there are so many. */
  const ends = async (count: number): Promise<string[]> => {
    for (;;) {
      const finished = (await trail()).filter(({ kind }) => kind === 'CHAT_FINISHED');
      if (finished.length >= count) return finished.map(({ outcome }) => outcome);
    }
  };
  const timesCalled = (): number => server().standIn.requests.length;

  it('answers with what the events of the same chat say', async () => {
    const events = await server().chatEvents('alice', {});
    const answer = await answerTo();
    const [started, completed] = [events[0], events.at(-1)];
    expect(answer).toEqual({
      chatId: expect.any(String),
      provider: started?.provider,
      model: started?.model,
      keySource: 'USER',
      text: textOf(events),
      reasoning: null,
      finishReason: 'STOP',
      usage: completed?.usage,
      timings: {
        keyResolutionMs: expect.any(Number),
        timeToFirstTokenMs: expect.any(Number),
        totalMs: expect.any(Number),
      },
    });
    const [first, second] = [(await trail()).slice(1, 3), (await trail()).slice(3)];
    const withoutId = (rows: any[]) => rows.map(({ chatId: _, ...row }) => row);
    expect(withoutId(second)).toEqual(withoutId(first));
    expect(second.map(({ chatId }) => chatId)).toEqual([answer.chatId, answer.chatId]);
  });

  it('has the reasoning apart', async () => {
    const answer = await answerTo({ reasoningEffort: 'HIGH' });
    const events = await server().chatEvents('alice', { reasoningEffort: 'HIGH' });
    const deltas = events.filter(({ __typename }) => __typename === 'ReasoningDelta');
    expect(answer.reasoning).toBe(deltas.map(({ text }) => text).join(''));
    expect(answer.reasoning).not.toBe('');
    expect(answer.text).toBe(textOf(events));
  });

  it('names the provider that answered in the place of another one', async () => {
    await server().storeKey('alice', 'GOOGLE', KEY);
    server().standIn.once('OPENAI', (exchange) => exchange.reply({ status: 503 }));
    server().standIn.once('OPENAI', (exchange) => exchange.reply({ status: 503 }));
    server().standIn.once('GOOGLE', replay([piece('Hi.', 'STOP')]));
    const answer = await answerTo({ provider: 'OPENAI', failover: true });
    expect(answer).toMatchObject({ provider: 'GOOGLE', text: 'Hi.' });
  });

  it('searches on the way', async () => {
    await server().storeKey('alice', 'BRAVE', KEY);
    const input = { webSearch: {}, messages: [{ role: 'USER', content: 'search: cats' }] };
    const answer = await answerTo(input);
    expect(answer.text).toBe(textOf(await server().chatEvents('alice', input)));
    expect((await trail()).map(({ kind }) => kind)).toContain('SEARCH_FINISHED');
  });

  describe('that fails', () => {
    beforeEach(() => server().storeKey('alice', 'GOOGLE', KEY));

    it('says why, and lets what there is of the answer be read', async () => {
      server().standIn.once('GOOGLE', replay([piece('Half of ')], { then: 'cut' }));
      const { status, data, errors } = await complete({ provider: 'GOOGLE' });
      expect({ status, data }).toEqual({ status: 200, data: null });
      expect(errors).toMatchObject([
        {
          path: ['completeChat'],
          extensions: { code: 'PROVIDER_TRUNCATED', retryable: true, chatId: expect.any(String) },
        },
      ]);
      const client = await server().client('alice');
      const { chatId } = errors[0]?.extensions as unknown as { chatId: string };
      const results = client.iterate(
        'subscription ($id: ID!) { resumeChat(chatId: $id) { __typename ... on TextDelta { text } } }',
        { id: chatId },
      );
      const seen = [];
      for await (const { data: result } of results) seen.push((result as any).resumeChat);
      expect(seen).toMatchObject([
        { __typename: 'ChatStarted' },
        { __typename: 'TextDelta', text: 'Half of ' },
        { __typename: 'ChatFailed' },
      ]);
    });

    it('says when to try again', async () => {
      const busy = { status: 429, headers: { 'retry-after': '120' }, body: {} };
      server().standIn.once('GOOGLE', (exchange) => exchange.reply(busy));
      const { errors } = await complete({ provider: 'GOOGLE' });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'PROVIDER_RATE_LIMITED',
        retryable: true,
        retryAfterMs: 120_000,
      });
    });

    it('before it starts is refused like any chat', async () => {
      const { errors } = await complete({ provider: 'ANTHROPIC' });
      expect(errors).toMatchObject([{ extensions: { code: 'NO_KEY_AVAILABLE' } }]);
      expect(errors[0]?.extensions).not.toHaveProperty('chatId');
      expect((await complete({ temperature: 3 })).errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'input.temperature' }] } },
      ]);
      expect(timesCalled()).toBe(0);
    });

    it('because it was cancelled is a CONFLICT', async () => {
      server().standIn.once('GOOGLE', hang());
      const asked = server().standIn.nextRequest('GOOGLE');
      const answer = complete({ provider: 'GOOGLE' });
      const { closedByClient } = await asked;
      const [used] = (await trail()).filter(({ kind }) => kind === 'KEY_USED');
      await server().query('alice', 'mutation ($id: ID!) { cancelChat(chatId: $id) { cancelled } }', {
        id: used.chatId,
      });
      await closedByClient;
      expect((await answer).errors).toMatchObject([
        { extensions: { code: 'CONFLICT', retryable: false, chatId: used.chatId } },
      ]);
    });
  });

  describe('with a requestId', () => {
    it('is asked once, however often it is sent', async () => {
      const input = { requestId: randomUUID() };
      const [first, second] = await Promise.all([answerTo(input), answerTo(input)]);
      expect(second).toEqual(first);
      expect(await answerTo(input)).toEqual(first);
      const events = await server().chatEvents('alice', input);
      expect(events[0]?.chatId).toBe(first.chatId);
      expect(timesCalled()).toBe(1);
    });

    it('is a CONFLICT with another input', async () => {
      const requestId = randomUUID();
      await answerTo({ requestId });
      const { errors } = await complete({ requestId, temperature: 1 });
      expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    });
  });

  /** Sends it over a connection that the test can close. */
  async function begin(query: string, input: Record<string, unknown> = {}): Promise<Socket> {
    const { port } = server().app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const body = JSON.stringify({ query, variables: { input: { messages: HELLO, ...input } } });
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: keystream\r\nContent-Type: application/json\r\nAuthorization: Bearer ${await signToken('alice')}\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
    );
    return socket;
  }

  describe('whose client leaves', () => {
    it.each([
      ['without a requestId', {}],
      ['with one', { requestId: randomUUID() }],
    ])('stops the provider at once, %s', async (_, input) => {
      server().standIn.once('OPENAI', hang());
      const asked = server().standIn.nextRequest('OPENAI');
      const socket = await begin(COMPLETE, input);
      const { closedByClient } = await asked;
      socket.destroy();
      await closedByClient;
      expect(await ends(1)).toEqual(['CANCELLED']);
    });

    it('while its key is looked up never reaches the provider', async () => {
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
      const connection = once(server().app.getHttpServer(), 'connection') as Promise<[Socket]>;
      const socket = await begin(COMPLETE, { requestId: randomUUID() });
      await held;
      const lost = once((await connection)[0], 'close');
      socket.destroy();
      await lost;
      release();
      expect(await ends(1)).toEqual(['CANCELLED']);
      expect(timesCalled()).toBe(0);
    });

    it('begins no other one that stands behind it', async () => {
      server().standIn.once('OPENAI', hang());
      const asked = server().standIn.nextRequest('OPENAI');
      const two = `mutation ($input: ChatInput!) { a: completeChat(input: $input) { text } b: completeChat(input: $input) { text } }`;
      const socket = await begin(two);
      const { closedByClient } = await asked;
      socket.destroy();
      await closedByClient;
      expect(await ends(1)).toEqual(['CANCELLED']);
      // What is asked after it is answered after it.
      expect((await answerTo()).text).not.toBe('');
      expect(await ends(2)).toEqual(['CANCELLED', 'OK']);
      expect((await trail()).filter(({ kind }) => kind === 'KEY_USED')).toHaveLength(2);
    });
  });

  describe('that takes its time', () => {
    const finish = async (exchange: Exchange): Promise<void> =>
      replay([piece('At last.', 'STOP')])(exchange, null as never) as Promise<void>;
    beforeEach(() => server().storeKey('alice', 'GOOGLE', KEY));

    it('outlasts the limit of other operations', async () => {
      const door: { operationTimeoutMs: number } = server().app.get(HttpDoor);
      const usualMs = door.operationTimeoutMs;
      try {
        server().standIn.once('GOOGLE', hang());
        const asked = server().standIn.nextRequest('GOOGLE');
        door.operationTimeoutMs = 300;
        const answer = answerTo({ provider: 'GOOGLE' });
        const exchange = await asked;
        // One that began later is ended by the limit.
        const held = new Promise<never>(() => undefined);
        jest.spyOn(server().app.get(KeyResolutionService), 'open').mockReturnValue(held);
        const search = await server().post('alice', '{ webSearch(input: { query: "words" }) { query } }');
        expect(search.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
        await finish(exchange);
        expect((await answer).text).toBe('At last.');
      } finally {
        door.operationTimeoutMs = usualMs;
      }
    });

    it('gives the limit back to what stands behind it', async () => {
      const door: { operationTimeoutMs: number } = server().app.get(HttpDoor);
      const usualMs = door.operationTimeoutMs;
      try {
        server().standIn.once('GOOGLE', hang());
        const asked = server().standIn.nextRequest('GOOGLE');
        jest.spyOn(server().app.get(KeysService), 'delete').mockReturnValue(new Promise(() => undefined));
        door.operationTimeoutMs = 300;
        const two = `mutation ($input: ChatInput!) { a: completeChat(input: $input) { text } b: deleteApiKey(keyId: "1") { deletedKeyId } }`;
        const answer = server().post('alice', two, { input: { messages: HELLO, provider: 'GOOGLE' } });
        await finish(await asked);
        expect((await answer).errors).toMatchObject([
          { path: ['b'], extensions: { code: 'SERVICE_UNAVAILABLE' } },
        ]);
      } finally {
        door.operationTimeoutMs = usualMs;
      }
    });

    it('is cut where its client does not read the answer', async () => {
      const http = server().app.getHttpServer();
      const usualMs = http.timeout;
      try {
        // More than the sockets of both sides hold: each character takes six bytes.
        const long = Array.from({ length: 60 }, () => piece('\u0001'.repeat(64 * 1024)));
        server().standIn.once('GOOGLE', replay([...long, piece('', 'STOP')]));
        http.timeout = 300;
        const connection = once(http, 'connection') as Promise<[Socket]>;
        const socket = await begin(COMPLETE, { provider: 'GOOGLE' });
        socket.pause();
        const [ours] = await connection;
        await once(ours, 'close');
        socket.destroy();
        expect(await ends(1)).toEqual(['OK']);
      } finally {
        http.timeout = usualMs;
      }
    });

    it('keeps its connection, on which nothing moves', async () => {
      const http = server().app.getHttpServer();
      const usualMs = http.timeout;
      try {
        server().standIn.once('GOOGLE', hang());
        const asked = server().standIn.nextRequest('GOOGLE');
        http.timeout = 300;
        const answer = answerTo({ provider: 'GOOGLE' });
        const exchange = await asked;
        // One that began later is cut for its silence.
        const idle = connect((http.address() as AddressInfo).port, '127.0.0.1');
        idle.write('POST /graphql HTTP/1.1\r\n');
        await once(idle, 'close');
        await finish(exchange);
        expect((await answer).text).toBe('At last.');
      } finally {
        http.timeout = usualMs;
      }
    });
  });
});
