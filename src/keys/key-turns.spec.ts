import { jest } from '@jest/globals';
import { KeyTurns } from './key-turns.js';

/** Work that ends when the test says so. */
function held(): { readonly work: () => Promise<void>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => ended, end };
}

const nothing = (): Promise<void> => Promise.resolve();

describe('KeyTurns', () => {
  it('lets one change at a time through, in the order of arrival, also after one that failed', async () => {
    const turns = new KeyTurns();
    const { work, end } = held();
    const order: number[] = [];
    const first = turns.take('alice', 'OPENAI', work);
    const failing = turns.take('alice', 'OPENAI', () => {
      order.push(2);
      return Promise.reject(new Error('Too many pending tasks, says the work itself'));
    });
    const last = turns.take('alice', 'OPENAI', () => Promise.resolve(order.push(3)));
    order.push(1);
    end();
    await first;
    await expect(failing).rejects.toThrow('says the work itself');
    await last;
    expect(order).toEqual([1, 2, 3]);
  });

  it('keeps no other user waiting, nor the same user with another provider', async () => {
    const turns = new KeyTurns();
    const { work, end } = held();
    const first = turns.take('alice', 'OPENAI', work);
    await turns.take('bob', 'OPENAI', nothing);
    await turns.take('alice', 'BRAVE', nothing);
    end();
    await first;
  });

  it('lets a hundred wait, and refuses more, to be tried again', async () => {
    const turns = new KeyTurns();
    const { work, end } = held();
    const allowed = Array.from({ length: 101 }, () => turns.take('alice', 'OPENAI', work));
    await expect(turns.take('alice', 'OPENAI', work)).rejects.toMatchObject({
      code: 'CONFLICT',
      retryable: true,
    });
    end();
    await Promise.all(allowed);
  });

  it('does not let a change wait for ever', async () => {
    jest.useFakeTimers();
    const turns = new KeyTurns();
    const { work, end } = held();
    const first = turns.take('alice', 'OPENAI', work);
    const tooLate = jest.fn(nothing);
    const waiting = turns.take('alice', 'OPENAI', tooLate);
    jest.advanceTimersByTime(10_000);
    jest.useRealTimers();
    await expect(waiting).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    end();
    await first;
    expect(tooLate).not.toHaveBeenCalled();
  });
});
