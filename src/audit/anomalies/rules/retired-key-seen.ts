import { findOnceADay, type RaisedState } from './once-a-day.js';
import { DAY_MS, NOTHING, type Rule } from './rule.js';

/**
 * A stored key's record is sealed with an encryption key that was retired. None was when that key was retired, so an old
 * row was put back. One is enough, at any age of the key.
 */
export const retiredKeySeen: Rule<RaisedState> = {
  name: 'RETIRED_KEY_SEEN',
  isOfUser: true,
  hasHashes: false,
  keptMs: 2 * DAY_MS,
  subjectOf: (event) =>
    event.type === 'KEY_UNREADABLE' && event.fault === 'ENCRYPTION_KEY_RETIRED' ? event.keyId : null,
  observe: (before, event) =>
    event.type === 'KEY_UNREADABLE'
      ? findOnceADay(
          before,
          event.at,
          'The stored key is sealed with a retired encryption key: an old record was put back.',
        )
      : NOTHING,
};
