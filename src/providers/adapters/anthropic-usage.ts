import type { ChatPart } from '../contract.js';
import { usageParts } from '../token-usage.js';
import { valueAt } from '../value-at.js';

/** The counts of a message that are read. */
const counts = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens_details',
] as const;

/** Totals of a message. Its last event repeats the input's tokens, or leaves them out. */
export class TokenCounter {
  readonly #seen: Partial<Record<(typeof counts)[number], unknown>> = {};

  add(usage: unknown): ChatPart[] {
    for (const name of counts) this.#seen[name] = valueAt(usage, name) ?? this.#seen[name];
    const { input_tokens: input, output_tokens: output } = this.#seen;
    const cached = Number(this.#seen.cache_read_input_tokens ?? 0);
    const written = Number(this.#seen.cache_creation_input_tokens ?? 0);
    return usageParts({
      // The API counts what it reads from and writes to its cache apart.
      input: Number(input) + cached + written,
      output,
      reasoning: valueAt(this.#seen.output_tokens_details, 'thinking_tokens'),
      cachedInput: this.#seen.cache_read_input_tokens,
    });
  }
}
