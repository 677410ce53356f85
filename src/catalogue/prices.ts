import type { ModelPrice as ListedPrices, TieredPrices } from '@pydantic/genai-prices';
import { CURRENCY } from '../common/cost.js';
import type { TokenUsage } from '../providers/chat/contract.js';
import { type ListedPrice, perMillionTokens, type TokenPrices } from '../providers/chat/listed-model.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { findPrices } from './price-lists.js';

/** What a model's tokens cost. A price with steps shows the first. */
export interface ModelPrice extends ListedPrice {
  readonly currency: typeof CURRENCY;
}

/** Tokens that cost something. The input includes those of the cache. */
export type PricedTokens = Pick<TokenUsage, 'inputTokens' | 'outputTokens'> &
  Partial<Pick<TokenUsage, 'cachedInputTokens' | 'cacheWriteInputTokens'>>;

/** The list price of a model at a moment; null where the catalogue has none. */
export function priceOf(provider: ProviderId, model: string, at: Date): ModelPrice | null {
  const price = perMillionTokens(tokenPricesOf(provider, model, at, 0));
  return price && { currency: CURRENCY, ...price };
}

/** What tokens cost at a moment, in whole picodollars; null where the catalogue has no price. */
export function costOf(
  provider: ProviderId,
  model: string,
  { inputTokens, outputTokens, cachedInputTokens, cacheWriteInputTokens }: PricedTokens,
  at: Date,
): bigint | null {
  const { input, cachedInput, cacheWrite, output } = tokenPricesOf(provider, model, at, inputTokens);
  if (input === null || output === null) return null;
  // A provider's counts may be anything: more was not read from its cache than was read.
  const cached = Math.min(cachedInputTokens ?? 0, inputTokens);
  const written = Math.min(cacheWriteInputTokens ?? 0, inputTokens - cached);
  return (
    input * BigInt(inputTokens - cached - written) +
    (cachedInput ?? input) * BigInt(cached) +
    (cacheWrite ?? input) * BigInt(written) +
    output * BigInt(outputTokens)
  );
}

/** What single tokens cost at a moment. @param inputTokens long inputs have prices of their own */
export function tokenPricesOf(
  provider: ProviderId,
  model: string,
  at: Date,
  inputTokens: number,
): TokenPrices {
  const listed: ListedPrices = findPrices(provider, model, at) ?? {};
  const priceFor = (name: string): bigint | null => {
    const price = listed[name];
    return price === undefined ? null : picosPerToken(price, inputTokens);
  };
  return {
    input: priceFor('input_mtok'),
    cachedInput: priceFor('cache_read_mtok'),
    cacheWrite: priceFor('cache_write_mtok'),
    output: priceFor('output_mtok'),
  };
}

const TOKENS = 1_000_000;

/** Dollars for a million tokens, of which six places count, are whole picodollars for one. */
function picosPerToken(price: number | TieredPrices, inputTokens: number): bigint {
  if (typeof price === 'number') return BigInt(Math.round(price * TOKENS));
  const step = price.tiers.findLast(({ start }) => inputTokens > start);
  return picosPerToken(step?.price ?? price.base, inputTokens);
}
