import { toHeaders } from './to-headers.js';

describe('toHeaders', () => {
  it('keeps every value of a field', () => {
    const headers = toHeaders({ 'retry-after': '3', 'set-cookie': ['a=1', 'b=2'], missing: undefined });
    expect([...headers]).toEqual([
      ['retry-after', '3'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
  });

  it('leaves out a field that Headers would throw on', () => {
    expect([...toHeaders({ 'x-greeting': 'hellö – 你', 'x-ok': 'yes' })]).toEqual([['x-ok', 'yes']]);
  });
});
