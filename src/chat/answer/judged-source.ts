import type { PartConsumer } from '../../providers/chat/contract.js';
import type { ChatAttempt, ChatSource, FinishPart, SourcePart } from '../run/chat-source.js';

/** The longest text that is checked, in characters: longer than any model writes, and what a server can hold of each chat. */
const MAX_LENGTH = 1024 * 1024;

/** Whether a text fits; null where that was not found out. Ends with null, and soon, where the signal aborts. Never throws. */
export type Judge = (text: string, signal: AbortSignal) => Promise<boolean | null>;

/**
 * A source whose answer's text is judged before it finishes: all of it, as clients see it, and however it ended. Where the
 * client's tools are called in place of an answer, there is nothing to judge.
 *
 * By then the source has let go of its key. However the judgement comes out, the answer is complete.
 */
export class JudgedSource implements ChatSource {
  #text = '';
  #isTooLong = false;
  #finish: FinishPart | null = null;

  constructor(
    private readonly source: ChatSource,
    private readonly judge: Judge,
  ) {}

  get first(): ChatAttempt {
    return this.source.first;
  }

  async stream(signal: AbortSignal, onParts: PartConsumer<SourcePart>): Promise<void> {
    await this.source.stream(signal, (parts) => {
      for (const part of parts) this.#take(part);
      const shown = this.#finish ? parts.filter(({ type }) => type !== 'finish') : parts;
      return shown.length > 0 ? onParts(shown) : undefined;
    });
    const finish = this.#finish;
    if (finish === null) return;
    const hasText = finish.reason !== 'TOOL_CALLS' && !this.#isTooLong;
    const schemaValid = hasText ? await this.judge(this.#text, signal) : null;
    await onParts([{ ...finish, schemaValid }]);
  }

  close(): void {
    this.source.close();
  }

  #take(part: SourcePart): void {
    if (part.type === 'finish') this.#finish = part;
    if (part.type !== 'text' || this.#isTooLong) return;
    this.#isTooLong = this.#text.length + part.text.length > MAX_LENGTH;
    this.#text = this.#isTooLong ? '' : this.#text + part.text;
  }
}
