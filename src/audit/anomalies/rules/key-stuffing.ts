import { countDistinct, type DistinctState } from './distinct-window.js';
import { HOUR_MS, NOTHING, type Rule } from './rule.js';

/** So many different keys that providers refuse, from one network within an hour of the clock, by whichever users. */
const THRESHOLD = 10;

/** Somebody tries out keys that are not theirs. */
export const keyStuffing: Rule<DistinctState> = {
  name: 'KEY_STUFFING',
  isOfUser: false,
  hasHashes: true,
  keptMs: 2 * HOUR_MS,
  subjectOf: ({ type, networkHash }) => (type === 'KEY_REJECTED' ? networkHash : null),
  observe(before, event) {
    if (event.type !== 'KEY_REJECTED') return NOTHING;
    const explanation = `Providers refused ${THRESHOLD} different keys from one network within an hour.`;
    return countDistinct(before, event, THRESHOLD, explanation);
  },
};
