import { countDistinct, type DistinctState } from './distinct-window.js';
import { HOUR_MS, NOTHING, type Rule } from './rule.js';

/** So many different tokens that are refused, from one network within an hour of the clock. */
export const FAILED_TOKENS = 30;

/** Somebody tries out tokens. One client that goes on with one token that has expired is none. */
export const failedTokens: Rule<DistinctState> = {
  name: 'FAILED_TOKENS',
  isOfUser: false,
  hasHashes: true,
  keptMs: 2 * HOUR_MS,
  subjectOf: ({ type, networkHash }) => (type === 'TOKEN_REFUSED' ? networkHash : null),
  observe(before, event) {
    if (event.type !== 'TOKEN_REFUSED') return NOTHING;
    const explanation = `${FAILED_TOKENS} different tokens from one network were refused within an hour.`;
    return countDistinct(before, event, FAILED_TOKENS, explanation);
  },
};
