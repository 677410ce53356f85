import { setImmediate as nextTurn } from 'node:timers/promises';
import { AlertWatch, PAGE } from './alert-watch.js';
import type { KeyAlert } from './key-alert.model.js';
import type { WrittenAlert } from './key-alerts.repository.js';

const SINCE = '2026-01-01T00:00:00.000000Z';
/** So many microseconds after the beginning. */
const after = (microseconds: number): string => {
  const moment = new Date(Date.parse(SINCE) + Math.floor(microseconds / 1_000));
  return moment.toISOString().replace('Z', `${String(microseconds % 1_000).padStart(3, '0')}Z`);
};
const SECOND = 1_000_000;

describe('AlertWatch', () => {
  let rows: WrittenAlert[];
  let reads: { readonly after: string; readonly known: number }[];
  let ended: number;
  let failure: Error | null;
  let watch: AlertWatch;
  beforeEach(() => {
    rows = [];
    reads = [];
    ended = 0;
    failure = null;
    watch = new AlertWatch({
      since: SINCE,
      read: (from, known) => {
        reads.push({ after: from, known: known.length });
        if (failure) return Promise.reject(failure);
        const found = rows.filter(({ alert, writtenAt }) => writtenAt > from && !known.includes(alert.id));
        const sorted = found.sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1));
        return Promise.resolve(sorted.slice(0, PAGE));
      },
      onEnd: () => (ended += 1),
    });
  });

  const write = (id: string, microseconds: number): void => {
    rows.push({ alert: { id } as KeyAlert, writtenAt: after(microseconds) });
  };
  /** The ids of all that comes until nothing more does. */
  const takeAll = async (): Promise<string[]> => {
    const ids: string[] = [];
    for (;;) {
      for (let alert = watch.take(); alert; alert = watch.take()) ids.push(alert.id);
      const ready = new Promise<boolean>((resolve) => watch.whenReady(() => resolve(true)));
      if (!(await Promise.race([ready, nextTurn(false)]))) return ids;
    }
  };

  it('reads nothing before there is news, and nothing before its client asks', async () => {
    write('a', 1);
    expect(await takeAll()).toEqual([]);
    expect(reads).toEqual([]);
    watch.notify();
    expect(await takeAll()).toEqual(['a']);
  });

  it('reads no more than a page ahead of its client', async () => {
    for (let number = 0; number < 3 * PAGE; number += 1) write(String(number), number + 1);
    watch.notify();
    await new Promise<void>((resolve) => watch.whenReady(resolve));
    for (let news = 0; news < 10; news += 1) watch.notify();
    expect(reads).toHaveLength(1);
    expect(await takeAll()).toHaveLength(3 * PAGE);
  });

  it('shows each once, also what becomes visible late', async () => {
    write('second', 5 * SECOND);
    watch.notify();
    expect(await takeAll()).toEqual(['second']);
    write('first', 4 * SECOND);
    watch.notify();
    expect(await takeAll()).toEqual(['first']);
    write('third', 60 * SECOND);
    watch.notify();
    expect(await takeAll()).toEqual(['third']);
    watch.notify();
    expect(await takeAll()).toEqual([]);
    expect(reads.at(-1)).toEqual({ after: after(50 * SECOND), known: 1 });
  });

  it('shows each once where there are more than it remembers', async () => {
    for (let number = 0; number < 2_000; number += 1) write(String(number), number + 1);
    watch.notify();
    const ids = await takeAll();
    expect(new Set(ids).size).toBe(2_000);
    expect(ids).toHaveLength(2_000);
    watch.notify();
    expect(await takeAll()).toEqual([]);
    expect(Math.max(...reads.map(({ known }) => known))).toBeLessThanOrEqual(500);
  });

  it('ends with an error where it cannot read, once', async () => {
    failure = new Error('away');
    watch.notify();
    await new Promise<void>((resolve) => watch.whenReady(resolve));
    expect(() => watch.take()).toThrow('away');
    expect([watch.isOver, ended, watch.take()]).toEqual([true, 1, null]);
  });

  it('is over when its client leaves, and wakes who waits', async () => {
    const woken = new Promise<void>((resolve) => watch.whenReady(resolve));
    watch.leave();
    watch.leave();
    await woken;
    write('a', 1);
    watch.notify();
    expect([watch.take(), watch.isOver, ended, reads]).toEqual([null, true, 1, []]);
  });
});
