import type { ChatPart } from '../contract.js';
import { LastCounts, usageParts } from '../token-usage.js';

/** Totals of an answer, which each of its chunks may report. */
export class GoogleTokens {
  readonly #counts = new LastCounts([
    'promptTokenCount',
    'candidatesTokenCount',
    'thoughtsTokenCount',
    'cachedContentTokenCount',
  ]);

  add(usage: unknown): ChatPart[] {
    if (!this.#counts.add(usage)) return [];
    const thoughts = this.#counts.get('thoughtsTokenCount');
    return usageParts({
      input: this.#counts.get('promptTokenCount'),
      // The API counts thoughts apart; an answer that is all thoughts has no count of candidates.
      output: Number(this.#counts.get('candidatesTokenCount') ?? 0) + Number(thoughts ?? 0),
      reasoning: thoughts,
      cachedInput: this.#counts.get('cachedContentTokenCount'),
    });
  }
}
