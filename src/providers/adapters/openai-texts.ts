import type { ChatPart } from '../contract.js';
import { Paragraphs } from '../paragraphs.js';
import { ToldTexts, type PlacedText } from '../told-texts.js';
import { indexAt, listAt, valueAt } from '../value-at.js';

type Kind = 'text' | 'reasoning';
/** Where an item holds its parts. */
type Field = 'content' | 'summary';

/** A text of an answer, or what an event says of it. */
interface OutputText extends PlacedText {
  readonly kind: Kind;
  readonly isRefusal: boolean;
}

/** Where a kind of event has its text: a piece in `delta`, or all there is so far in another field. */
const events: ReadonlyMap<unknown, readonly [Kind, Field, text: string]> = new Map([
  ['response.output_text.delta', ['text', 'content', 'delta']],
  ['response.output_text.done', ['text', 'content', 'text']],
  ['response.refusal.delta', ['text', 'content', 'delta']],
  ['response.refusal.done', ['text', 'content', 'refusal']],
  ['response.reasoning_text.delta', ['reasoning', 'content', 'delta']],
  ['response.reasoning_text.done', ['reasoning', 'content', 'text']],
  ['response.reasoning_summary_text.delta', ['reasoning', 'summary', 'delta']],
  ['response.reasoning_summary_text.done', ['reasoning', 'summary', 'text']],
]);

/** Kinds of parts, and which field of theirs is the text. */
const parts: ReadonlyMap<unknown, readonly [Kind, Field, text: string]> = new Map([
  ['output_text', ['text', 'content', 'text']],
  ['refusal', ['text', 'content', 'refusal']],
  ['reasoning_text', ['reasoning', 'content', 'text']],
  ['summary_text', ['reasoning', 'summary', 'text']],
]);

/** The texts of one answer, each once, wherever it stands. */
export class OpenAiTexts {
  readonly #told = { text: new ToldTexts(), reasoning: new ToldTexts() };
  readonly #paragraphs = { text: new Paragraphs(), reasoning: new Paragraphs() };
  #isRefused = false;

  /** Whether the model has said why it does not answer. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** @returns what the event tells that was not told yet */
  push(event: unknown, type: unknown): ChatPart[] {
    const item = indexAt(event, 'output_index');
    const found = events.get(type);
    if (found) {
      const [kind, field, textField] = found;
      const text = toOutputText(kind, field, item, partIndexOf(event, field), valueAt(event, textField));
      const isPiece = textField === 'delta';
      if (isPiece && text) this.#told[kind].add(text);
      return text
        ? this.#tell({ ...text, isRefusal: String(type).startsWith('response.refusal') }, isPiece)
        : [];
    }
    const part = valueAt(event, 'part');
    const texts = part === undefined ? textsOf(valueAt(event, 'item'), item) : textsOfPart(part, item, event);
    return texts.flatMap((text) => this.#tell(text, false));
  }

  /** @param output what the answer holds in the end */
  close(output: readonly unknown[]): ChatPart[] {
    const texts = output.flatMap(textsOf);
    return (['reasoning', 'text'] as const).flatMap((kind) => {
      const rests = this.#told[kind].restOfAll(texts.filter((text) => text.kind === kind));
      return rests.flatMap((rest) => this.#tell(rest, true));
    });
  }

  /** @param isNew whether the text is known to be untold */
  #tell(told: OutputText, isNew: boolean): ChatPart[] {
    const { kind } = told;
    this.#isRefused ||= told.isRefusal;
    const { text, paragraph } = isNew ? told : this.#told[kind].rest(told);
    return text === '' ? [] : [{ type: kind, text: this.#paragraphs[kind].add(paragraph, text) }];
  }
}

function partIndexOf(event: unknown, field: Field): number | undefined {
  return indexAt(event, field === 'summary' ? 'summary_index' : 'content_index');
}

function textsOfPart(part: unknown, item: number | undefined, event: unknown): OutputText[] {
  const found = parts.get(valueAt(part, 'type'));
  if (!found) return [];
  const [kind, field, textField] = found;
  const text = toOutputText(kind, field, item, partIndexOf(event, field), valueAt(part, textField));
  return text ? [{ ...text, isRefusal: textField === 'refusal' }] : [];
}

function textsOf(item: unknown, index: number | undefined): OutputText[] {
  return (['summary', 'content'] as const).flatMap((field) =>
    listAt(item, field).flatMap((part, partIndex) => {
      const indices = { summary_index: partIndex, content_index: partIndex };
      return textsOfPart(part, index, indices);
    }),
  );
}

/** Servers that leave out indices have one item, or one part. */
function toOutputText(
  kind: Kind,
  field: Field,
  item = 0,
  part = 0,
  text: unknown,
): Omit<OutputText, 'isRefusal'> | null {
  if (typeof text !== 'string' || text === '') return null;
  const place = `${field} ${item} ${part}`;
  // Messages are paragraphs, and so are the parts of a reasoning.
  return { kind, place, text, paragraph: kind === 'text' ? String(item) : place };
}
