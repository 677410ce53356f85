import { ProviderUnavailableError } from '../../outbound/upstream-error.js';

const { imul } = Math;

/** More than any answer has: each takes its memory, and its time. */
const MAX_PLACES = 2_000;

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
      hash = (imul(hash, 31) + piece.charCodeAt(index)) | 0;
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
  /** What the place is part of. */
  readonly paragraph: string;
  readonly text: string;
}

/** What was told of one place. */
class ToldText extends Fingerprint {
  /** Whether its whole text has come, too. */
  isWhole = false;

  constructor(readonly paragraph: string) {
    super();
  }
}

/**
 * What of an answer has been told. APIs say a text in pieces and then again as a whole, once for each level that it
 * stands in; some say it only whole, or its beginning with what opens it. It is to be told once.
 *
 * Where a whole text does not go on from what was told in its place, the pieces are believed. The place of a whole text
 * may be another one than that of its pieces: gateways leave indices out here and there, and the answer that closes has
 * its own. What is told of it then belongs to the paragraph that it goes on from.
 */
export class ToldTexts {
  readonly #places = new Map<string, ToldText>();
  readonly #all = new Fingerprint();
  #last: ToldText | null = null;

  /**
   * Takes a piece that goes on where the last one of its place ended.
   *
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for an answer of more pieces than any has
   */
  add({ place, paragraph, text }: PlacedText): void {
    this.#addTo(this.#places.get(place) ?? this.#begin(place, new ToldText(paragraph)), text);
  }

  /** @returns what was not told yet of all that stands in a place, as far as it goes; it counts as told from here on */
  rest<Text extends PlacedText>(whole: Text): Text {
    const told = this.#places.get(whole.place) ?? this.#begin(whole.place, this.#goneOnIn(whole));
    told.isWhole = true;
    const rest = restAfter(told, whole);
    this.#addTo(told, rest.text);
    return rest;
  }

  /** The same for a whole answer, after which nothing comes. */
  restOfAll<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    if (texts.length > MAX_PLACES) throw new ProviderUnavailableError();
    const isBeginning = this.#all.begins(texts.map(({ text }) => text).join(''));
    const rests = isBeginning ? this.#after(texts) : this.#paired(texts);
    return rests.filter(({ text }) => text !== '');
  }

  #begin(place: string, told: ToldText): ToldText {
    if (this.#places.size === MAX_PLACES) throw new ProviderUnavailableError();
    this.#places.set(place, told);
    return told;
  }

  #addTo(told: ToldText, text: string): void {
    if (text === '') return;
    told.add(text);
    this.#all.add(text);
    this.#last = told;
  }

  /** What was told last, where that came in pieces only and is how the text begins; else nothing yet. */
  #goneOnIn({ paragraph, text }: PlacedText): ToldText {
    const last = this.#last;
    return last && !last.isWhole && last.begins(text) ? last : new ToldText(paragraph);
  }

  /** All that was told is how the texts begin. */
  #after<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    let told = this.#all.length;
    let begun: string | null = null;
    return texts.map((whole) => {
      if (told > 0) begun = whole.paragraph;
      const text = whole.text.slice(told);
      told = Math.max(0, told - whole.text.length);
      const paragraph = whole.paragraph === begun ? this.#last?.paragraph : undefined;
      return { ...whole, text, paragraph: paragraph ?? anew(whole) };
    });
  }

  /** They came in another order, or not as they are now: the same texts first, then by place, then by order. */
  #paired<Text extends PlacedText>(texts: readonly Text[]): Text[] {
    const open = new Set(this.#places.values());
    const byId = new Map([...open].map((told) => [told.id, told]));
    const same = texts.map(({ text }) => {
      const told = byId.get(idOf(text));
      return told && open.delete(told) ? told : null;
    });
    return texts.map((whole, index) => {
      const [next] = open;
      const own = this.#places.get(whole.place);
      const told = same[index] ?? (own && open.has(own) ? own : next?.begins(whole.text) ? next : null);
      if (!told) return { ...whole, paragraph: anew(whole) };
      open.delete(told);
      return restAfter(told, whole);
    });
  }
}

function restAfter<Text extends PlacedText>(told: ToldText, whole: Text): Text {
  const text = told.begins(whole.text) ? whole.text.slice(told.length) : '';
  return { ...whole, text, paragraph: told.paragraph };
}

/** A paragraph of the answer that closes, whose numbers may be those of others before. */
function anew({ paragraph }: PlacedText): string {
  return `closing ${paragraph}`;
}

function idOf(text: string): string {
  const whole = new Fingerprint();
  whole.add(text);
  return whole.id;
}
