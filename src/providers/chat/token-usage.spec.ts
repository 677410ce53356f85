import { unreported } from '../../../test/support/parts.js';
import { usageParts } from './token-usage.js';

describe('usageParts', () => {
  it('gives what was counted', () => {
    const counted = { input: 10, output: 20, reasoning: 5, cachedInput: 0, cacheWriteInput: 7 };
    expect(usageParts(counted)).toEqual([
      {
        type: 'usage',
        usage: {
          inputTokens: 10,
          outputTokens: 20,
          reasoningTokens: 5,
          cachedInputTokens: 0,
          cacheWriteInputTokens: 7,
        },
      },
    ]);
  });

  it.each([
    [0, '0'],
    [0.0001365, '0.0001365'],
    [1e-12, '0.000000000001'],
    [0.1 + 0.2, '0.3'],
    [1_000, '1000'],
  ])('has a cost of %d dollars', (cost, amount) => {
    expect(usageParts({ input: 1, output: 1, cost })).toMatchObject([
      { usage: { cost: { amount, currency: 'USD' } } },
    ]);
  });

  it.each([null, -1, NaN, Infinity, 1_000.01, 1e300, '1', {}])('has none where it is %p', (cost) => {
    expect(usageParts({ input: 1, output: 1, cost })).toMatchObject([{ usage: { cost: null } }]);
  });

  it('has null for what was not counted', () => {
    expect(usageParts({ input: 10, output: 20, cachedInput: null })).toEqual([
      {
        type: 'usage',
        usage: { inputTokens: 10, outputTokens: 20, ...unreported },
      },
    ]);
  });

  it("gives what GraphQL's Int holds, and of more only what is no total as not counted", () => {
    const most = 2 ** 31 - 1;
    expect(usageParts({ input: most, output: most, reasoning: most, cachedInput: most + 1 })).toEqual([
      {
        type: 'usage',
        usage: { ...unreported, inputTokens: most, outputTokens: most, reasoningTokens: most },
      },
    ]);
  });

  it.each([undefined, null, '10', NaN, -1, 1.5, Infinity, 2 ** 31])(
    'gives nothing where a total is %p',
    (count) => {
      expect(usageParts({ input: count, output: 20 })).toEqual([]);
      expect(usageParts({ input: 10, output: count })).toEqual([]);
    },
  );
});
