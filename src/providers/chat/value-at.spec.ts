import { indexAt, valueAt } from './value-at.js';

describe('valueAt', () => {
  it('follows a path', () => {
    expect(valueAt({ error: { type: 'overloaded' } }, 'error', 'type')).toBe('overloaded');
    expect(valueAt([{ code: 7 }], '0', 'code')).toBe(7);
  });

  it.each([null, undefined, 'text', 3, {}, { error: null }, { error: 'text' }, []])(
    'ends early in %j',
    (value) => {
      expect(valueAt(value, 'error', 'type')).toBeUndefined();
    },
  );

  it('does not look at what every object has', () => {
    expect(valueAt({}, 'constructor', 'name')).toBeUndefined();
  });
});

describe('indexAt', () => {
  it.each([
    [{ index: 3 }, 3],
    [{ index: 'x'.repeat(100) }, undefined],
    [{ index: [3] }, undefined],
    [{}, undefined],
  ])('finds in %j the index %p', (value, index) => {
    expect(indexAt(value, 'index')).toBe(index);
  });
});
