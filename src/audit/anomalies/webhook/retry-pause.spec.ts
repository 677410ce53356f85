import { pauseAfter } from './retry-pause.js';

describe('the pauses between attempts', () => {
  it('grow from seconds to a day, and end after ten attempts and three days', () => {
    const pauses = Array.from({ length: 12 }, (_, index) => pauseAfter(index + 1, 0));
    expect(pauses.slice(0, 2)).toEqual([5_000, 300_000]);
    expect(pauses.slice(9)).toEqual([null, null, null]);
    const known = pauses.flatMap((pause) => pause ?? []);
    expect(known).toEqual([...known].sort((a, b) => a - b));
    expect(known.reduce((sum, pause) => sum + pause, 0) / 3_600_000).toBeCloseTo(75.6, 1);
  });

  it('are up to a fifth longer, for those that failed together', () => {
    expect(pauseAfter(2, 1)).toBe(360_000);
  });
});
