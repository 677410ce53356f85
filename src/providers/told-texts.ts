import { ProviderUnavailableError } from '../outbound/upstream-error.js';

/** More than any answer has: each takes its memory. */
const MAX_PLACES = 10_000;

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

  add(piece: string): void {
    let hash = this.#hash;
    for (let index = 0; index < piece.length; index += 1) {
      hash = (hash * 31 + piece.charCodeAt(index)) | 0;
    }
    this.#hash = hash;
    this.#length += piece.length;
  }

  begins(text: string): boolean {
    if (text.length < this.#length) return false;
    const beginning = new Fingerprint();
    beginning.add(text.slice(0, this.#length));
    return this.id === beginning.id;
  }
}

/** A text of an answer, and where it stands there. */
export interface PlacedText {
  readonly place: string;
  readonly text: string;
}

/**
 * What of an answer has been told. APIs say a text in pieces and then again as a whole, once for each level that it
 * stands in; some say it only whole, or its beginning with what opens it. It is to be told once.
 *
 * Where a whole text does not go on from what was told in its place, the pieces are believed.
 */
export class ToldTexts {
  readonly #places = new Map<string, Fingerprint>();
  readonly #all = new Fingerprint();

  /**
   * Takes a piece that goes on where the last one of its place ended.
   *
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for an answer of more pieces than any has
   */
  add({ place, text }: PlacedText): void {
    let told = this.#places.get(place);
    if (!told) {
      if (this.#places.size === MAX_PLACES) throw new ProviderUnavailableError();
      told = new Fingerprint();
      this.#places.set(place, told);
    }
    told.add(text);
    this.#all.add(text);
  }

  /** @returns what was not told yet of all that stands in a place, as far as it goes; it counts as told from here on */
  rest({ place, text }: PlacedText): string {
    const told = this.#places.get(place);
    const rest = !told ? text : told.begins(text) ? text.slice(told.length) : '';
    if (rest !== '') this.add({ place, text: rest });
    return rest;
  }

  /**
   * The same for a whole answer. Its places may be other ones than before: OpenAI numbers what it streams, and leaves some
   * of that out in the end.
   */
  restOfAll<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    const isBeginning = this.#all.begins(texts.map(({ text }) => text).join(''));
    const rests = isBeginning ? this.#after(texts) : this.#unknown(texts);
    return rests.filter(({ text }) => text !== '');
  }

  /** All that was told is how the texts begin. */
  #after<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    let told = this.#all.length;
    return texts.map((placed) => {
      const text = placed.text.slice(told);
      told = Math.max(0, told - placed.text.length);
      return { ...placed, text };
    });
  }

  /** They came in another order, or not as they are now. */
  #unknown<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    const ids = new Set([...this.#places.values()].map(({ id }) => id));
    const isKnown = ({ place, text }: Text): boolean => !this.#places.has(place) && ids.has(idOf(text));
    return texts.map((placed) => ({ ...placed, text: isKnown(placed) ? '' : this.rest(placed) }));
  }
}

function idOf(text: string): string {
  const whole = new Fingerprint();
  whole.add(text);
  return whole.id;
}
