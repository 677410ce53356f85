import { DAY_MS, HOUR_MS, isOld, isQuiet, NOTHING, type Rule } from './rule.js';

/** So many refusals of one key … */
const THRESHOLD = 5;
/** … within so many milliseconds. */
const WINDOW_MS = HOUR_MS;

interface RejectedState {
  /** The last refusals, oldest first: no more than the threshold. */
  readonly times: readonly number[];
  readonly raisedAt: number | null;
}

/**
 * A key that worked is refused again and again: its provider has revoked it, perhaps because it leaked, and something goes
 * on using it.
 */
export const repeatedKeyRejected: Rule<RejectedState> = {
  name: 'REPEATED_KEY_REJECTED',
  isOfUser: true,
  hasHashes: false,
  keptMs: 2 * DAY_MS,
  subjectOf: (event) => (event.type === 'KEY_REJECTED' && isOld(event) ? event.keyId : null),
  observe(before, event) {
    if (event.type !== 'KEY_REJECTED') return NOTHING;
    const now = event.at.getTime();
    const times = [...(before?.times ?? []), now].filter((time) => time > now - WINDOW_MS).slice(-THRESHOLD);
    const raisedAt = before?.raisedAt ?? null;
    if (times.length < THRESHOLD || isQuiet(raisedAt, now))
      return { state: { times, raisedAt }, finding: null };
    return {
      state: { times, raisedAt: now },
      finding: { explanation: `The provider refused the key ${THRESHOLD} times within an hour.` },
    };
  },
};
