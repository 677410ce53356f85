import type { ChatPart } from '../contract.js';
import { LastCounts, usageParts } from '../token-usage.js';
import { valueAt } from '../value-at.js';

/** Totals of a message. Its last event repeats the input's tokens, or leaves them out. */
export class TokenCounter {
  readonly #counts = new LastCounts([
    'input_tokens',
    'output_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
    'output_tokens_details',
  ]);

  add(usage: unknown): ChatPart[] {
    if (!this.#counts.add(usage)) return [];
    const cached = this.#counts.get('cache_read_input_tokens');
    const written = this.#counts.get('cache_creation_input_tokens');
    return usageParts({
      // The API counts what it reads from and writes to its cache apart.
      input: Number(this.#counts.get('input_tokens')) + Number(cached ?? 0) + Number(written ?? 0),
      output: this.#counts.get('output_tokens'),
      reasoning: valueAt(this.#counts.get('output_tokens_details'), 'thinking_tokens'),
      cachedInput: cached,
      cacheWriteInput: written,
    });
  }
}
