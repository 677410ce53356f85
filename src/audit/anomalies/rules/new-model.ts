import { DAY_MS, daysBetween, isOld, isQuiet, NOTHING, type Observation, type Rule } from './rule.js';
import type { KeyUsed } from '../watched-event.js';

/** Models that are remembered of one key. Of more, the one is forgotten that was new the longest time ago. */
const MOST_MODELS = 100;
/** How exactly it is kept when a key was used last, in milliseconds: not each use has to write. */
const PRECISION_MS = 30 * DAY_MS;
/** Characters of a model's name that are repeated. */
const LONGEST_NAME = 100;

interface ModelState {
  /** What the key was used with, oldest first; '' for searches. */
  readonly models: readonly string[];
  readonly raisedAt: number | null;
  /** About when it was used last: what is used is not forgotten. */
  readonly usedAt: number;
}

/**
 * An old key is used with a model for the first time; or for the first time at all, and so its provider is. Whoever uses
 * another's account does not know its habits.
 */
export const newModel: Rule<ModelState> = {
  name: 'NEW_MODEL',
  isOfUser: true,
  hasHashes: false,
  keptMs: 400 * DAY_MS,
  // Looking at what there is, is no use of it.
  subjectOf: (event) => (event.type === 'KEY_USED' && !event.isList ? event.keyId : null),
  observe(before, event) {
    if (event.type !== 'KEY_USED') return NOTHING;
    const model = event.model ?? '';
    if (!before?.models.includes(model)) return learn(before, event, model);
    const now = event.at.getTime();
    return now - before.usedAt < PRECISION_MS
      ? NOTHING
      : { state: { ...before, usedAt: now }, finding: null };
  },
};

function learn(
  before: ModelState | null,
  event: KeyUsed & Parameters<typeof isOld>[0],
  model: string,
): Observation<ModelState> {
  const now = event.at.getTime();
  const models = [...(before?.models ?? []), model].slice(-MOST_MODELS);
  const raisedAt = before?.raisedAt ?? null;
  if (!isOld(event) || isQuiet(raisedAt, now))
    return { state: { models, raisedAt, usedAt: now }, finding: null };
  const days = daysBetween(event.keyStoredAt?.getTime() ?? now, now);
  const what =
    before === null
      ? 'for the first time'
      : `with the model ${model.slice(0, LONGEST_NAME)} for the first time`;
  return {
    state: { models, raisedAt: now, usedAt: now },
    finding: { explanation: `A key that was stored ${days} days ago was used ${what}.` },
  };
}
