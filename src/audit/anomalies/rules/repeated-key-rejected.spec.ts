import { DAY, HOUR, MINUTE, observe, rejected, START, times } from '../../../../test/support/observed.js';
import { repeatedKeyRejected } from './repeated-key-rejected.js';

const refusals = (count: number, pause: number, said = {}) =>
  times(count, (index) => rejected({ at: START + index * pause, ...said }));

describe('REPEATED_KEY_REJECTED', () => {
  it('is found at the fifth refusal of a key within an hour', () => {
    expect(observe(repeatedKeyRejected, refusals(4, MINUTE))).toEqual([]);
    expect(observe(repeatedKeyRejected, refusals(9, MINUTE))).toEqual([
      [4 * MINUTE, 'The provider refused the key 5 times within an hour.'],
    ]);
  });

  it('is none where they come slowly, or of several keys', () => {
    expect(observe(repeatedKeyRejected, refusals(20, 16 * MINUTE))).toEqual([]);
    const keys = times(8, (index) => rejected({ at: START + index, keyId: `key-${String(index % 4)}` }));
    expect(observe(repeatedKeyRejected, keys)).toEqual([]);
  });

  it('is none in the first week of a key, nor of one that is not stored', () => {
    expect(observe(repeatedKeyRejected, refusals(9, MINUTE, { keyAge: 6 * DAY }))).toEqual([]);
    expect(observe(repeatedKeyRejected, refusals(9, MINUTE, { keyId: null }))).toEqual([]);
  });

  it('is found again after a day', () => {
    expect(observe(repeatedKeyRejected, refusals(48 * 6, HOUR / 6))).toHaveLength(2);
  });
});
