import type { RootContent } from 'mdast';
import { type Definitions, definitionsFor, mayReferBeyond, parseMarkdown } from './parse-markdown';
import { type Grown, outlineOf, type Shown } from './shown';
import { toShown } from './to-shown';

/** How much is read in a step. */
const STEP = 2_000;

/** The finished blocks that may refer to what is only defined later. */
export class LateLinks {
  /** With their source. */
  readonly #blocks = new Map<Shown, string>();

  get isEmpty(): boolean {
    return this.#blocks.size === 0;
  }

  /**
   * @param source what the node was read from
   * @param known what was defined by then
   */
  note([block]: readonly Shown[], { position }: RootContent, source: string, known: Definitions): void {
    const { start, end } = position ?? {};
    const text = source.slice(start?.offset, end?.offset);
    if (block && mayReferBeyond(text, known))
      this.#blocks.set(block, ' '.repeat((start?.column ?? 1) - 1) + text);
  }

  /** Puts some of them in the place of what they were without the definitions: a step's worth. */
  resolve(done: Grown, definitions: Definitions): void {
    const resolved = new Map<Shown, Shown>();
    let length = 0;
    for (const [block, source] of this.#blocks) {
      if (length > STEP) break;
      this.#blocks.delete(block);
      const before = definitionsFor(source, definitions);
      if (before === '') continue;
      length += source.length;
      const [now] = toShown(parseMarkdown(before + source).children, definitions);
      if (now && outlineOf(now) !== outlineOf(block)) resolved.set(block, now);
    }
    if (resolved.size > 0) done.replace((block) => resolved.get(block) ?? block);
  }
}
