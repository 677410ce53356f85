/** What stands between two texts that would run together. */
const BLANK_LINE = '\n\n';

/** Puts a blank line between paragraphs, unless one of them brings a line break there. */
export class Paragraphs {
  #current: unknown = null;
  #hasText = false;
  #endsLine = false;

  /**
   * @param paragraph what the piece belongs to: another value begins another paragraph
   * @param piece not empty
   * @returns the piece, after what has to stand before it
   */
  add(paragraph: unknown, piece: string): string {
    const isNext = this.#hasText && paragraph !== this.#current;
    const runsOn = isNext && !this.#endsLine && !leadingSpace(piece).includes('\n');
    this.#current = paragraph;
    this.#look(piece, runsOn);
    return runsOn ? BLANK_LINE + piece : piece;
  }

  #look(piece: string, isAfterBlankLine: boolean): void {
    const text = piece.trimEnd();
    const endsLine = piece.slice(text.length).includes('\n') || (text === '' && isAfterBlankLine);
    this.#hasText ||= text !== '';
    this.#endsLine = text === '' ? this.#endsLine || endsLine : endsLine;
  }
}

function leadingSpace(piece: string): string {
  return piece.slice(0, piece.length - piece.trimStart().length);
}
