import { jest } from '@jest/globals';
import { BoundedLines } from './bounded-lines.js';

const MINUTE = 60_000;

describe('lines that would come again and again', () => {
  let written: unknown[][];
  let lines: BoundedLines;
  const logger = {
    warn: (...line: unknown[]) => void written.push(['warn', ...line]),
    log: (...line: unknown[]) => void written.push(['log', ...line]),
  };
  beforeEach(() => {
    jest.useFakeTimers();
    written = [];
    lines = new BoundedLines(logger);
  });
  afterEach(() => jest.useRealTimers());

  const warn = (times: number, kind = { host: 'a' }): void => {
    for (let time = 0; time < times; time += 1) lines.warn('Failed', kind, { time });
  };

  it('are written, ten a minute of a kind, and then one with the count', () => {
    warn(105);
    expect(written).toEqual(Array.from({ length: 10 }, (_, time) => ['warn', { host: 'a', time }, 'Failed']));
    written = [];
    jest.advanceTimersByTime(MINUTE - 1);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(written).toEqual([['warn', { host: 'a', count: 95 }, 'Failed: 95 more like this']]);
    written = [];
    jest.advanceTimersByTime(10 * MINUTE);
    expect(written).toEqual([]);
  });

  it('are ten in any minute, not in one of the clock', () => {
    const times: number[] = [];
    for (let second = 0; second < 300; second += 1) {
      const before = written.length;
      warn(1);
      if (written.length > before) times.push(second);
      jest.advanceTimersByTime(1_000);
    }
    for (const from of times)
      expect(times.filter((time) => time >= from && time < from + 60).length).toBeLessThanOrEqual(10);
    expect(times.length).toBeGreaterThanOrEqual(20);
  });

  it('lose none: each is written or counted', () => {
    for (let second = 0; second < 200; second += 1) {
      warn(second % 7);
      jest.advanceTimersByTime(1_000);
    }
    lines.flush();
    const sum = written.reduce((total, [, fields]) => total + ((fields as { count?: number }).count ?? 1), 0);
    expect(sum).toBe(Array.from({ length: 200 }, (_, second) => second % 7).reduce((a, b) => a + b, 0));
  });

  it('are distinguished by message and fields, not by details', () => {
    warn(11, { host: 'a' });
    warn(1, { host: 'b' });
    lines.warn('Another', { host: 'a' });
    lines.log('Back');
    expect(written.slice(10)).toEqual([
      ['warn', { host: 'b', time: 0 }, 'Failed'],
      ['warn', { host: 'a' }, 'Another'],
      ['log', 'Back'],
    ]);
  });

  it('are counted at once where the process ends', () => {
    warn(12);
    lines.flush();
    lines.flush();
    jest.advanceTimersByTime(2 * MINUTE);
    expect(written.slice(10)).toEqual([['warn', { host: 'a', count: 2 }, 'Failed: 2 more like this']]);
  });

  it('may be fewer', () => {
    lines = new BoundedLines(logger, { most: 1, intervalMs: 10 * MINUTE });
    warn(3);
    expect(written).toHaveLength(1);
    jest.advanceTimersByTime(10 * MINUTE);
    expect(written.slice(1)).toEqual([['warn', { host: 'a', count: 2 }, 'Failed: 2 more like this']]);
    warn(1);
    expect(written).toHaveLength(3);
  });

  it('need no more memory than a thousand kinds do', () => {
    for (let kind = 0; kind < 3_000; kind += 1) warn(11, { host: String(kind) });
    expect(jest.getTimerCount()).toBe(1_000);
  });
});
