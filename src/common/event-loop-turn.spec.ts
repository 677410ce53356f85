import { useStillClock } from '../../test/support/still-clock.js';
import { inTurns, mapInTurns, nextTurn, turnIsOver } from './event-loop-turn.js';

const pass = useStillClock();

/** Holds the event loop until its turn is over. */
function work(): Promise<void> {
  for (;;) {
    const pause = turnIsOver();
    if (pause) return pause;
    pass(1);
  }
}

describe('a turn of the event loop', () => {
  it('lets work go on at first', async () => {
    await nextTurn();
    expect(turnIsOver()).toBeNull();
  });

  it('gives sockets and timers theirs when it is over', async () => {
    const fired: string[] = [];
    setTimeout(() => fired.push('timer'), 1);
    while (fired.length === 0) await work();
    expect(fired).toEqual(['timer']);
  });

  it('is one for all: what one has used another does not get', async () => {
    const first = work();
    expect(turnIsOver()).not.toBeNull();
    await first;
  });

  it('begins anew after the pause', async () => {
    await work();
    expect(turnIsOver()).toBeNull();
  });

  it('is given to those who wait one after the other, however long each takes', async () => {
    const order: string[] = [];
    const workTwice = async (name: string): Promise<void> => {
      for (let round = 1; round <= 2; round += 1) {
        await work();
        order.push(`${name}${String(round)}`);
      }
    };
    await Promise.all(['a', 'b', 'c'].map(workTwice));
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('never lets those who wait take more than one turn together', async () => {
    let turn = 0;
    let isCounting = true;
    const count = (): void => {
      turn += 1;
      if (isCounting) setImmediate(count);
    };
    setImmediate(count);
    const turns: number[] = [];
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        await work();
        turns.push(turn);
        await work();
      }),
    );
    isCounting = false;
    expect(new Set(turns).size).toBe(5);
  });
});

describe('a long list in turns', () => {
  it('has all of its items, in their order', async () => {
    const items = Array.from({ length: 1_234 }, (_, index) => index);
    expect(await Promise.all(inTurns(items).map((item) => Promise.resolve(item)))).toEqual(items);
  });

  it('comes as it is where it is short', () => {
    const items = [1, 2, 3];
    expect(inTurns(items)).toBe(items);
  });

  it('gives the event loop back between its parts', async () => {
    let turn = 0;
    let isCounting = true;
    const count = (): void => {
      turn += 1;
      if (isCounting) setImmediate(count);
    };
    setImmediate(count);
    const turns = await Promise.all(
      inTurns(Array.from({ length: 1_000 }, () => null)).map((item) =>
        Promise.resolve(item).then(() => turn),
      ),
    );
    isCounting = false;
    expect(new Set(turns).size).toBe(5);
  });
});

describe('a list of which each item takes long', () => {
  it('is mapped in its order, with a pause whenever a turn is over', async () => {
    const fired: number[] = [];
    setImmediate(() => fired.push(1));
    const items = await mapInTurns(['a', 'b', 'c'], (item, index) => {
      pass(15);
      return `${item}${index} ${fired.length}`;
    });
    expect(items).toEqual(['a0 0', 'b1 1', 'c2 1']);
  });
});
