import { retryAfterMsIn } from './retry-after-text.js';

describe('retryAfterMsIn', () => {
  it.each([
    [
      'Rate limit reached for gpt-5 on tokens per min (TPM): Limit 250000. Please try again in 6.379s. Visit …',
      6_379,
    ],
    ['Please try again in 120ms.', 120],
    ['Please try again in 20s', 20_000],
    ['Please try again in 1m2s.', 62_000],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 1h2m3.5s.', 3_723_500],
    ['Please try again in 7m12.499s. Need more tokens?', 432_499],
    ['Please try again in 2d3h.', 183_600_000],
    ['Please retry in 31.44s.', 31_440],
    ['Please retry in 823.456789ms.', 824],
    ['Please retry after 20 seconds.', 20_000],
    ['Try again in 1 minute 5 seconds', 65_000],
    ['TRY AGAIN IN 3 S.', 3_000],
    ['You may try again in a moment, or try again in 5s.', 5_000],
    ['Try again in 0s.', 0],
    ['Please try again in 60 days.', 2 ** 31 - 1],
  ])('reads %j', (text, milliseconds) => {
    expect(retryAfterMsIn(text)).toBe(milliseconds);
  });

  it.each([
    [null],
    [7],
    [''],
    ['Please try again later.'],
    ['Please try again in a moment.'],
    ['Please try again in 5.'],
    ['Please try again in 5 times.'],
    ['Please try again in s.'],
    ['Please try again in -5s.'],
    ['Please try again in 1.2.3s.'],
    ['Limit 30s'],
  ])('reads nothing in %j', (text) => {
    expect(retryAfterMsIn(text)).toBeNull();
  });

  it('looks at the beginning of a long text only, and at each part of it a few times', () => {
    expect(retryAfterMsIn(`${' '.repeat(10_000)}try again in 5s`)).toBeNull();
    expect(retryAfterMsIn('try again in '.repeat(1_000_000))).toBeNull();
    expect(retryAfterMsIn(`try again in ${'1'.repeat(1_000_000)}s`)).toBeNull();
  });
});
