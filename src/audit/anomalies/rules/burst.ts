import { DAY_MS, HOUR_MS, isOld, isQuiet, LEARNING_MS, NOTHING, type Rule } from './rule.js';

/** Uses within an hour of the clock that are never a burst. */
const FLOOR = 60;
/** How many times as many uses as in the user's busiest hour of late are one. */
const FACTOR = 5;
/** What counts as of late, in days. */
const RECENT_DAYS = 14;

interface BurstState {
  /** When the first use was seen. */
  readonly since: number;
  readonly hour: number;
  /** Uses within that hour. */
  readonly count: number;
  /** The busiest hour of each day: the day's number, and its uses. The days of late, oldest first. */
  readonly peaks: readonly (readonly [day: number, uses: number])[];
  readonly raisedAt: number | null;
}

/**
 * More uses than the user's own recent rate explains: somebody else may be using the account.
 *
 * The measure is the user's busiest hour of the last two weeks, hours of this day not counted. A user who has not been
 * seen for a week has no rate yet.
 */
export const burst: Rule<BurstState> = {
  name: 'BURST',
  isOfUser: true,
  hasHashes: false,
  keptMs: 60 * DAY_MS,
  subjectOf: ({ type }) => (type === 'KEY_USED' ? '' : null),
  observe(before, event) {
    if (event.type !== 'KEY_USED') return NOTHING;
    const now = event.at.getTime();
    const state = advance(before, now);
    const [busiest, limit] = limitsOf(state, now);
    const isFresh = event.keyId !== null && !isOld(event);
    if (now - state.since < LEARNING_MS || isFresh || isQuiet(state.raisedAt, now) || state.count <= limit)
      return { state, finding: null };
    return {
      state: { ...state, raisedAt: now },
      finding: {
        explanation: `More than ${limit} uses of keys within an hour; the busiest hour of the last ${RECENT_DAYS} days had ${busiest}.`,
      },
    };
  },
};

/** Counts one use. Events of several servers may come a little out of order: an earlier hour's count in the later one. */
function advance(before: BurstState | null, now: number): BurstState {
  const hour = Math.max(before?.hour ?? 0, Math.floor(now / HOUR_MS));
  const count = before?.hour === hour ? before.count + 1 : 1;
  const day = Math.floor((hour * HOUR_MS) / DAY_MS);
  const others = (before?.peaks ?? []).filter(([other]) => other < day && other >= day - RECENT_DAYS);
  const today = before?.peaks.find(([other]) => other === day)?.[1] ?? 0;
  return {
    since: before?.since ?? now,
    hour,
    count,
    peaks: [...others, [day, Math.max(today, count)]],
    raisedAt: before?.raisedAt ?? null,
  };
}

function limitsOf({ peaks }: BurstState, now: number): readonly [busiest: number, limit: number] {
  const today = Math.floor(now / DAY_MS);
  const busiest = Math.max(0, ...peaks.filter(([day]) => day < today).map(([, uses]) => uses));
  return [busiest, Math.max(FLOOR, FACTOR * busiest)];
}
