import type { ModelPrice as ListedPrices, TieredPrices } from '@pydantic/genai-prices';
import { type ListedPrice, perMillionTokens } from '../providers/chat/listed-model.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { findPrices } from './price-lists.js';

/** In this currency are all prices of the catalogue. */
export const CURRENCY = 'USD';

/** What a model's tokens cost. A price with steps shows the first. */
export interface ModelPrice extends ListedPrice {
  readonly currency: typeof CURRENCY;
}

/** The list price of a model at a moment; null where the catalogue has none. */
export function priceOf(provider: ProviderId, model: string, at: Date): ModelPrice | null {
  const listed: ListedPrices = findPrices(provider, model, at) ?? {};
  const priceFor = (name: string): bigint | null => {
    const price = listed[name];
    return price === undefined ? null : picosPerToken(price);
  };
  const price = perMillionTokens({
    input: priceFor('input_mtok'),
    cachedInput: priceFor('cache_read_mtok'),
    cacheWrite: priceFor('cache_write_mtok'),
    output: priceFor('output_mtok'),
  });
  return price && { currency: CURRENCY, ...price };
}

const TOKENS = 1_000_000;

/** Dollars for a million tokens, of which six places count, are whole picodollars for one. Of several steps, the first. */
const picosPerToken = (price: number | TieredPrices): bigint =>
  BigInt(Math.round((typeof price === 'number' ? price : price.base) * TOKENS));
