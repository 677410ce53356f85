import { picosOf } from '../../../common/dollars.js';
import { detailedModel } from '../chat-completions/detailed-model.js';
import type { ModelEntry } from '../listed-model.js';
import { valueAt } from '../value-at.js';

/** Its prices are dollars for one token, as decimal text; of a router, whose price depends on the model it takes, `-1`. */
export function toModel(entry: unknown): ModelEntry | null {
  const model = detailedModel(entry);
  const priceOf = (name: string): bigint | null => {
    const price = valueAt(entry, 'pricing', name);
    return typeof price === 'string' ? picosOf(price) : null;
  };
  return (
    model && {
      ...model,
      price: {
        input: priceOf('prompt'),
        cachedInput: priceOf('input_cache_read'),
        cacheWrite: priceOf('input_cache_write'),
        output: priceOf('completion'),
      },
    }
  );
}
