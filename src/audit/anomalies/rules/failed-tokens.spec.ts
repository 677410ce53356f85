import { HOUR, observe, refused, START, times } from '../../../../test/support/observed.js';
import { failedTokens } from './failed-tokens.js';

const tokens = (count: number, from = START) =>
  times(count, (index) => refused(from + index * 1_000, String(index)));

describe('FAILED_TOKENS', () => {
  it('is found at the thirtieth different token that is refused from one network within an hour', () => {
    expect(observe(failedTokens, tokens(29))).toEqual([]);
    expect(observe(failedTokens, tokens(90))).toEqual([
      [29_000, '30 different tokens from one network were refused within an hour.'],
    ]);
  });

  it('is none of a client that goes on with a token that has expired', () => {
    expect(
      observe(
        failedTokens,
        times(500, (index) => refused(START + index, 'expired')),
      ),
    ).toEqual([]);
  });

  it('is found once in each hour', () => {
    expect(observe(failedTokens, [...tokens(40), ...tokens(40, START + HOUR)])).toHaveLength(2);
  });
});
