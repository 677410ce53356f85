import type { UsageBucketSize } from '../../generated/usage';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours are shown of no longer time: a chart of more has no room for them. */
const MOST_HOURS_MS = 31 * DAY_MS;
/** The longest report that the server makes, in days. */
export const MOST_DAYS = 3_660;

/** The ranges that can be chosen, and how long they are; null: it depends. */
export const ranges = {
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
  month: null,
  custom: null,
} as const;
export type RangeName = keyof typeof ranges;

/** What is chosen, as the address has it. */
export interface ChosenRange {
  readonly name: RangeName;
  /** The first and the last day (`2026-01-31`, UTC) of a range of one's own; empty: not chosen yet. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Null: what suits the range. */
  readonly bucket: UsageBucketSize | null;
}

/** What the server is asked. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
  readonly bucket: UsageBucketSize;
  /** The buckets that the range allows. */
  readonly buckets: readonly UsageBucketSize[];
}

/** Why a range of one's own is none. */
export type RangeMistake = 'incomplete' | 'reversed' | 'tooLong';

/** Whole hours or days in UTC, as the server sums up. */
export function toRange(chosen: ChosenRange, now: Date): Range | RangeMistake {
  const { name } = chosen;
  if (name === 'custom') return ofDays(chosen);
  if (name === 'month') {
    const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    return within(chosen, from, new Date(endOf(now, DAY_MS)));
  }
  const length = ranges[name];
  const buckets = bucketsOf(length);
  const bucket = chosenOf(chosen, buckets);
  const to = endOf(now, bucket === 'HOUR' ? HOUR_MS : DAY_MS);
  return { from: new Date(to - length), to: new Date(to), bucket, buckets };
}

function ofDays(chosen: ChosenRange): Range | RangeMistake {
  const from = dayOf(chosen.firstDay);
  const last = dayOf(chosen.lastDay);
  if (from === null || last === null) return 'incomplete';
  if (from > last) return 'reversed';
  const to = new Date(last.getTime() + DAY_MS);
  if (to.getTime() - from.getTime() > MOST_DAYS * DAY_MS) return 'tooLong';
  return within(chosen, from, to);
}

function within(chosen: ChosenRange, from: Date, to: Date): Range {
  const buckets = bucketsOf(to.getTime() - from.getTime());
  return { from, to, bucket: chosenOf(chosen, buckets), buckets };
}

/** Days come first: they are what is shown where nothing is chosen. */
function bucketsOf(length: number): readonly UsageBucketSize[] {
  if (length <= DAY_MS) return ['HOUR'];
  return length <= MOST_HOURS_MS ? ['DAY', 'HOUR'] : ['DAY'];
}

const chosenOf = ({ bucket }: ChosenRange, buckets: readonly UsageBucketSize[]): UsageBucketSize =>
  bucket !== null && buckets.includes(bucket) ? bucket : (buckets[0] ?? 'DAY');

const endOf = (moment: Date, step: number): number => Math.ceil(moment.getTime() / step) * step;

/** @param text as a field of type `date` has it */
function dayOf(text: string): Date | null {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) ? day : null;
}

/** The days of a range, both within it: for names of files. */
export const daysOf = ({ from, to }: Pick<Range, 'from' | 'to'>): string =>
  `${toDay(from)}-to-${toDay(new Date(to.getTime() - 1))}`;

export const toDay = (moment: Date): string => moment.toISOString().slice(0, 10);
