import { FairQueue } from './fair-queue.js';

describe('FairQueue', () => {
  const all = (queue: FairQueue<string>): string[] => {
    const items: string[] = [];
    for (let item = queue.take(); item !== undefined; item = queue.take()) items.push(item);
    return items;
  };
  const filled = (...items: string[]) => {
    const queue = new FairQueue<string>();
    for (const item of items) queue.add(item.charAt(0), item);
    return queue;
  };

  it('lets users take turns, each in the order in which theirs came', () => {
    expect(all(filled('a1', 'a2', 'a3', 'b1', 'c1', 'b2'))).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('takes one who comes later before the one who has just had a turn', () => {
    const queue = filled('a1');
    expect(queue.take()).toBe('a1');
    queue.add('a', 'a2');
    queue.add('b', 'b1');
    expect(all(queue)).toEqual(['b1', 'a2']);
  });

  it('takes those whose last was too costly after all others, until they have one that is not', () => {
    const queue = filled('a1', 'a2', 'b1', 'c1', 'c2');
    queue.note('a', true);
    queue.note('b', false);
    expect(all(queue)).toEqual(['b1', 'c1', 'a1', 'c2', 'a2']);
    queue.note('a', false);
    for (const item of ['a1', 'b1']) queue.add(item.charAt(0), item);
    expect(queue.take()).toBe('b1');
    expect(queue.take()).toBe('a1');
  });

  it('lets one leave', () => {
    const queue = filled('a1', 'a2', 'b1');
    queue.remove('a', 'a1');
    queue.remove('b', 'b1');
    queue.remove('c', 'c1');
    expect(all(queue)).toEqual(['a2']);
  });

  it('gives back all that wait, and has none then', () => {
    const queue = filled('a1', 'a2', 'b1');
    expect(queue.clear()).toEqual(['a1', 'a2', 'b1']);
    expect(queue.take()).toBeUndefined();
  });
});
