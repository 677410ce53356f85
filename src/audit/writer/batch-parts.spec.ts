import { partsOf } from './batch-parts.js';
import { type KeyChange, newUseRecord } from './use-record.js';

const recordOf = (key: KeyChange | null) => newUseRecord('user', { event: null, key });
const use = recordOf({ keyId: 'a', type: 'USED', tokens: null, cost: null });
const end = recordOf({ keyId: 'a', type: 'ENDED', verdict: null, settlement: null });
const damage = recordOf({ keyId: 'a', type: 'DAMAGED', digest: 'x' });

describe('the parts of a batch', () => {
  it.each([
    ['uses', [use, use], { uses: true, ends: false }],
    ['ends', [end], { uses: false, ends: true }],
    ['what changes no key', [recordOf(null)], { uses: false, ends: true }],
    ['both', [use, end], { uses: true, ends: true }],
    ['a record that did not open', [damage], { uses: true, ends: true }],
  ])('are those of %s', (_, records, parts) => {
    expect(partsOf(records)).toEqual(parts);
  });
});
