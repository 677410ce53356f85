import type { ChatPart } from '../contract.js';
import { LastCounts, usageParts } from '../token-usage.js';
import { valueAt } from '../value-at.js';

/** Totals of an answer, which any of its chunks may report. */
export class ChatCompletionsTokens {
  readonly #counts = new LastCounts([
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'prompt_tokens_details',
    'completion_tokens_details',
    // What DeepSeek and Mistral call what others have in the details.
    'prompt_cache_hit_tokens',
    'num_cached_tokens',
    // In dollars.
    'cost',
  ]);

  /** @param reportsCost what another API calls a cost may be anything */
  constructor(private readonly reportsCost: boolean) {}

  add(usage: unknown): ChatPart[] {
    if (!this.#counts.add(usage)) return [];
    const input = this.#counts.get('prompt_tokens');
    const output = this.#counts.get('completion_tokens');
    const reasoning = valueAt(this.#counts.get('completion_tokens_details'), 'reasoning_tokens');
    const details = this.#counts.get('prompt_tokens_details');
    // xAI counts the reasoning apart, which shows in the total.
    const all = Number(output) + Number(reasoning);
    const isApart = Number(input) + all === this.#counts.get('total_tokens');
    return usageParts({
      input,
      output: isApart ? all : output,
      reasoning,
      cachedInput:
        valueAt(details, 'cached_tokens') ??
        this.#counts.get('prompt_cache_hit_tokens') ??
        this.#counts.get('num_cached_tokens'),
      cacheWriteInput: valueAt(details, 'cache_write_tokens'),
      ...(this.reportsCost && { cost: this.#counts.get('cost') }),
    });
  }
}
