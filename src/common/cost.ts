import { dollarsOf, picosOf } from './dollars.js';

/** The currency of all prices and costs. */
export const CURRENCY = 'USD';

/** What something costs: the amount as exact decimal text. */
export interface Cost {
  readonly amount: string;
  readonly currency: typeof CURRENCY;
}

export const costOfPicos = (picos: bigint): Cost => ({ amount: dollarsOf(picos), currency: CURRENCY });

export const NOTHING: Cost = costOfPicos(0n);

/** Null where one of the two is unknown: a sum without a part of it would be too low. */
export function addCosts(one: Cost | null, other: Cost | null): Cost | null {
  const [first, second] = [one, other].map((cost) => cost && picosOf(cost.amount));
  return typeof first === 'bigint' && typeof second === 'bigint' ? costOfPicos(first + second) : null;
}
