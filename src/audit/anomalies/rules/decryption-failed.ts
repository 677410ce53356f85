import { findOnceADay, type RaisedState } from './once-a-day.js';
import { DAY_MS, NOTHING, type Rule } from './rule.js';

/**
 * A stored key does not open, although its encryption key is there: its record was changed, cut, or moved here from
 * another place. One is enough, at any age of the key: no use of ours brings it about.
 */
export const decryptionFailed: Rule<RaisedState> = {
  name: 'DECRYPTION_FAILED',
  isOfUser: true,
  hasHashes: false,
  keptMs: 2 * DAY_MS,
  subjectOf: (event) => (event.type === 'KEY_UNREADABLE' && event.fault === 'DAMAGED' ? event.keyId : null),
  observe: (before, event) =>
    event.type === 'KEY_UNREADABLE'
      ? findOnceADay(
          before,
          event.at,
          'The stored key does not decrypt: its record was damaged or tampered with.',
        )
      : NOTHING,
};
