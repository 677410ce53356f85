/** Pieces that are put together at a time: each costs some bytes beside its text, and may be one character long. */
const MOST_PIECES = 1_024;

/** A text that comes in pieces, however small they are: the time and the memory that it takes are linear in its length. */
export class TextBuffer {
  #pieces: string[] = [];
  #texts: string[] = [];
  #length = 0;

  /** In UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  append(piece: string): void {
    this.#length += piece.length;
    this.#pieces.push(piece);
    if (this.#pieces.length < MOST_PIECES) return;
    this.#texts.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  /** All of it; nothing is left here. */
  take(): string {
    const text = this.#texts.join('') + this.#pieces.join('');
    this.#pieces = [];
    this.#texts = [];
    this.#length = 0;
    return text;
  }
}
