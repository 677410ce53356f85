import { isQuiet, type Observation } from './rule.js';

/** When something was found last, in milliseconds since the epoch. */
export interface RaisedState {
  readonly raisedAt: number;
}

/** Finds what is never right at its first sign, and again each day for as long as it goes on. */
export function findOnceADay(
  before: RaisedState | null,
  at: Date,
  explanation: string,
): Observation<RaisedState> {
  const now = at.getTime();
  if (isQuiet(before?.raisedAt ?? null, now)) return { state: null, finding: null };
  return { state: { raisedAt: now }, finding: { explanation } };
}
