import type { ModelPrice as ListedPrices, TieredPrices } from '@pydantic/genai-prices';
import { dollarsOf } from '../common/dollars.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { findPrices } from './price-lists.js';

/** In this currency are all prices of the catalogue. */
export const CURRENCY = 'USD';

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

/** The list price of a model at a moment; null where the catalogue has none. */
export function priceOf(provider: ProviderId, model: string, at: Date): ModelPrice | null {
  const prices = pricesFor(provider, model, at);
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

/** For one token, in picodollars. */
interface TokenPrices {
  readonly input: bigint;
  readonly cachedInput: bigint | null;
  readonly cacheWrite: bigint | null;
  readonly output: bigint;
}

function pricesFor(provider: ProviderId, model: string, at: Date): TokenPrices | null {
  const listed: ListedPrices = findPrices(provider, model, at) ?? {};
  const priceAt = (name: string): bigint | null => {
    const price = listed[name];
    return price === undefined ? null : picosPerToken(price);
  };
  const [input, output] = [priceAt('input_mtok'), priceAt('output_mtok')];
  if (input === null || output === null) return null;
  const [cachedInput, cacheWrite] = [priceAt('cache_read_mtok'), priceAt('cache_write_mtok')];
  return { input, cachedInput, cacheWrite, output };
}

const TOKENS = 1_000_000;

/** Dollars for a million tokens, of which six places count, are whole picodollars for one. Of several steps, the first. */
const picosPerToken = (price: number | TieredPrices): bigint =>
  BigInt(Math.round((typeof price === 'number' ? price : price.base) * TOKENS));

const perMillion = (picos: bigint): string => dollarsOf(picos * BigInt(TOKENS));
