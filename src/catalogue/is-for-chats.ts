import type { ProviderId } from '../providers/registry/provider-ids.js';
import { findPrices } from './price-lists.js';

/** False where the price list has the model, and no price for text that it writes: it makes vectors, or hears. */
export function isForChats(provider: ProviderId, model: string, at: Date): boolean {
  const prices = findPrices(provider, model, at);
  return prices === null || prices.output_mtok !== undefined;
}
