import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OperationTurns, type Turn } from './operation-turns.js';

const NEVER = new AbortController().signal;
// As many as wait.
setMaxListeners(0, NEVER);

/** Takes turns, and notes whose came when. */
function newTurns() {
  const turns = new OperationTurns();
  const begun: string[] = [];
  const held: Turn[] = [];
  const take = (userId: string, signal = NEVER): Promise<void> =>
    turns.take(userId, signal).then((turn) => {
      begun.push(turn ? userId : `${userId} left`);
      if (turn) held.push(turn);
    });
  return { begun, held, take };
}

const turnsOfTheLoop = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await nextTurn();
};

describe('OperationTurns', () => {
  it('begins the first at once', async () => {
    const { begun, take } = newTurns();
    await take('alice');
    expect(begun).toEqual(['alice']);
  });

  it('gives the event loop back between two, of the same user or of two', async () => {
    const { begun, take } = newTurns();
    for (const user of ['alice', 'bob', 'alice', 'bob']) void take(user);
    const counts: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await nextTurn();
      counts.push(begun.length);
    }
    expect(counts).toEqual([2, 3, 4, 4, 4].map((_, index) => Math.min(4, counts[0]! + index)));
    expect(counts[0]).toBeLessThanOrEqual(2);
  });

  it('lets users take turns, however many one has', async () => {
    const { begun, take } = newTurns();
    for (let count = 0; count < 10; count++) void take('alice');
    for (const user of ['bob', 'carol']) void take(user);
    await turnsOfTheLoop(6);
    expect(begun.slice(0, 5)).toEqual(['alice', 'alice', 'bob', 'carol', 'alice'].slice(0, 5));
  });

  it('lets 16 of one user be prepared at once, and refuses none', async () => {
    const { begun, held, take } = newTurns();
    const all = Promise.all(Array.from({ length: 40 }, () => take('alice')));
    await turnsOfTheLoop(60);
    expect(begun).toHaveLength(16);
    void take('bob');
    await turnsOfTheLoop(3);
    expect(begun.at(-1)).toBe('bob');
    held[0]!.release();
    held[0]!.release();
    await turnsOfTheLoop(3);
    expect(begun).toHaveLength(18);
    while (begun.length < 41) {
      for (const turn of held) turn.release();
      await nextTurn();
    }
    await all;
  });

  it('forgets who leaves while waiting', async () => {
    const { begun, held, take } = newTurns();
    for (let count = 0; count < 16; count++) void take('alice');
    const leaving = new AbortController();
    void take('alice', leaving.signal);
    void take('alice');
    await turnsOfTheLoop(20);
    leaving.abort();
    await nextTurn();
    expect(begun.at(-1)).toBe('alice left');
    held[0]!.release();
    await turnsOfTheLoop(2);
    expect(begun.filter((user) => user === 'alice')).toHaveLength(17);
  });

  it('gives no turn to who has left before', async () => {
    const { begun, take } = newTurns();
    await take('alice', AbortSignal.abort());
    expect(begun).toEqual(['alice left']);
  });
});
