import type { ChatPart } from './contract.js';

/** What a provider counted: from outside, so that each may be anything. */
interface CountedTokens {
  readonly input: unknown;
  readonly output: unknown;
  readonly reasoning?: unknown;
  readonly cachedInput?: unknown;
}

/** The most that GraphQL's Int holds. Who counts more has told no count: a wrong number would go into the usage. */
export const MAX_COUNT = 2 ** 31 - 1;

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_COUNT ? value : null;

/** A usage part, or none where the provider's numbers are no counts. */
export function usageParts({ input, output, reasoning, cachedInput }: CountedTokens): ChatPart[] {
  const inputTokens = count(input);
  const outputTokens = count(output);
  if (inputTokens === null || outputTokens === null) return [];
  const usage = {
    inputTokens,
    outputTokens,
    reasoningTokens: count(reasoning),
    cachedInputTokens: count(cachedInput),
  };
  return [{ type: 'usage', usage }];
}
