import { jest } from '@jest/globals';
import { passTime } from '../../test/support/pass-time.js';
import { ServerBusyError } from '../common/server-busy.error.js';
import { ConnectionQueue } from './connection-queue.js';
import type { DatabaseLimits } from './database-settings.js';
import { DatabaseUnavailableError } from './database-unavailable.error.js';

const limits: DatabaseLimits = {
  connections: 2,
  connectMs: 200,
  statementMs: 300,
  totalMs: 500,
  queueMs: 1_000,
};

describe('The queue for connections', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** An operation that ends when it is said to. */
  function operationOn(queue: ConnectionQueue, isUrgent = false) {
    let begun = false;
    let answer = (): void => undefined;
    let fail = (_: Error): void => undefined;
    const work = new Promise<string>((resolve, reject) => {
      answer = () => resolve('answered');
      fail = reject;
    });
    const result = queue
      .run(() => {
        begun = true;
        return work;
      }, isUrgent)
      .catch((error: unknown) => error);
    return { result, answer, fail, hasBegun: () => begun };
  }

  it('runs as many at once as there are connections, and the others in their order', async () => {
    const queue = new ConnectionQueue(limits);
    const operations = Array.from({ length: 4 }, () => operationOn(queue));
    await passTime(0);
    expect(operations.map(({ hasBegun }) => hasBegun())).toEqual([true, true, false, false]);
    expect(queue.waiting).toBe(2);
    operations[1]!.answer();
    await passTime(0);
    expect(operations.map(({ hasBegun }) => hasBegun())).toEqual([true, true, true, false]);
    for (const { answer } of operations) answer();
    expect(await Promise.all(operations.map(({ result }) => result))).toEqual(Array(4).fill('answered'));
    expect(queue.waiting).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets who looks whether the database is there go before all that wait', async () => {
    const queue = new ConnectionQueue({ ...limits, connections: 1 });
    const [first, second] = [operationOn(queue), operationOn(queue)];
    const probe = operationOn(queue, true);
    first.answer();
    await passTime(0);
    expect([second.hasBegun(), probe.hasBegun()]).toEqual([false, true]);
    probe.answer();
    second.answer();
    expect(await second.result).toBe('answered');
  });

  it('says that the database does not answer where it has answered no operation for a time', async () => {
    const queue = new ConnectionQueue(limits);
    const [one, two, waiting] = [operationOn(queue), operationOn(queue), operationOn(queue)];
    await passTime(199);
    expect(queue.waiting).toBe(1);
    await passTime(1);
    expect(await waiting.result).toBeInstanceOf(DatabaseUnavailableError);
    await passTime(300);
    expect(await one.result).toBeInstanceOf(DatabaseUnavailableError);
    // It has its connection until the driver gives up.
    const next = operationOn(queue);
    await passTime(0);
    expect(next.hasBegun()).toBe(false);
    one.fail(new Error('Connection terminated unexpectedly'));
    await passTime(0);
    expect(next.hasBegun()).toBe(true);
    next.answer();
    two.answer();
    expect(await next.result).toBe('answered');
  });

  it('says that this server is busy where the database answers others, and the turn does not come', async () => {
    const queue = new ConnectionQueue({ ...limits, connections: 1 });
    let running = operationOn(queue);
    const waiting = operationOn(queue);
    for (let passed = 0; passed < 1_000; passed += 100) {
      // Those that look whether the database is there go before it.
      const next = operationOn(queue, true);
      await passTime(100);
      running.answer();
      await passTime(0);
      running = next;
    }
    expect(await waiting.result).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
      retryAfterMs: expect.any(Number),
      publicMessage: 'This server is busy. Try again.',
    });
    running.answer();
  });

  it('has a bounded number of operations wait, and refuses others at once', async () => {
    const queue = new ConnectionQueue(limits);
    const operations = Array.from({ length: 1_002 }, () => operationOn(queue));
    expect(queue.waiting).toBe(1_000);
    await expect(queue.run(() => Promise.resolve())).rejects.toThrow(ServerBusyError);
    for (const { answer } of operations) answer();
    await Promise.all(operations.map(({ result }) => result));
  });

  it('takes an error that the database answers with for an answer', async () => {
    const queue = new ConnectionQueue({ ...limits, connections: 1 });
    const first = operationOn(queue);
    const second = operationOn(queue);
    await passTime(150);
    const conflict = Object.assign(new Error('Unique constraint failed'), { code: 'P2002' });
    first.fail(conflict);
    expect(await first.result).toBe(conflict);
    const third = operationOn(queue);
    await passTime(150);
    expect(queue.waiting).toBe(1);
    second.answer();
    third.answer();
    expect(await third.result).toBe('answered');
  });
});
