import type { AnomalyRule } from '../../../common/anomaly-rules.js';
import type { SeenEvent } from '../watched-event.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** In its first week a key has no habits that anything could differ from. */
export const LEARNING_MS = 7 * DAY_MS;

/** After an alert the next one of the same rule and subject comes no sooner, in milliseconds. */
const QUIET_MS = DAY_MS;

/** @param raisedAt when there was an alert last, in milliseconds since the epoch; null: never */
export const isQuiet = (raisedAt: number | null, now: number): boolean =>
  raisedAt !== null && now - raisedAt < QUIET_MS;

/** What a rule has found. */
export interface Finding {
  /** For the key's owner, or the operator: what was seen, and what it was measured by. */
  readonly explanation: string;
}

/** What an event makes of a rule's state. */
export interface Observation<State> {
  /** Null: as it was. */
  readonly state: State | null;
  readonly finding: Finding | null;
}

/** An event from which nothing follows. */
export const NOTHING: Observation<never> = { state: null, finding: null };

/**
 * One rule: it looks at events one after the other, and keeps a small state between them, which is plain JSON and never
 * grows beyond a bound. It knows neither the database nor the clock.
 */
export interface Rule<State = unknown> {
  readonly name: AnomalyRule;
  /**
   * What the state is kept of, beside the user: a key's id, a network's hash, or '' for all that the user does.
   *
   * @returns null for an event that the rule does not look at
   */
  subjectOf(event: SeenEvent): string | null;
  /** Whether the user's id is part of what the state is kept of: if not, it is of all users together. */
  readonly isOfUser: boolean;
  /** Whether the state, or its subject, has hashes of networks in it: they mean nothing once their key has changed. */
  readonly hasHashes: boolean;
  /** How long the state is kept after its last change, in milliseconds. */
  readonly keptMs: number;
  /** @param state null: there is none yet */
  observe(state: State | null, event: SeenEvent): Observation<State>;
}

/** Whether a key's first week is over. A key of the server, or one that is gone, has none. */
export const isOld = ({ at, keyStoredAt }: Pick<SeenEvent, 'at' | 'keyStoredAt'>): boolean =>
  keyStoredAt !== null && at.getTime() - keyStoredAt.getTime() >= LEARNING_MS;

/** Days of an age, for an explanation. */
export const daysBetween = (earlier: number, later: number): number => Math.floor((later - earlier) / DAY_MS);
