import { once as eventOf } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import {
  cut,
  flood,
  hang,
  redirect,
  replay,
  reply,
  type Behaviour,
} from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { Secret } from '../../src/common/secret.js';
import { StreamingAdapter } from '../../src/providers/chat/streaming-adapter.js';
import type { ChatMessage } from '../../src/providers/chat/contract.js';
import { registry } from '../../src/providers/registry/registry.js';
import { partsOf } from '../support/parts.js';
import { collect, failureOf } from '../support/collect.js';
import { chatCases, conversation } from './chat-adapter-cases.js';
import { inPiecesOf, joined, KEY, useAdapter, addressOf } from './chat-adapter-harness.js';

const TEXT = 'Grüße und 日本 👩‍💻\ndata: done!';

it('covers every chat provider of the registry', () => {
  const ids = registry.filter(({ kind }) => kind === 'CHAT').map(({ id }) => id);
  expect(chatCases.map(({ entry }) => entry.id)).toEqual(ids);
});

describe.each(chatCases)('$entry.displayName', (provider) => {
  const { entry } = provider;
  const { standIn, outboundTo, stream, answerWith, fixture, codeOf } = useAdapter(entry, provider.model);

  const first = provider.textEvent('First words');
  const firstThenSilence = (): Behaviour => replay([first], { then: 'hang' });

  describe('the request', () => {
    it('is one, with the key in its header and nowhere else', async () => {
      await collect(stream());
      expect(standIn().requests).toHaveLength(1);
      const [exchange] = standIn().requests as [Exchange];
      expect([exchange.method, exchange.path]).toEqual(['POST', provider.path]);
      const { [provider.keyHeader]: header, ...otherHeaders } = exchange.headers;
      expect(header).toBe(provider.keyScheme + KEY);
      expect(JSON.stringify([exchange.path, exchange.body, otherHeaders])).not.toContain(KEY);
    });

    it('has no headers but those that it needs', async () => {
      await collect(stream());
      expect(standIn().requests[0]!.headers).toEqual({
        host: expect.any(String),
        connection: 'keep-alive',
        'content-length': expect.any(String),
        accept: 'text/event-stream',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'user-agent': 'keystream',
        [provider.keyHeader]: provider.keyScheme + KEY,
        ...provider.headers,
      });
    });

    it('leaves to the provider what is not asked for', async () => {
      await collect(stream());
      expect(standIn().requests[0]!.body).toEqual(provider.minimal);
    });

    it.each(provider.options)('has %j', async (request, changed) => {
      await collect(stream(request));
      expect(standIn().requests[0]!.body).toEqual({ ...provider.minimal, ...changed });
    });

    it('holds a conversation as the provider takes it', async () => {
      await collect(stream({ messages: conversation }));
      expect(standIn().requests[0]!.body).toEqual({ ...provider.minimal, ...provider.conversation });
    });

    it('marks a conversation that is to be cached where the provider wants marks', async () => {
      await collect(stream({ messages: conversation, promptCache: 'AUTO' }));
      const changed = provider.cachedConversation ?? provider.conversation;
      expect(standIn().requests[0]!.body).toEqual({ ...provider.minimal, ...changed });
    });

    it('marks no text that is blank', async () => {
      const messages = [
        { role: 'SYSTEM', content: ' ' },
        { role: 'USER', content: '' },
      ] as const;
      await collect(stream({ messages, promptCache: 'AUTO' }));
      await collect(stream({ messages, promptCache: 'OFF' }));
      const [marked, plain] = standIn().requests;
      expect(marked!.body).toEqual(plain!.body);
    });

    it.each(['', ' ', '\n\t '])(
      'leaves out an answer of %j, which no provider takes back',
      async (content) => {
        const said = (text: string): ChatMessage => ({ role: 'USER', content: text });
        const nothing: ChatMessage = { role: 'ASSISTANT', content };
        await collect(stream({ messages: [said('Hello'), nothing, said('?'), nothing] }));
        await collect(stream({ messages: [said('Hello'), said('?')] }));
        const [withBlank, without] = standIn().requests as [Exchange, Exchange];
        expect(withBlank.body).toEqual(without.body);
      },
    );

    it('says neighbours of one role in one turn', async () => {
      const roles = ['USER', 'ASSISTANT', 'ASSISTANT', 'USER', 'USER', 'USER'] as const;
      await collect(stream({ messages: roles.map((role, index) => ({ role, content: `text ${index}` })) }));
      const { body } = standIn().requests[0]!;
      const turns = (body.input ?? body.messages ?? body.contents) as { readonly role: string }[];
      expect(turns.map(({ role }) => (role === 'user' ? role : 'other'))).toEqual(['user', 'other', 'user']);
      const texts = turns.map((turn) => JSON.stringify(turn).match(/text \d/g));
      expect(texts).toEqual([['text 0'], ['text 1', 'text 2'], ['text 3', 'text 4', 'text 5']]);
    });

    it('leaves out instructions that are blank', async () => {
      const hello: ChatMessage = { role: 'USER', content: 'Hello' };
      await collect(stream({ messages: [{ role: 'SYSTEM', content: ' ' }, hello] }));
      expect(standIn().requests[0]!.body).toEqual(provider.minimal);
    });

    it('holds no half of a character', async () => {
      const half = 'Hello \ud83d';
      const messages = (['SYSTEM', 'USER', 'ASSISTANT', 'USER'] as const).map((role) => ({
        role,
        content: half,
      }));
      await collect(stream({ messages, model: 'model\udc00' })).catch(() => null);
      const [{ body, path }] = standIn().requests as [Exchange];
      const sent = decodeURIComponent(path) + JSON.stringify(body);
      expect(sent).toContain('Hello \ufffd');
      expect(sent).toContain('model\ufffd');
      expect(sent).not.toMatch(/\\ud/);
    });

    it('keeps a strange model in its place', async () => {
      await collect(stream({ model: 'a/../b?c=d#e' })).catch(() => null);
      const [{ body, path }] = standIn().requests as [Exchange];
      expect(body.model ?? decodeURIComponent(path)).toContain('a/../b?c=d#e');
      expect(path.replaceAll(/%\w\w/g, '')).not.toMatch(/\.\.\/|c=d/);
    });

    it('carries each call its own key', async () => {
      const adapterCalls = ['sk-one', 'sk-two'].map(async (key) => {
        standIn().acceptKey(entry.id, key);
        const api = addressOf(entry, standIn());
        const settings = { endpoints: { api }, firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000 };
        const request = { model: provider.model, messages: conversation };
        const signal = new AbortController().signal;
        const adapter = new StreamingAdapter(entry.dialect, settings, outboundTo(api), () => undefined);
        await collect(partsOf((onParts) => adapter.stream(request, Secret.fromText(key), signal, onParts)));
      });
      await Promise.all(adapterCalls);
      expect(
        standIn()
          .requests.map(({ key }) => key)
          .sort(),
      ).toEqual(['sk-one', 'sk-two']);
    });

    describe('where variables of the package are set', () => {
      const before = { ...process.env };
      const printed = (['debug', 'info', 'log', 'warn', 'error'] as const).map(
        (level) => () => jest.spyOn(console, level).mockImplementation(() => undefined),
      );

      afterEach(() => {
        process.env = { ...before };
        jest.restoreAllMocks();
      });

      it('is the same, and nothing is printed', async () => {
        await collect(stream());
        Object.assign(process.env, provider.packageVariables);
        const spies = printed.map((spy) => spy());
        await collect(stream());
        const [without, having] = standIn().requests as [Exchange, Exchange];
        expect([having.headers, having.path, having.body]).toEqual([
          without.headers,
          without.path,
          without.body,
        ]);
        void answerWith(replay([first, provider.malformedEvent]));
        await failureOf(stream());
        for (const spy of spies) expect(spy).not.toHaveBeenCalled();
      });
    });
  });

  describe('the answer', () => {
    it.each([
      ['whole', 1_000_000],
      ['in pieces of 7 bytes', 7],
      ['byte by byte', 1],
    ])('is read the same when it comes %s', async (_name, size) => {
      void answerWith(replay(inPiecesOf(size, await fixture('answer'))));
      const parts = await collect(stream());
      expect(joined('text', parts)).toBe(TEXT);
      expect(joined('reasoning', parts)).toBe(provider.reasoning);
      expect(parts.findLast(({ type }) => type === 'usage')).toEqual({
        type: 'usage',
        usage: provider.usage,
      });
      expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
      expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(parts.filter((part) => 'text' in part && part.text === '')).toEqual([]);
    });

    it('is read with the other ends of lines, too', async () => {
      const text = (await fixture('answer')).toString('utf8');
      const other = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n');
      void answerWith(replay(inPiecesOf(7, Buffer.from(other))));
      expect(joined('text', await collect(stream()))).toBe(TEXT);
    });

    it('arrives while it is written', async () => {
      const received = answerWith(firstThenSilence());
      const parts = stream()[Symbol.asyncIterator]();
      expect(await parts.next()).toMatchObject({ value: { type: 'text', text: 'First words' } });
      const exchange = await received;
      const second = parts.next();
      await exchange.write(provider.textEvent('Second words'));
      expect(await second).toMatchObject({ value: { type: 'text', text: 'Second words' } });
      await parts.return?.();
    });

    it.each(provider.finishes)('with %j as %j finishes with %s', async (piece, replacement, reason) => {
      const answer = (await fixture('answer')).toString('utf8');
      const pattern = piece.startsWith('event: ') ? new RegExp(piece) : piece;
      const changed = answer.replace(pattern, () => replacement);
      void answerWith(replay([changed]));
      const parts = await collect(stream());
      expect(parts.at(-1)).toEqual({ type: 'finish', reason });
      expect(joined('text', parts)).toBe(TEXT);
    });

    it('may be a refusal', async () => {
      void answerWith(replay([await fixture('refusal')]));
      const parts = await collect(stream());
      expect(joined('text', parts)).toBe("I'm sorry, I cannot help with that.");
      expect(parts.slice(-2)).toEqual([
        {
          type: 'usage',
          usage: expect.objectContaining({ inputTokens: 12, outputTokens: 9 }) as unknown,
        },
        { type: 'finish', reason: 'CONTENT_FILTER' },
      ]);
    });

    it('may hold unknown events and fields', async () => {
      const known = (await fixture('answer')).toString('utf8');
      const strange = 'event: new.kind\ndata: {"type":"new.kind","delta":{"new":[1]},"part":null}\n\n';
      void answerWith(replay([`: comment\n\nretry: 5\nid: 7\n\n${strange}`, known]));
      expect(joined('text', await collect(stream()))).toBe(TEXT);
    });

    it('does not need the connection to end', async () => {
      void answerWith(replay([await fixture('answer')], { then: 'hang' }));
      const impatient = stream({}, undefined, { idleTimeoutMs: 200 });
      expect((await collect(impatient)).at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
    });

    it.each(['end', 'cut'] as const)('is PROVIDER_TRUNCATED without its last event (%s)', async (then) => {
      const answer = (await fixture('answer')).toString('utf8');
      const at = answer.lastIndexOf(provider.closing);
      expect(at).toBeGreaterThan(0);
      void answerWith(replay([answer.slice(0, at)], { then }));
      expect(await codeOf(stream())).toBe('PROVIDER_TRUNCATED');
    });

    it('is PROVIDER_TRUNCATED where there is none', async () => {
      void answerWith(reply({ status: 200 }));
      expect(await codeOf(stream())).toBe('PROVIDER_TRUNCATED');
    });

    it('is an outage where an event is no JSON', async () => {
      const received = answerWith(replay([first, provider.malformedEvent], { then: 'hang' }));
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
      await (
        await received
      ).closedByClient;
    });

    it('is left where an event does not end', async () => {
      const bytes = 50_000_000;
      const received = answerWith(flood({ first: `${first}data: {"`, chunk: 'x'.repeat(65_536), bytes }));
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
      const exchange = await received;
      await exchange.closedByClient;
      expect(exchange.sentBytes).toBeLessThan(bytes / 2);
    });

    it('is read no further than its reader', async () => {
      const bytes = 30_000_000;
      const chunk = provider.textEvent('x'.repeat(10_000));
      const stalled = answerWith(flood({ chunk, bytes }));
      const reader = new AbortController();
      const parts = stream({}, reader.signal)[Symbol.asyncIterator]();
      await parts.next();
      void answerWith(flood({ chunk, bytes }));
      // By the time another reader has taken all of its answer, this one's upstream has long stalled.
      expect(await codeOf(stream())).toBe('PROVIDER_TRUNCATED');
      const exchange = await stalled;
      expect(exchange.sentBytes).toBeLessThan(bytes / 3);
      reader.abort();
      await exchange.closedByClient;
    });
  });

  describe('a failure', () => {
    it.each([
      ['badKey', 'KEY_REJECTED'],
      ['exhausted', 'KEY_EXHAUSTED'],
      ['rateLimit', 'PROVIDER_RATE_LIMITED'],
    ] as const)('%s is %s, and the echoed key stays behind', async (error, code) => {
      const answer = provider.errors[error](KEY);
      expect(JSON.stringify(answer)).toContain(KEY);
      void answerWith(reply(answer));
      expect(await codeOf(stream(), answer.body)).toBe(code);
      expect(standIn().requests).toHaveLength(1);
    });

    it.each(provider.furtherErrors)('%s: %j', async (code, answer) => {
      void answerWith(reply(answer));
      expect(await codeOf(stream(), answer.body)).toBe(code);
    });

    it.each(provider.streamErrors)('in the stream is %s: %s', async (code, event) => {
      const received = answerWith(replay([first, event(`It was about ${KEY}.`)]));
      expect(await codeOf(stream())).toBe(code);
      await received;
    });

    it('is KEY_REJECTED for a key that the service does not know', async () => {
      standIn().revokeKey(entry.id, KEY);
      expect(await codeOf(stream())).toBe('KEY_REJECTED');
    });

    it('says when a retry makes sense', async () => {
      void answerWith(reply(provider.errors.rateLimit(KEY)));
      expect(await failureOf(stream())).toMatchObject({ retryAfterMs: provider.retryAfterMs });
      void answerWith(reply({ status: 503, headers: { 'retry-after': '3' } }));
      expect(await failureOf(stream())).toMatchObject({ retryAfterMs: provider.isStatusOnly ? null : 3000 });
    });

    it('is an outage where no server listens', async () => {
      await standIn().stop();
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
    });

    it('is an outage where the connection is cut before the headers', async () => {
      void answerWith(cut());
      expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
      expect(standIn().requests).toHaveLength(1);
    });

    it.each([301, 302, 307, 308])(
      'is an outage where a %i leads elsewhere: the key is not sent there',
      async (status) => {
        void answerWith(redirect(`${standIn().url}/openai/elsewhere`, status));
        expect(await codeOf(stream())).toBe('PROVIDER_UNAVAILABLE');
        expect(standIn().requests).toHaveLength(1);
      },
    );

    // What is not to run out must be long: on a busy machine the first byte takes its time.
    it.each([
      ['no headers', 'PROVIDER_TIMEOUT', hang(), { firstByteTimeoutMs: 100 }],
      ['no body', 'PROVIDER_TIMEOUT', replay([], { then: 'hang' }), { firstByteTimeoutMs: 100 }],
      ['only the first words', 'PROVIDER_TIMEOUT', firstThenSilence(), { idleTimeoutMs: 100 }],
      [
        'half an error',
        'PROVIDER_UNAVAILABLE',
        replay(['{"error"'], { then: 'hang', status: 401 }),
        { idleTimeoutMs: 100 },
      ],
    ])(
      'ends the wait where there are %s: %s, and the socket is closed',
      async (_name, code, behaviour, short) => {
        const received = answerWith(behaviour);
        expect(await codeOf(stream({}, undefined, short))).toBe(code);
        await (
          await received
        ).closedByClient;
      },
    );
  });

  describe('leaving', () => {
    const reason = new Error('the client left');

    it('sends nothing when the signal has aborted before', async () => {
      expect(await failureOf(stream({}, AbortSignal.abort(reason)))).toBe(reason);
      expect(standIn().requests).toHaveLength(0);
    });

    it('stops connecting', async () => {
      const client = new AbortController();
      await whileNobodyAnswers(async (api, connected) => {
        const failure = failureOf(stream({}, client.signal, { endpoints: { api } }));
        await connected;
        client.abort(reason);
        expect(await failure).toBe(reason);
      });
    });

    it.each([
      ['before the headers', hang()],
      ['before the first byte', replay([], { then: 'hang' })],
      ['in an error', replay(['{"error"'], { then: 'hang', status: 401 })],
    ])('closes the socket when the signal aborts %s', async (_name, behaviour) => {
      const client = new AbortController();
      const received = answerWith(behaviour);
      const failure = failureOf(stream({}, client.signal));
      const exchange = await received;
      client.abort(reason);
      expect(await failure).toBe(reason);
      await exchange.closedByClient;
    });

    it('closes the socket when the signal aborts while the provider is silent', async () => {
      const client = new AbortController();
      const received = answerWith(firstThenSilence());
      const parts = stream({}, client.signal)[Symbol.asyncIterator]();
      await parts.next();
      const next = failureOf(parts.next());
      client.abort(reason);
      expect(await next).toBe(reason);
      await (
        await received
      ).closedByClient;
      expect(await parts.next()).toEqual({ done: true, value: undefined });
    });

    it('closes the socket when the signal aborts between two parts', async () => {
      const client = new AbortController();
      const received = answerWith(replay([first, first], { then: 'hang' }));
      const parts = stream({}, client.signal)[Symbol.asyncIterator]();
      await parts.next();
      client.abort(reason);
      // What was read before it may come still.
      expect(await failureOf(collect({ [Symbol.asyncIterator]: () => parts }))).toBe(reason);
      await (
        await received
      ).closedByClient;
    });
  });
});

/** An address whose server takes connections and leaves the TLS handshake unanswered: connecting never ends. */
async function whileNobodyAnswers(
  work: (url: string, connected: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await eventOf(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await work(`https://127.0.0.1:${port}`, eventOf(server, 'connection'));
  const closed = eventOf(server, 'close');
  for (const socket of sockets) socket.destroy();
  server.close();
  await closed;
}
