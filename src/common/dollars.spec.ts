import fc from 'fast-check';
import { dollarsOf, picosOf } from './dollars.js';

describe('an amount of dollars', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [1_250_000_000n, '0.00125'],
    [1_000_000_000_000n, '1'],
    [1_234_500_000_000_000n, '1234.5'],
  ])('of %s picodollars is %s', (picos, text) => {
    expect(dollarsOf(picos)).toBe(text);
    expect(picosOf(text)).toBe(picos);
  });

  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n }),
        (picos) => picosOf(dollarsOf(picos % 10n ** 27n)) === picos % 10n ** 27n,
      ),
    );
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '-1',
    '+1',
    '1e3',
    '1,5',
    ' 1',
    '1\n',
    'NaN',
    '0.0000000000001',
    '1'.repeat(41),
  ])('is not %j', (text) => {
    expect(picosOf(text)).toBeNull();
  });
});
