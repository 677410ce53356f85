import type { ChatPart } from '../contract.js';
import { Paragraphs } from '../paragraphs.js';
import { DeliveredTexts, type PlacedText } from '../delivered-texts.js';
import { indexAt, listAt, valueAt } from '../value-at.js';

type Kind = 'text' | 'reasoning';
/** Where an item holds its parts. */
type Field = 'content' | 'summary';

interface KindOfText extends PlacedText {
  readonly kind: Kind;
}

/** A text of an answer, or what an event says of it. */
interface OutputText extends KindOfText {
  readonly isRefusal: boolean;
}

/** Where the text of an event stands. */
interface EventPlace extends Omit<KindOfText, 'text'> {
  readonly field: Field;
  readonly item: number | undefined;
  readonly part: number | undefined;
}

/** Where a kind of event has its text: a piece in `delta`, or all there is so far in another field. */
const events: ReadonlyMap<unknown, readonly [Kind, Field, text: string, isRefusal: boolean]> = new Map([
  ['response.output_text.delta', ['text', 'content', 'delta', false]],
  ['response.output_text.done', ['text', 'content', 'text', false]],
  ['response.refusal.delta', ['text', 'content', 'delta', true]],
  ['response.refusal.done', ['text', 'content', 'refusal', true]],
  ['response.reasoning_text.delta', ['reasoning', 'content', 'delta', false]],
  ['response.reasoning_text.done', ['reasoning', 'content', 'text', false]],
  ['response.reasoning_summary_text.delta', ['reasoning', 'summary', 'delta', false]],
  ['response.reasoning_summary_text.done', ['reasoning', 'summary', 'text', false]],
]);

/** Kinds of parts, and which field of theirs is the text. */
const parts: ReadonlyMap<unknown, readonly [Kind, Field, text: string]> = new Map([
  ['output_text', ['text', 'content', 'text']],
  ['refusal', ['text', 'content', 'refusal']],
  ['reasoning_text', ['reasoning', 'content', 'text']],
  ['summary_text', ['reasoning', 'summary', 'text']],
]);

/** What of an answer's texts of one kind has been delivered, and how. */
interface TextsOfKind {
  readonly delivered: DeliveredTexts;
  readonly paragraphs: Paragraphs;
}

/** The texts of one answer, each once, though it stands in several events. */
export class OpenAiTexts {
  readonly #kinds: Partial<Record<Kind, TextsOfKind>> = {};
  #isRefused = false;
  #lastPlace: EventPlace | null = null;

  /** Whether the model has said why it does not answer. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** @returns what of the event's text was not delivered yet */
  push(event: unknown, type: unknown): ChatPart[] {
    const item = indexAt(event, 'output_index');
    const found = events.get(type);
    if (found) {
      const [kind, field, textField, isRefusal] = found;
      const text = this.#place(kind, field, item, partIndexOf(event, field), valueAt(event, textField));
      if (!text) return [];
      const isPiece = textField === 'delta';
      if (isPiece) this.#of(kind).delivered.add(text);
      return this.#deliver(text, isRefusal, isPiece);
    }
    const part = valueAt(event, 'part');
    const texts = part === undefined ? textsOf(valueAt(event, 'item'), item) : textsOfPart(part, item, event);
    return texts.flatMap((text) => this.#deliver(text, text.isRefusal, false));
  }

  /** @param output what the answer holds in the end */
  close(output: readonly unknown[]): ChatPart[] {
    const texts = output.flatMap(textsOf);
    return (['reasoning', 'text'] as const).flatMap((kind) => {
      const rests = this.#of(kind).delivered.restOfAll(texts.filter((text) => text.kind === kind));
      return rests.flatMap((rest) => this.#deliver(rest, rest.isRefusal, true));
    });
  }

  /** Mostly the place of the event before: it is named once. */
  #place(
    kind: Kind,
    field: Field,
    item: number | undefined,
    part: number | undefined,
    text: unknown,
  ): KindOfText | null {
    if (typeof text !== 'string' || text === '') return null;
    const last = this.#lastPlace;
    if (last?.kind === kind && last.field === field && last.item === item && last.part === part) {
      return { kind, place: last.place, paragraph: last.paragraph, text };
    }
    const placed = toPlaced(kind, field, item, part, text);
    this.#lastPlace = { ...placed, field, item, part };
    return placed;
  }

  /** @param isNew whether the text is known to be new */
  #deliver(said: KindOfText, isRefusal: boolean, isNew: boolean): ChatPart[] {
    const { kind } = said;
    this.#isRefused ||= isRefusal;
    const { delivered, paragraphs } = this.#of(kind);
    const { text, paragraph } = isNew ? said : delivered.rest(said);
    return text === '' ? [] : [{ type: kind, text: paragraphs.add(paragraph, text) }];
  }

  /** Made when there is one: most answers have no reasoning. */
  #of(kind: Kind): TextsOfKind {
    return (this.#kinds[kind] ??= { delivered: new DeliveredTexts(), paragraphs: new Paragraphs() });
  }
}

function partIndexOf(event: unknown, field: Field): number | undefined {
  return indexAt(event, field === 'summary' ? 'summary_index' : 'content_index');
}

function textsOfPart(part: unknown, item: number | undefined, event: unknown): OutputText[] {
  const found = parts.get(valueAt(part, 'type'));
  if (!found) return [];
  const [kind, field, textField] = found;
  const text = valueAt(part, textField);
  if (typeof text !== 'string' || text === '') return [];
  const placed = toPlaced(kind, field, item, partIndexOf(event, field), text);
  return [{ ...placed, isRefusal: textField === 'refusal' }];
}

/** Loops, for an answer that closes may hold very many items, which need not be texts. */
function textsOf(item: unknown, index: number | undefined): OutputText[] {
  const texts: OutputText[] = [];
  for (const field of ['summary', 'content'] as const) {
    for (const [partIndex, part] of listAt(item, field).entries()) {
      const indices = { summary_index: partIndex, content_index: partIndex };
      texts.push(...textsOfPart(part, index, indices));
    }
  }
  return texts;
}

/** Servers that leave out indices have one item, or one part. */
function toPlaced(kind: Kind, field: Field, item = 0, part = 0, text: string): KindOfText {
  const place = `${field} ${item} ${part}`;
  // Messages are paragraphs, and so are the parts of a reasoning.
  return { kind, place, text, paragraph: kind === 'text' ? String(item) : place };
}
