import { HOUR_MS, type Observation } from './rule.js';

/** How many different things were seen within an hour of the clock. */
export interface DistinctState {
  readonly hour: number;
  /** Their names: no more than the threshold. */
  readonly names: readonly string[];
}

/**
 * Counts one that has this name. It is found once in an hour: when the threshold is reached.
 *
 * @param threshold how many different ones in an hour are too many
 */
export function countDistinct(
  before: DistinctState | null,
  { at, name }: { readonly at: Date; readonly name: string },
  threshold: number,
  explanation: string,
): Observation<DistinctState> {
  const hour = Math.max(before?.hour ?? 0, Math.floor(at.getTime() / HOUR_MS));
  const known = before?.hour === hour ? before.names : [];
  if (known.length >= threshold || known.includes(name)) return { state: null, finding: null };
  const names = [...known, name];
  return { state: { hour, names }, finding: names.length === threshold ? { explanation } : null };
}
