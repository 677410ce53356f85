import { addCosts, costOfPicos, NOTHING } from './cost.js';

describe('the sum of two costs', () => {
  it('is exact', () => {
    const [tenth, fifth] = [costOfPicos(100_000_000_000n), costOfPicos(200_000_000_000n)];
    expect(addCosts(tenth, fifth)).toEqual({ amount: '0.3', currency: 'USD' });
    expect(addCosts(tenth, NOTHING)).toEqual(tenth);
  });

  it('is unknown where one of them is', () => {
    expect(addCosts(NOTHING, null)).toBeNull();
    expect(addCosts(null, NOTHING)).toBeNull();
  });
});
