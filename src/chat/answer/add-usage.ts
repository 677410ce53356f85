import { addCosts } from '../../common/cost.js';
import type { TokenUsage } from '../../providers/chat/contract.js';
import { MAX_COUNT } from '../../providers/chat/token-usage.js';

/** What two requests took together. */
export function addUsage(one: TokenUsage, other: TokenUsage): TokenUsage {
  return {
    inputTokens: sum(one.inputTokens, other.inputTokens),
    outputTokens: sum(one.outputTokens, other.outputTokens),
    reasoningTokens: addKnown(one.reasoningTokens, other.reasoningTokens),
    cachedInputTokens: addKnown(one.cachedInputTokens, other.cachedInputTokens),
    cacheWriteInputTokens: addKnown(one.cacheWriteInputTokens, other.cacheWriteInputTokens),
    ...((one.cost ?? other.cost) !== undefined && { cost: addCosts(one.cost ?? null, other.cost ?? null) }),
  };
}

/** What was used before a further request, which has not said yet what it takes: what both cost is not known. */
export const withoutCost = (usage: TokenUsage): TokenUsage => ({ ...usage, cost: null });

/** Null where neither was reported. */
function addKnown(one: number | null, other: number | null): number | null {
  return one === null ? other : sum(one, other ?? 0);
}

/** A sum that no Int holds would take the event from its watchers, and that is the last one. */
const sum = (one: number, other: number): number => Math.min(one + other, MAX_COUNT);
