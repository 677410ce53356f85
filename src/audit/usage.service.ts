import { Injectable } from '@nestjs/common';
import { BadUserInputError } from '../common/input-errors.js';
import { KeySource } from '../common/key-source.enum.js';
import { isProviderId } from '../providers/registry/provider-ids.js';
import { costOfPicos } from '../common/cost.js';
import { picosOf } from '../common/dollars.js';
import {
  MOST_KEYS,
  MOST_MODELS,
  type UsageArgs,
  type UsageBucketSize,
  type UsageReport,
  type UsageTotals,
} from './usage.model.js';
import {
  type KeyRow,
  type ModelRow,
  UsageRepository,
  type UsageRow,
  type UsageSums,
} from './usage.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const bucketMs: Record<UsageBucketSize, number> = { HOUR: HOUR_MS, DAY: DAY_MS };
const defaultRangeMs: Record<UsageBucketSize, number> = { HOUR: 48 * HOUR_MS, DAY: 30 * DAY_MS };
/** Ten years of days, five months of hours: beyond it a report is a mistake, or an attack on the server's memory. */
const MAX_BUCKETS = 3_660;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

@Injectable()
export class UsageService {
  constructor(private readonly repository: UsageRepository) {}

  /** @throws BadUserInputError BAD_USER_INPUT for a range that is empty or has too many buckets */
  async report(userId: string, args: UsageArgs): Promise<Omit<UsageReport, 'byModel' | 'byKey'>> {
    const bucket = args.bucket ?? 'DAY';
    const range = wholeBuckets(args, bucket);
    const rows = await this.repository.sum(userId, new Date(range.from), new Date(range.to), bucket);
    return toReport(rows, range);
  }

  /** @throws as {@link report} */
  async reportByModel(userId: string, args: UsageArgs): Promise<UsageReport['byModel']> {
    const { from, to } = wholeBuckets(args, args.bucket ?? 'DAY');
    const rows = await this.repository.sumByModel(userId, new Date(from), new Date(to), MOST_MODELS);
    return rows.flatMap(toModelUsage);
  }

  /** @throws as {@link report} */
  async reportByKey(userId: string, args: UsageArgs): Promise<UsageReport['byKey']> {
    const { from, to } = wholeBuckets(args, args.bucket ?? 'DAY');
    const rows = await this.repository.sumByKey(userId, new Date(from), new Date(to), MOST_KEYS);
    return rows.flatMap(toKeyUsage);
  }
}

/** How many buckets a report would have, for its cost; {@link MAX_BUCKETS} also for a range that is refused. */
export function countBuckets(args: UsageArgs): number {
  const { from, to, step } = rangeOf(args, args.bucket ?? 'DAY');
  return Math.min(MAX_BUCKETS, Math.max(0, (to - from) / step));
}

function wholeBuckets(args: UsageArgs, bucket: UsageBucketSize): Range {
  const { from, to } = args;
  const range = rangeOf(args, bucket);
  // Rounding must not make a range of one that ends before it begins.
  const reversed = from && to && from >= to;
  if (reversed || !(range.from < range.to)) {
    throw BadUserInputError.at('from', 'must be before the end of the range');
  }
  if ((range.to - range.from) / range.step > MAX_BUCKETS) {
    throw BadUserInputError.at('from', `the range must have at most ${MAX_BUCKETS} buckets`);
  }
  return range;
}

function rangeOf({ from, to }: UsageArgs, bucket: UsageBucketSize): Range {
  const step = bucketMs[bucket];
  const end = Math.ceil((to?.getTime() ?? Date.now()) / step) * step;
  const start = Math.floor((from?.getTime() ?? end - defaultRangeMs[bucket]) / step) * step;
  return { from: start, to: end, step };
}

function toReport(
  rows: readonly UsageRow[],
  { from, to, step }: Range,
): Omit<UsageReport, 'byModel' | 'byKey'> {
  const buckets = Array.from({ length: (to - from) / step }, (_, index) => ({
    start: new Date(from + index * step),
    totals: noUsage(),
  }));
  const byProvider = new Map<string, Summed<UsageReport['byProvider'][number]>>();
  const totals = noUsage();
  for (const row of rows.map(toSums)) {
    const bucket = buckets[(row.start.getTime() - from) / step];
    if (bucket) add(bucket.totals, row);
    add(totals, row);
    const { provider, keySource } = row;
    if (!isProviderId(provider) || !isKeySource(keySource)) continue;
    const key = `${provider} ${keySource}`;
    const usage = byProvider.get(key) ?? { provider, keySource, totals: noUsage() };
    add(usage.totals, row);
    byProvider.set(key, usage);
  }
  const sorted = [...byProvider].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, usage]) => usage);
  return { totals: toTotals(totals), byProvider: sorted.map(shown), buckets: buckets.map(shown) };
}

function toModelUsage({ provider, keySource, model, ...row }: ModelRow): UsageReport['byModel'] {
  if (!isProviderId(provider) || !isKeySource(keySource)) return [];
  const totals = noUsage();
  add(totals, toSums(row));
  return [{ provider, keySource, model, totals: toTotals(totals) }];
}

function toKeyUsage({ provider, keySource, keyId, ...row }: KeyRow): UsageReport['byKey'] {
  if (!isProviderId(provider) || !isKeySource(keySource)) return [];
  const totals = noUsage();
  add(totals, toSums(row));
  return [{ provider, keySource, keyId, totals: toTotals(totals) }];
}

const isKeySource = (source: string): source is KeySource => Object.hasOwn(KeySource, source);

/** Sums that are added up: the cost in picodollars, which becomes an amount once, at the end. */
type Sums = Omit<UsageTotals, 'cost'> & { picos: bigint | null };

type Summed<Shown extends { readonly totals: UsageTotals }> = Omit<Shown, 'totals'> & {
  readonly totals: Sums;
};

const noUsage = (): Sums => ({
  chats: 0,
  searches: 0,
  failures: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  unpricedChats: 0,
  picos: null,
});

/** What the database has summed up. */
type SummedRow = Omit<UsageSums, 'provider' | 'keySource'>;

const toSums = <Row extends SummedRow>(row: Row): Omit<Row, keyof Sums> & Sums => ({
  ...row,
  chats: Number(row.chats),
  searches: Number(row.searches),
  failures: Number(row.failures),
  inputTokens: Number(row.inputTokens),
  outputTokens: Number(row.outputTokens),
  cachedInputTokens: Number(row.cachedInputTokens),
  cacheWriteInputTokens: Number(row.cacheWriteInputTokens),
  unpricedChats: Number(row.chats - row.pricedChats),
  picos: row.cost === null ? null : picosOf(row.cost),
});

function add(totals: Sums, row: Sums): void {
  totals.chats += row.chats;
  totals.searches += row.searches;
  totals.failures += row.failures;
  totals.inputTokens += row.inputTokens;
  totals.outputTokens += row.outputTokens;
  totals.cachedInputTokens += row.cachedInputTokens;
  totals.cacheWriteInputTokens += row.cacheWriteInputTokens;
  totals.unpricedChats += row.unpricedChats;
  if (row.picos !== null) totals.picos = (totals.picos ?? 0n) + row.picos;
}

const toTotals = ({ picos, ...totals }: Sums): UsageTotals => ({
  ...totals,
  cost: picos === null ? null : costOfPicos(picos),
});

const shown = <Part extends { readonly totals: Sums }>(
  part: Part,
): Omit<Part, 'totals'> & { readonly totals: UsageTotals } => ({ ...part, totals: toTotals(part.totals) });
