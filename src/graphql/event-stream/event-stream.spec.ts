import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jest } from '@jest/globals';
import { passTime } from '../../../test/support/pass-time.js';
import { EventStream } from './event-stream.js';
import { parts, serverSentEvents } from './stream-encoding.js';

const PING = ':\n\n';
const INTERVAL_MS = 12_000;
const MARK = 64 * 1024;

class FakeSocket extends EventEmitter {
  destroyed = false;
  readableEnded = false;
  closed = false;

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.closed = true;
    this.emit('close');
  }
}

/** A response of which nothing is taken before `take` is called. */
class FakeResponse extends EventEmitter {
  written: string[] = [];
  ended = false;
  headers: Record<string, string> | null = null;
  #waiting: { readonly text: string; readonly onTaken: (() => void) | undefined }[] = [];

  get writableLength(): number {
    return this.#waiting.reduce((total, { text }) => total + text.length, 0);
  }

  writeHead(_: number, headers: Record<string, string>): void {
    this.headers = headers;
  }

  write(text: string, onTaken?: () => void): void {
    this.written.push(text);
    this.#waiting.push({ text, onTaken });
  }

  end(text?: string): void {
    if (text) this.write(text);
    this.ended = true;
  }

  take(): void {
    for (const { onTaken } of this.#waiting.splice(0)) onTaken?.();
  }
}

const opened: EventStream[] = [];

function open(socket = new FakeSocket(), encoding = serverSentEvents) {
  const response = new FakeResponse();
  const stream = new EventStream(
    { socket } as unknown as IncomingMessage,
    response as unknown as ServerResponse,
    { 'cache-control': 'no-store', 'x-request-id': '1' },
    encoding,
  );
  opened.push(stream);
  return { socket, response, stream };
}

const sizeOf = (result: Promise<void> | void): 'waits' | 'goes on' => (result ? 'waits' : 'goes on');

describe('EventStream', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    for (const stream of opened.splice(0)) stream.terminate();
    jest.useRealTimers();
  });

  it('begins at once, and forbids proxies to keep, change or collect it', () => {
    const { response } = open();
    expect(response.headers).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': '1',
    });
    expect(response.written).toEqual([PING]);
  });

  it('writes results and the end as graphql-sse has them', () => {
    const { response, stream } = open();
    void stream.next(JSON.stringify({ data: { seq: 1 } }));
    stream.complete();
    expect(response.written.slice(1)).toEqual([
      'event: next\ndata: {"data":{"seq":1}}\n\n',
      'event: complete\ndata:\n\n',
    ]);
    expect(response.ended).toBe(true);
    expect(stream.signal.aborted).toBe(false);
  });

  it('writes parts as Apollo has them, each with the boundary behind it', () => {
    const { response, stream } = open(new FakeSocket(), parts);
    void stream.next(JSON.stringify({ data: { seq: 1 } }));
    stream.complete();
    expect(response.headers).toMatchObject({
      'content-type': 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
      'cache-control': 'no-store, no-transform',
    });
    expect(response.written).toEqual([
      '\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql',
      '\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"seq":1}}}\r\n--graphql',
      '--\r\n',
    ]);
  });

  it('lets its source go on while less than 64 KiB wait, and then only when they are taken', async () => {
    const { response, stream } = open();
    const result = JSON.stringify({ data: { text: 'x'.repeat(MARK / 2) } });
    expect(sizeOf(stream.next(result))).toBe('goes on');
    const waiting = stream.next(result);
    expect(sizeOf(waiting)).toBe('waits');
    response.take();
    await waiting;
    expect(sizeOf(stream.next(result))).toBe('goes on');
  });

  it('lets a pending send end when the connection is lost', async () => {
    const { socket, stream } = open();
    const waiting = stream.next(JSON.stringify({ data: { text: 'x'.repeat(MARK) } }));
    expect(sizeOf(waiting)).toBe('waits');
    socket.destroy();
    await waiting;
    expect(sizeOf(stream.next('{}'))).toBe('goes on');
  });

  it.each([
    ['its client ends the connection', ({ socket }: ReturnType<typeof open>) => socket.emit('end')],
    ['the connection is lost', ({ socket }) => socket.destroy()],
    ['the response is closed', ({ response }) => response.emit('close')],
    ['it is ended in its middle', ({ stream }) => void stream.close()],
    ['it is cut', ({ stream }) => stream.terminate()],
  ])('aborts its signal, writes no more and leaves no timer of its pings when %s', async (_, act) => {
    const opened = open();
    act(opened);
    expect(opened.stream.signal.aborted).toBe(true);
    opened.stream.complete();
    void opened.stream.next(JSON.stringify({ data: {} }));
    await passTime(10 * INTERVAL_MS);
    expect(opened.response.written).toEqual([PING]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each(['destroyed', 'readableEnded'] as const)(
    'writes nothing where its client has left before: %s',
    (how) => {
      const socket = new FakeSocket();
      socket[how] = true;
      const { response, stream } = open(socket);
      expect(stream.signal.aborted).toBe(true);
      expect(socket.destroyed).toBe(true);
      expect(response.written).toEqual([]);
    },
  );

  it('is closed from the beginning where its connection is', async () => {
    const socket = new FakeSocket();
    socket.destroy();
    await open(socket).stream.closed;
  });

  it('sends a comment every 12 seconds', async () => {
    const { response } = open();
    for (let count = 1; count <= 3; count++) {
      response.take();
      expect(response.written).toHaveLength(count);
      await passTime(INTERVAL_MS);
    }
    expect(new Set(response.written)).toEqual(new Set([PING]));
  });

  it('cuts a client that takes nothing from one ping to the next', async () => {
    const { socket, response, stream } = open();
    response.take();
    await passTime(INTERVAL_MS);
    await passTime(INTERVAL_MS - 1);
    expect(socket.destroyed).toBe(false);
    await passTime(1);
    expect(socket.destroyed).toBe(true);
    expect(stream.signal.aborted).toBe(true);
  });

  it('is closed when its client has taken the end, and cut where it does not within a second', async () => {
    const [taken, left] = [open(), open()];
    const closing = Promise.all([taken.stream.close(), left.stream.close()]);
    expect([taken.response.ended, left.response.ended]).toEqual([true, true]);
    taken.response.emit('close');
    await passTime(1_000);
    await closing;
    expect(taken.socket.destroyed).toBe(false);
    expect(left.socket.destroyed).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('cuts a client that does not take the last event within 12 seconds', async () => {
    const { socket, stream } = open();
    stream.complete();
    await passTime(INTERVAL_MS - 1);
    expect(socket.destroyed).toBe(false);
    await passTime(1);
    expect(socket.destroyed).toBe(true);
  });

  it('leaves the connection as it found it: another request may use it', () => {
    const { socket, response, stream } = open();
    stream.complete();
    response.emit('close');
    expect(socket.eventNames()).toEqual([]);
    expect(socket.destroyed).toBe(false);
  });
});
