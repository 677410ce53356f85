import type { ModelPrice as ListedPrices, TieredPrices } from '@pydantic/genai-prices';
import { CURRENCY } from '../common/cost.js';
import { dollarsOf } from '../common/dollars.js';
import type { TokenUsage } from '../providers/chat/contract.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { findPrices } from './price-lists.js';

/** What a model's tokens cost, as decimal text for a million of them. A price with steps shows the first. */
export interface ModelPrice {
  readonly currency: typeof CURRENCY;
  readonly inputPerMillion: string;
  /** Of the input, what is read from the provider's cache; null where it has no price of its own. */
  readonly cachedInputPerMillion: string | null;
  /** Of the input, what is written to the provider's cache. */
  readonly cacheWritePerMillion: string | null;
  readonly outputPerMillion: string;
}

/** Tokens that cost something. The input includes those of the cache. */
export type PricedTokens = Pick<TokenUsage, 'inputTokens' | 'outputTokens'> &
  Partial<Pick<TokenUsage, 'cachedInputTokens' | 'cacheWriteInputTokens'>>;

/** The list price of a model at a moment; null where the catalogue has none. */
export function priceOf(provider: ProviderId, model: string, at: Date): ModelPrice | null {
  const prices = pricesFor(provider, model, at, 0);
  if (!prices) return null;
  const { input, cachedInput, cacheWrite, output } = prices;
  return {
    currency: CURRENCY,
    inputPerMillion: perMillion(input),
    cachedInputPerMillion: cachedInput === null ? null : perMillion(cachedInput),
    cacheWritePerMillion: cacheWrite === null ? null : perMillion(cacheWrite),
    outputPerMillion: perMillion(output),
  };
}

/** What tokens cost at a moment, in whole picodollars; null where the catalogue has no price. */
export function costOf(
  provider: ProviderId,
  model: string,
  { inputTokens, outputTokens, cachedInputTokens, cacheWriteInputTokens }: PricedTokens,
  at: Date,
): bigint | null {
  const prices = pricesFor(provider, model, at, inputTokens);
  if (!prices) return null;
  // A provider's counts may be anything: more was not read from its cache than was read.
  const cached = Math.min(cachedInputTokens ?? 0, inputTokens);
  const written = Math.min(cacheWriteInputTokens ?? 0, inputTokens - cached);
  return (
    prices.input * BigInt(inputTokens - cached - written) +
    (prices.cachedInput ?? prices.input) * BigInt(cached) +
    (prices.cacheWrite ?? prices.input) * BigInt(written) +
    prices.output * BigInt(outputTokens)
  );
}

/** For one token, in picodollars. */
interface TokenPrices {
  readonly input: bigint;
  readonly cachedInput: bigint | null;
  readonly cacheWrite: bigint | null;
  readonly output: bigint;
}

/** @param inputTokens long inputs have prices of their own */
function pricesFor(provider: ProviderId, model: string, at: Date, inputTokens: number): TokenPrices | null {
  const listed: ListedPrices = findPrices(provider, model, at) ?? {};
  const priceAt = (name: string): bigint | null => {
    const price = listed[name];
    return price === undefined ? null : picosPerToken(price, inputTokens);
  };
  const [input, output] = [priceAt('input_mtok'), priceAt('output_mtok')];
  if (input === null || output === null) return null;
  const [cachedInput, cacheWrite] = [priceAt('cache_read_mtok'), priceAt('cache_write_mtok')];
  return { input, cachedInput, cacheWrite, output };
}

const TOKENS = 1_000_000;

/** Dollars for a million tokens, of which six places count, are whole picodollars for one. */
function picosPerToken(price: number | TieredPrices, inputTokens: number): bigint {
  if (typeof price === 'number') return BigInt(Math.round(price * TOKENS));
  const step = price.tiers.findLast(({ start }) => inputTokens > start);
  return picosPerToken(step?.price ?? price.base, inputTokens);
}

const perMillion = (picos: bigint): string => dollarsOf(picos * BigInt(TOKENS));
