import type { KeyMask, MaskedText } from '../../common/key-mask.js';
import type { ChatPart } from '../../providers/chat/contract.js';
import { maskValue } from './mask-value.js';

type DeltaPart = Extract<ChatPart, { type: 'text' | 'reasoning' }>;
type ToolCallsPart = Extract<ChatPart, { type: 'toolCalls' }>;

/**
 * Takes the key of one attempt out of all that the model says with it, over all turns: clients put the deltas of a kind
 * together, whatever came between them.
 */
export class AnswerMask {
  readonly #texts: Readonly<Record<DeltaPart['type'], MaskedText>>;
  /** What is held back, in the order in which that began. */
  #held: readonly DeltaPart['type'][] = [];

  constructor(private readonly mask: KeyMask) {
    this.#texts = { text: mask.stream(), reasoning: mask.stream() };
  }

  /** @returns what may be shown now: the part itself where all of it may; null where nothing is */
  delta(part: DeltaPart): DeltaPart | null {
    const { type, text } = part;
    const masked = this.#texts[type];
    const shown = masked.push(text);
    if (masked.isHolding !== this.#held.includes(type)) {
      const others = this.#held.filter((other) => other !== type);
      this.#held = masked.isHolding ? [...others, type] : others;
    }
    if (shown === '') return null;
    return shown === text ? part : { type, text: shown };
  }

  /** A text that came whole. */
  text(value: string): string {
    return this.mask.text(value);
  }

  /** The calls as they are run. What is said to the provider again stays as it said it. */
  async toolCalls({ type, calls, transcript }: ToolCallsPart): Promise<ToolCallsPart> {
    const maskedCalls = calls.map(async ({ id, name, input }) => ({
      id,
      name: this.mask.text(name),
      input: await maskValue(input, this.mask),
    }));
    return { type, calls: await Promise.all(maskedCalls), transcript };
  }

  /** What is held back, at the answer's end, however it ends: it is the beginning of the key at most. */
  release(): DeltaPart[] {
    const parts = this.#held.map((type) => ({ type, text: this.#texts[type].release() }));
    this.#held = [];
    return parts;
  }
}
