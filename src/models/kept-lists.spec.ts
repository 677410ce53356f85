import { KeptLists } from './kept-lists.js';
import type { Model } from './model.model.js';

const MINUTE = 60_000;
const model = (id: string): Model => ({
  ...{ id, displayName: id, contextTokens: null, outputTokens: null, input: ['TEXT'] },
  ...{ tools: null, reasoning: null, price: null },
});

describe('the lists that are kept', () => {
  let now: number;
  let lists: KeptLists;
  beforeEach(() => {
    now = 1;
    lists = new KeptLists(() => now);
  });
  const keep = (name: string, models: Model[] | null = [model('one')]): void =>
    lists.set(name, { models, fetchedAt: new Date(0) });

  it('are good for ten minutes, however often they are asked for', () => {
    keep('a');
    for (let minute = 0; minute < 10; minute += 1) {
      now = 1 + minute * MINUTE;
      expect(lists.get('a')).toEqual({ models: [model('one')], fetchedAt: new Date(0) });
    }
    now = 1 + 10 * MINUTE + 1;
    expect(lists.get('a')).toBeNull();
  });

  it('may say that there is none', () => {
    keep('a', null);
    expect(lists.get('a')).toMatchObject({ models: null });
    lists.delete('a');
    expect(lists.get('a')).toBeNull();
  });

  it('are a thousand at the most: those go that nobody asked for', () => {
    for (let count = 0; count <= 1_000; count += 1) {
      keep(String(count));
      lists.get('0');
    }
    expect([lists.get('0') === null, lists.get('1') === null]).toEqual([false, true]);
  });

  it('take 16 MiB at the most', () => {
    const long = Array.from({ length: 1_000 }, (_, index) => model(`${String(index)}-${'x'.repeat(190)}`));
    for (let count = 0; count < 100; count += 1) keep(String(count), long);
    const kept = Array.from({ length: 100 }, (_, count) => lists.get(String(count))).filter(Boolean);
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.length).toBeLessThan(20);
  });
});
