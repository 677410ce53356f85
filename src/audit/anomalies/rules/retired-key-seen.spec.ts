import { DAY, observe, START, unreadable } from '../../../../test/support/observed.js';
import { retiredKeySeen } from './retired-key-seen.js';

describe('RETIRED_KEY_SEEN', () => {
  it('is found at the first use, at any age of the key, and again each day', () => {
    const events = [0, 1_000, DAY].map((after) =>
      unreadable({ at: START + after, keyAge: 0, fault: 'ENCRYPTION_KEY_RETIRED' }),
    );
    expect(observe(retiredKeySeen, events)).toEqual(
      [0, DAY].map((after) => [
        after,
        'The stored key is sealed with a retired encryption key: an old record was put back.',
      ]),
    );
  });

  it('is none of a record that was damaged', () => {
    expect(observe(retiredKeySeen, [unreadable({ at: START })])).toEqual([]);
  });
});
