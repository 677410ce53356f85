import { ProviderUnavailableError } from '../../outbound/upstream-error.js';

const { imul } = Math;

/** More than any answer has: each takes its memory, and its time. */
const MAX_PLACES = 2_000;

const BASE = 31;

/** A text that is not kept: its length, and a hash by which it is known again. */
class Fingerprint {
  #length = 0;
  #hash = 0;

  get length(): number {
    return this.#length;
  }

  get id(): string {
    return `${this.#length} ${this.#hash}`;
  }

  /** Appends a text by its fingerprint: the texts that it is part of need not look at it again. */
  add({ length, hash, factor }: HashedText): void {
    this.#hash = (imul(this.#hash, factor) + hash) | 0;
    this.#length += length;
  }

  begins(text: string): boolean {
    if (text.length < this.#length) return false;
    return this.id === idOf(text.slice(0, this.#length));
  }
}

interface HashedText {
  readonly length: number;
  readonly hash: number;
  /** By how much it moves the hash of what stands before it. */
  readonly factor: number;
}

function hashed(text: string): HashedText {
  const { length } = text;
  let hash = 0;
  for (let index = 0; index < length; index += 1) {
    hash = (imul(hash, BASE) + text.charCodeAt(index)) | 0;
  }
  return { length, hash, factor: power(BASE, length) };
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let [factor, rest] = [base, exponent]; rest > 0; rest >>>= 1) {
    if (rest % 2 === 1) result = imul(result, factor);
    factor = imul(factor, factor);
  }
  return result;
}

function idOf(text: string): string {
  const whole = new Fingerprint();
  whole.add(hashed(text));
  return whole.id;
}

/** A text of an answer, and where it stands there. */
export interface PlacedText {
  readonly place: string;
  /** What the place is part of. */
  readonly paragraph: string;
  readonly text: string;
}

/** What was delivered of one place. */
class DeliveredText extends Fingerprint {
  /** Whether its whole text has come, too. */
  isWhole = false;

  constructor(readonly paragraph: string) {
    super();
  }
}

/**
 * What of an answer has been delivered. APIs send a text in pieces and then again as a whole, once for each level that
 * it stands in; some send it only whole, or its beginning with the event that opens it. A client gets it once.
 *
 * Where a whole text does not continue what was delivered in its place, the pieces count. The place of a whole text
 * may be another one than that of its pieces: gateways leave indices out here and there, and the answer that closes has
 * its own. Its rest then belongs to the paragraph that it continues.
 */
export class DeliveredTexts {
  readonly #places = new Map<string, DeliveredText>();
  readonly #all = new Fingerprint();
  #last: DeliveredText | null = null;

  /**
   * Takes a piece that goes on where the last one of its place ended.
   *
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for an answer of more pieces than any has
   */
  add({ place, paragraph, text }: PlacedText): void {
    this.#addTo(this.#places.get(place) ?? this.#begin(place, new DeliveredText(paragraph)), text);
  }

  /** @returns what of a place's text was not delivered yet, as far as it goes; it counts as delivered from here on */
  rest<Text extends PlacedText>(whole: Text): Text {
    const delivered = this.#places.get(whole.place) ?? this.#begin(whole.place, this.#goneOnIn(whole));
    delivered.isWhole = true;
    const rest = restAfter(delivered, whole);
    this.#addTo(delivered, rest.text);
    return rest;
  }

  /** The same for a whole answer, after which nothing comes. */
  restOfAll<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    if (texts.length > MAX_PLACES) throw new ProviderUnavailableError();
    const isBeginning = this.#all.begins(texts.map(({ text }) => text).join(''));
    const rests = isBeginning ? this.#after(texts) : this.#paired(texts);
    return rests.filter(({ text }) => text !== '');
  }

  #begin(place: string, delivered: DeliveredText): DeliveredText {
    if (this.#places.size === MAX_PLACES) throw new ProviderUnavailableError();
    this.#places.set(place, delivered);
    return delivered;
  }

  #addTo(delivered: DeliveredText, text: string): void {
    if (text === '') return;
    const piece = hashed(text);
    delivered.add(piece);
    this.#all.add(piece);
    this.#last = delivered;
  }

  /** What was delivered last, where that came in pieces only and is how the text begins; else a new, empty one. */
  #goneOnIn({ paragraph, text }: PlacedText): DeliveredText {
    const last = this.#last;
    return last && !last.isWhole && last.begins(text) ? last : new DeliveredText(paragraph);
  }

  /** All that was delivered is how the texts begin. */
  #after<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    let delivered = this.#all.length;
    let begun: string | null = null;
    return texts.map((whole) => {
      if (delivered > 0) begun = whole.paragraph;
      const text = whole.text.slice(delivered);
      delivered = Math.max(0, delivered - whole.text.length);
      const paragraph = whole.paragraph === begun ? this.#last?.paragraph : undefined;
      return { ...whole, text, paragraph: paragraph ?? anew(whole) };
    });
  }

  /** They came in another order, or not as they are now: the same texts first, then by place, then by order. */
  #paired<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    const open = new Set(this.#places.values());
    const byId = new Map([...open].map((delivered) => [delivered.id, delivered]));
    const same = texts.map(({ text }) => {
      const delivered = byId.get(idOf(text));
      return delivered && open.delete(delivered) ? delivered : null;
    });
    return texts.map((whole, index) => {
      const [next] = open;
      const own = this.#places.get(whole.place);
      const delivered = same[index] ?? (own && open.has(own) ? own : next?.begins(whole.text) ? next : null);
      if (!delivered) return { ...whole, paragraph: anew(whole) };
      open.delete(delivered);
      return restAfter(delivered, whole);
    });
  }
}

function restAfter<Text extends PlacedText>(delivered: DeliveredText, whole: Text): Text {
  const text = delivered.begins(whole.text) ? whole.text.slice(delivered.length) : '';
  return { ...whole, text, paragraph: delivered.paragraph };
}

/** A paragraph of the answer that closes, whose numbers may be those of others before. */
function anew({ paragraph }: PlacedText): string {
  return `closing ${paragraph}`;
}
