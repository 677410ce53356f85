import { type Cost, costOfPicos } from '../../common/cost.js';
import type { ChatPart } from './contract.js';
import { valueAt } from './value-at.js';

/** What a provider counted: from outside, so that each may be anything. */
interface CountedTokens {
  readonly input: unknown;
  readonly output: unknown;
  readonly reasoning?: unknown;
  readonly cachedInput?: unknown;
  readonly cacheWriteInput?: unknown;
  /** In dollars. */
  readonly cost?: unknown;
}

/** The most that GraphQL's Int holds. A larger number is no count: it would falsify the usage. */
export const MAX_COUNT = 2 ** 31 - 1;

/** More than any answer costs, in dollars, and few enough for a number to hold its picodollars. */
const MOST_DOLLARS = 1_000;
const PICOS = 1e12;

const readCost = (value: unknown): Cost | null =>
  typeof value === 'number' && value >= 0 && value <= MOST_DOLLARS
    ? costOfPicos(BigInt(Math.round(value * PICOS)))
    : null;

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;

/** A usage part, or none where the provider's numbers are no counts. */
export function usageParts({ input, output, ...parts }: CountedTokens): ChatPart[] {
  const inputTokens = count(input);
  const outputTokens = count(output);
  if (inputTokens === null || outputTokens === null) return [];
  const usage = {
    inputTokens,
    outputTokens,
    reasoningTokens: count(parts.reasoning),
    cachedInputTokens: count(parts.cachedInput),
    cacheWriteInputTokens: count(parts.cacheWriteInput),
    ...(parts.cost !== undefined && { cost: readCost(parts.cost) }),
  };
  return [{ type: 'usage', usage }];
}

/** The last value of each count that a provider reports: one that it leaves out, or gives as null, stays as it was. */
export class LastCounts<Name extends string> {
  readonly #values: Partial<Record<Name, unknown>> = {};

  constructor(private readonly names: readonly Name[]) {}

  /** @returns whether there is any count in it */
  add(usage: unknown): boolean {
    const reported = this.names.map((name) => [name, valueAt(usage, name) ?? null] as const);
    for (const [name, value] of reported) if (value !== null) this.#values[name] = value;
    return reported.some(([, value]) => value !== null);
  }

  /** Undefined where it was never reported. */
  get(name: Name): unknown {
    return this.#values[name];
  }
}
