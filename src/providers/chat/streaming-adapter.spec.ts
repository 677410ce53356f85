import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { blockEventLoop } from '../../../test/support/block-event-loop.js';
import { passTime } from '../../../test/support/pass-time.js';
import { collect, failureOf } from '../../../test/support/collect.js';
import { partsOf } from '../../../test/support/parts.js';
import { isTurnOver } from '../../common/event-loop-turn.js';
import { Secret } from '../../common/secret.js';
import type { ServerSentEvent } from '../../outbound/server-sent-event-parser.js';
import {
  KeyRejectedError,
  ProviderTimeoutError,
  ProviderTruncatedError,
  ProviderUnavailableError,
} from '../../outbound/upstream-error.js';
import type { ChatDecoder } from './chat-dialect.js';
import type { ChatPart } from './contract.js';
import { StreamingAdapter } from './streaming-adapter.js';
import { listOrNull } from './value-at.js';

/** A body whose pieces the test sends, and which reports when it is closed. */
class Connection implements AsyncIterableIterator<Uint8Array, undefined> {
  closed = 0;
  waiting = 0;
  readonly #queue: (() => IteratorResult<Uint8Array, undefined>)[] = [];
  #wake: (() => void) | null = null;

  send(...texts: string[]): void {
    for (const text of texts) this.#add(() => ({ done: false, value: Buffer.from(text) }));
  }

  finish(): void {
    this.#add(() => ({ done: true, value: undefined }));
  }

  fail(error: Error): void {
    this.#add(() => {
      throw error;
    });
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#queue.length === 0) {
      this.waiting++;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const result = this.#queue[0]!();
    if (result.done !== true) this.#queue.shift();
    return result;
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.closed++;
    this.finish();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #add(result: () => IteratorResult<Uint8Array, undefined>): void {
    this.#queue.push(result);
    this.#wake?.();
  }
}

/**
 * Each event is a text, but for `end`, which ends the answer, and `soon`, after which it may be over. `long` takes its
 * time.
 */
class WordDecoder implements ChatDecoder {
  mayEnd = false;

  push({ data }: ServerSentEvent): ChatPart[] {
    if (data === 'bug') throw new TypeError('sk-key is not a function');
    if (data === 'refused') throw new KeyRejectedError();
    if (data === 'soon') this.mayEnd = true;
    if (data === 'long') blockEventLoop(15);
    return [data === 'end' ? { type: 'finish', reason: 'STOP' } : { type: 'text', text: data }];
  }

  end(): ChatPart[] {
    if (!this.mayEnd) throw new ProviderTruncatedError();
    return [{ type: 'finish', reason: 'OTHER' }];
  }
}

const event = (data: string): string => `data: ${data}\n\n`;

const connections: Connection[] = [];

function open({ status = 200, signal = new AbortController().signal, onBatch = (): void => undefined } = {}) {
  const connection = new Connection();
  connections.push(connection);
  const reported: string[] = [];
  const request = jest.fn(() => Promise.resolve({ status, headers: new Headers(), body: connection }));
  const adapter = new StreamingAdapter(
    {
      toRequest: ({ model }, { api }) => ({ url: `${api}/${model}`, headers: { own: '1' }, body: { model } }),
      toKeyHeaders: (key) => ({ key: key.reveal() }),
      createDecoder: () => new WordDecoder(),
      models: {
        toRequest: ({ api }) => ({ url: `${api}/models` }),
        entriesIn: (answer) => listOrNull(answer),
        toModel: (id) => ({ id }),
      },
      toFailure: () => new KeyRejectedError(),
    },
    { endpoints: { api: 'https://api' }, firstByteTimeoutMs: 1, idleTimeoutMs: 2 },
    { request },
    (failure) => reported.push(failure.code),
  );
  const key = Secret.fromText('sk-key');
  const parts = partsOf<ChatPart>((onParts) =>
    adapter.stream({ model: 'm', messages: [] }, key, signal, (batch) => {
      onBatch();
      return onParts(batch);
    }),
  );
  return { connection, request, adapter, parts, reported };
}

