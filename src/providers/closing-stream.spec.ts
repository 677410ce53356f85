import { jest } from '@jest/globals';
import { collect, failureOf } from '../../test/support/collect.js';
import { ClosingStream } from './closing-stream.js';

/** A connection whose events the test sends, and which tells when it is closed. */
class Connection implements AsyncIterableIterator<string> {
  closed = 0;
  waiting = 0;
  #queue: IteratorResult<string>[] = [];
  #answer: ((result: IteratorResult<string>) => void) | null = null;

  send(...results: IteratorResult<string>[]): void {
    this.#queue.push(...results);
    const next = this.#answer && this.#queue.shift();
    if (next) this.#answer?.(next);
  }

  readonly close = (): void => {
    this.closed++;
    this.send({ done: true, value: undefined });
  };

  next(): Promise<IteratorResult<string>> {
    const next = this.#queue.shift();
    if (next) return Promise.resolve(next);
    this.waiting++;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const event = (value: string): IteratorResult<string> => ({ done: false, value });
const END: IteratorResult<string> = { done: true, value: undefined };

function open(signal = new AbortController().signal) {
  const connection = new Connection();
  return { connection, stream: new ClosingStream(connection, signal, connection.close) };
}

describe('ClosingStream', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('passes events on until there are no more', async () => {
    const { connection, stream } = open();
    connection.send(event('one'), event('two'), END);
    expect(await collect(stream)).toEqual(['one', 'two']);
    expect(connection.closed).toBe(0);
  });

  it('closes the connection when it is left early', async () => {
    const { connection, stream } = open();
    connection.send(event('one'), event('two'));
    await stream.next();
    await stream.return();
    expect(connection.closed).toBe(1);
  });

  it('lets the response end by itself when it is left after the last event', async () => {
    const { connection, stream } = open();
    connection.send(event('last'));
    await stream.next();
    stream.complete();
    await stream.return();
    expect([connection.closed, connection.waiting]).toEqual([0, 1]);
    connection.send(event('one more'), END);
    expect(connection.closed).toBe(0);
  });

  it('gives up a response that does not end after its last event', async () => {
    jest.useFakeTimers();
    const { connection, stream } = open();
    connection.send(event('last'));
    await stream.next();
    stream.complete();
    await stream.return();
    expect(connection.closed).toBe(0);
    await jest.advanceTimersByTimeAsync(1000);
    expect(connection.closed).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['ends its loop silently', END],
    ['has another event ready', event('two')],
  ])('throws the reason of an abort where the package %s', async (_what, next) => {
    const client = new AbortController();
    const { connection, stream } = open(client.signal);
    connection.send(event('one'));
    await stream.next();
    const failure = failureOf(stream.next());
    const reason = new Error('left');
    client.abort(reason);
    connection.send(next);
    expect(await failure).toBe(reason);
    expect(await failureOf(stream.next())).toBe(reason);
  });
});
