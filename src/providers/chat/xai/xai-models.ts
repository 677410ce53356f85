import type { TokenPrices, ModelEntry } from '../listed-model.js';
import { listOrNull, valueAt } from '../value-at.js';

/** It names prices in cents for a hundred million tokens: so many picodollars is one of these for a token. */
const PICOS = 100n;

export function toModel(entry: unknown): ModelEntry | null {
  const output = listOrNull(entry, 'output_modalities');
  if (output && !output.includes('text')) return null;
  const input = listOrNull(entry, 'input_modalities');
  return { id: valueAt(entry, 'id'), ...(input && { input }), price: priceIn(entry) };
}

function priceIn(entry: unknown): TokenPrices {
  const priceOf = (name: string): bigint | null => {
    const price = valueAt(entry, name);
    return Number.isSafeInteger(price) && (price as number) >= 0 ? BigInt(price as number) * PICOS : null;
  };
  return {
    input: priceOf('prompt_text_token_price'),
    cachedInput: priceOf('cached_prompt_text_token_price'),
    cacheWrite: null,
    output: priceOf('completion_text_token_price'),
  };
}