describe('StreamingAdapter', () => {
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.finish();
    await nextTurn();
    jest.useRealTimers();
  });

  it('hands parts on in a turn that has time for them, where they took long to read', async () => {
    const wasOver: boolean[] = [];
    const { connection, parts } = open({ onBatch: () => wasOver.push(isTurnOver()) });
    connection.send(event('one') + event('long') + event('end'));
    expect(await collect(parts)).toHaveLength(3);
    expect(wasOver).toEqual([false, false]);
  });

  it('sends what the dialect makes of the request, with the key in a header', async () => {
    const { request, connection, parts } = open();
    connection.send(event('end'));
    await collect(parts);
    expect(request.mock.calls).toEqual([
      [
        {
          method: 'POST',
          url: 'https://api/m',
          headers: {
            accept: 'text/event-stream',
            'content-type': 'application/json',
            'user-agent': 'keystream',
            own: '1',
            key: 'sk-key',
          },
          body: '{"model":"m"}',
          signal: expect.any(AbortSignal),
          firstByteTimeoutMs: 1,
          idleTimeoutMs: 2,
        },
      ],
    ]);
  });

  it.each(['refused', 'bug'])('closes the connection after a failure (%s)', async (what) => {
    const { connection, parts, reported } = open();
    connection.send(event('one') + event(what) + event('two'));
    await parts.next();
    const failure = await failureOf(parts.next());
    expect(reported).toEqual([what === 'bug' ? 'PROVIDER_UNAVAILABLE' : 'KEY_REJECTED']);
    expect(failure).toBeInstanceOf(what === 'bug' ? ProviderUnavailableError : KeyRejectedError);
    expect(failure).not.toHaveProperty('cause');
    expect(connection.closed).toBe(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('of our own');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('of our own'))],
  ])('makes no failure of the provider of a consumer that %s', async (_, onParts: () => Promise<void>) => {
    const { connection, adapter, reported } = open();
    connection.send(event('one'));
    const request = { model: 'm', messages: [] };
    const call = adapter.stream(request, Secret.fromText('sk-key'), new AbortController().signal, onParts);
    expect(await failureOf(call)).toEqual(new TypeError('of our own'));
    expect([reported, connection.closed]).toEqual([[], 1]);
  });

  it('reads a refusal to its end', async () => {
    const { connection, parts } = open({ status: 401 });
    connection.send('{"error":1}');
    connection.finish();
    expect(await failureOf(parts)).toBeInstanceOf(KeyRejectedError);
  });

  it('lets the response end by itself after the last part, and takes nothing more of it', async () => {
    const { connection, parts } = open();
    connection.send(event('one') + event('end') + event('two'));
    expect(await collect(parts)).toEqual([
      { type: 'text', text: 'one' },
      { type: 'finish', reason: 'STOP' },
    ]);
    connection.send('more');
    connection.finish();
    await new Promise(setImmediate);
    expect(connection.closed).toBe(0);
  });

  it('gives up a response that does not end after its last part', async () => {
    jest.useFakeTimers();
    const { connection, parts } = open();
    connection.send(event('end'));
    await collect(parts);
    expect(connection.closed).toBe(0);
    await passTime(1000);
    expect(connection.closed).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('throws the reason of an abort, also if something else follows', async () => {
    const client = new AbortController();
    const { connection, parts, reported } = open({ signal: client.signal });
    connection.send(event('one'), event('two'));
    await parts.next();
    const reason = new Error('left');
    client.abort(reason);
    expect(await failureOf(parts.next())).toBe(reason);
    expect(connection.closed).toBe(1);
    expect(reported).toEqual([]);
  });

  it('reports an abort that is for the provider to answer for: its time is over', async () => {
    const run = new AbortController();
    const { connection, parts, reported } = open({ signal: run.signal });
    connection.send(event('one'), event('two'));
    await parts.next();
    const reason = new ProviderTimeoutError();
    run.abort(reason);
    expect(await failureOf(parts.next())).toBe(reason);
    expect(connection.closed).toBe(1);
    expect(reported).toEqual(['PROVIDER_TIMEOUT']);
  });

  describe('an answer that may be over', () => {
    it('is over where the body ends', async () => {
      const { connection, parts } = open();
      connection.send(event('soon'), event('more'));
      connection.finish();
      expect(await collect(parts)).toEqual([
        { type: 'text', text: 'soon' },
        { type: 'text', text: 'more' },
        { type: 'finish', reason: 'OTHER' },
      ]);
    });

    it('is over after five seconds without a byte, and not before', async () => {
      jest.useFakeTimers();
      const { connection, parts } = open();
      const all = collect(parts);
      connection.send(event('soon'));
      await passTime(4_900);
      connection.send(': still here\n\n');
      await passTime(4_900);
      connection.send(event('more'));
      await passTime(4_900);
      expect(connection.closed).toBe(0);
      await passTime(200);
      expect(connection.closed).toBe(1);
      expect(await all).toHaveLength(3);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('counts what has arrived by the time that a busy process comes to its timer', async () => {
      jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate'] });
      const { connection, parts } = open();
      const all = collect(parts);
      connection.send(event('soon'));
      await new Promise(setImmediate);
      jest.advanceTimersByTime(5_000);
      connection.send(event('end'));
      expect((await all).at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
      expect(connection.closed).toBe(0);
    });

    it('is over where the limit on silence is shorter', async () => {
      const { connection, parts } = open();
      connection.send(event('soon'));
      connection.fail(new ProviderTimeoutError());
      expect((await collect(parts)).at(-1)).toEqual({ type: 'finish', reason: 'OTHER' });
    });

    it('is cut where the connection breaks', async () => {
      const { connection, parts } = open();
      connection.send(event('soon'));
      connection.fail(new ProviderTruncatedError());
      expect(await failureOf(parts)).toBeInstanceOf(ProviderTruncatedError);
    });

    it('ends with the reason of an abort', async () => {
      const client = new AbortController();
      const { connection, parts } = open({ signal: client.signal });
      connection.send(event('soon'));
      await parts.next();
      const next = failureOf(parts.next());
      const reason = new ProviderTimeoutError();
      client.abort(reason);
      connection.fail(reason);
      expect(await next).toBe(reason);
    });
  });
});
