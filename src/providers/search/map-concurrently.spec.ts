import { mapConcurrently } from './map-concurrently.js';

describe('mapConcurrently', () => {
  it('keeps the order, with any one ending first', async () => {
    const ends: ((value: string) => void)[] = [];
    const mapped = mapConcurrently(['a', 'b'], 2, () => new Promise<string>((resolve) => ends.push(resolve)));
    ends[1]?.('second');
    ends[0]?.('first');
    expect(await mapped).toEqual(['first', 'second']);
  });

  it('has no more under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    await mapConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async () => {
      most = Math.max(most, (underWay += 1));
      await Promise.resolve();
      underWay -= 1;
    });
    expect(most).toBe(3);
  });

  it('takes fewer items than it could, and none', async () => {
    const double = (item: number): Promise<number> => Promise.resolve(item * 2);
    expect(await mapConcurrently([1], 5, double)).toEqual([2]);
    expect(await mapConcurrently([], 5, double)).toEqual([]);
  });

  it('fails with what an item fails with', async () => {
    const failure = new Error('no');
    await expect(mapConcurrently([1, 2], 1, () => Promise.reject(failure))).rejects.toBe(failure);
  });
});
