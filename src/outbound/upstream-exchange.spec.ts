import { jest } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { failureOf } from '../../test/support/collect.js';
import { ProviderTimeoutError, ProviderUnavailableError } from './upstream-error.js';
import { UpstreamExchange } from './upstream-exchange.js';

const LIMITS = { firstByteTimeoutMs: 1000, idleTimeoutMs: 100 };

class Connection implements Dispatcher.DispatchController {
  aborted = false;
  paused = false;
  readonly reason = null;
  abort(): void {
    this.aborted = true;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
}

const exchanges: UpstreamExchange[] = [];

function start(limits = LIMITS) {
  const connection = new Connection();
  const exchange = new UpstreamExchange({ ...limits, signal: new AbortController().signal });
  exchanges.push(exchange);
  exchange.onRequestStart(connection);
  return {
    connection,
    exchange,
    headers: () => exchange.onResponseStart(connection, 200, {}),
    receive: (text: string) => exchange.onResponseData(connection, Buffer.from(text)),
  };
}

const textOf = ({ value }: IteratorResult<Uint8Array, undefined>): string =>
  Buffer.from(value ?? []).toString();

describe('UpstreamExchange', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(async () => {
    for (const exchange of exchanges.splice(0)) await exchange.return();
    jest.useRealTimers();
  });

  describe('time limits', () => {
    it('measures it from the last part of a body that is sent piece by piece', async () => {
      const { exchange, headers, connection } = start({ firstByteTimeoutMs: 1000, idleTimeoutMs: 5000 });
      for (let sent = 0; sent < 5; sent += 1) {
        jest.advanceTimersByTime(600);
        exchange.noteSent();
      }
      headers();
      const failure = failureOf(exchange);
      jest.advanceTimersByTime(999);
      expect(connection.aborted).toBe(false);
      jest.advanceTimersByTime(1);
      expect(await failure).toBeInstanceOf(ProviderTimeoutError);
      exchange.noteSent();
      expect(jest.getTimerCount()).toBe(0);
    });

    it('measures the first byte from the request, not from the headers', async () => {
      const { exchange, headers, connection } = start({ firstByteTimeoutMs: 1000, idleTimeoutMs: 5000 });
      jest.advanceTimersByTime(600);
      headers();
      const failure = failureOf(exchange);
      jest.advanceTimersByTime(399);
      expect(connection.aborted).toBe(false);
      jest.advanceTimersByTime(1);
      expect(await failure).toBeInstanceOf(ProviderTimeoutError);
      expect(connection.aborted).toBe(true);
    });

    it('gives the first byte its whole time, also after headers that came at once', async () => {
      const { exchange, headers, receive } = start({ firstByteTimeoutMs: 1000, idleTimeoutMs: 100 });
      headers();
      const first = exchange.next();
      jest.advanceTimersByTime(999);
      receive('one');
      expect(textOf(await first)).toBe('one');
    });

    it('measures silence from one byte to the next', async () => {
      const { exchange, headers, receive } = start();
      headers();
      for (const word of ['one', 'two', 'three']) {
        const next = exchange.next();
        jest.advanceTimersByTime(99);
        receive(word);
        expect(textOf(await next)).toBe(word);
      }
      const failure = failureOf(exchange);
      jest.advanceTimersByTime(100);
      expect(await failure).toBeInstanceOf(ProviderTimeoutError);
    });

    it('does not blame the upstream for a reader that takes its time', async () => {
      const { exchange, headers, receive } = start();
      headers();
      const first = exchange.next();
      receive('one');
      await first;
      jest.advanceTimersByTime(5000);
      const second = exchange.next();
      jest.advanceTimersByTime(99);
      receive('two');
      expect(textOf(await second)).toBe('two');
    });

    it('leaves no timer when it is over', async () => {
      const { exchange, headers, receive } = start();
      headers();
      const first = exchange.next();
      receive('one');
      await first;
      exchange.onResponseEnd();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  describe('what waits to be read', () => {
    it('is handed over together where it is small', async () => {
      const { exchange, headers, receive } = start();
      headers();
      receive('one ');
      receive('two');
      expect(textOf(await exchange.next())).toBe('one two');
    });

    it('pauses the connection when it grows, and resumes it only once it is read', async () => {
      const { exchange, headers, receive, connection } = start();
      headers();
      receive('x'.repeat(40_000));
      expect(connection.paused).toBe(false);
      receive('y'.repeat(40_000));
      expect(connection.paused).toBe(true);
      expect(textOf(await exchange.next())).toHaveLength(40_000);
      expect(textOf(await exchange.next())).toHaveLength(40_000);
      expect(connection.paused).toBe(true);
      const next = exchange.next();
      expect(connection.paused).toBe(false);
      receive('z');
      expect(textOf(await next)).toBe('z');
    });
  });

  it('counts what small chunks cost, not only their bytes', () => {
    const { headers, receive, connection } = start();
    headers();
    for (let count = 0; count < 1_000; count += 1) receive('x');
    expect(connection.paused).toBe(true);
  });

  it('is an outage where informational responses do not end', async () => {
    const { exchange, connection } = start();
    const failure = failureOf(exchange.head);
    for (let count = 0; count < 100; count += 1) exchange.onResponseStart(connection, 103, {});
    expect(await failure).toBeInstanceOf(ProviderUnavailableError);
    expect(connection.aborted).toBe(true);
  });

  it('lets an upstream that never pauses wait for the event loop', async () => {
    jest.useRealTimers();
    const { exchange, headers, receive } = start();
    headers();
    const fired: string[] = [];
    setTimeout(() => fired.push('timer'), 1);
    // A reader that has the next chunk as soon as it has taken one.
    while (fired.length === 0) {
      receive('x');
      await exchange.next();
    }
    expect(fired).toEqual(['timer']);
  });

  it('closes a connection that is made after everybody has left', async () => {
    const client = new AbortController();
    const connection = new Connection();
    const exchange = new UpstreamExchange({ ...LIMITS, signal: client.signal });
    const failure = failureOf(exchange.head);
    client.abort(new Error('left'));
    await failure;
    exchange.onRequestStart(connection);
    expect(connection.aborted).toBe(true);
  });
});
