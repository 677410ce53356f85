import { DAY, observe, START, unreadable } from '../../../../test/support/observed.js';
import { decryptionFailed } from './decryption-failed.js';

describe('DECRYPTION_FAILED', () => {
  it('is found at the first failure, at any age of the key, and again each day', () => {
    const at = [0, 1_000, DAY - 1, DAY, DAY + 1];
    expect(
      observe(
        decryptionFailed,
        at.map((after) => unreadable({ at: START + after, keyAge: 0 })),
      ),
    ).toEqual(
      [0, DAY].map((after) => [
        after,
        'The stored key does not decrypt: its record was damaged or tampered with.',
      ]),
    );
  });

  it('is none of a record whose encryption key was retired', () => {
    const events = [unreadable({ at: START, fault: 'ENCRYPTION_KEY_RETIRED' })];
    expect(observe(decryptionFailed, events)).toEqual([]);
  });
});
