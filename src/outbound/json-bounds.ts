import { ProviderUnavailableError } from './upstream-error.js';

/**
 * What an answer may hold besides its texts: some ten times what real ones have. Text costs a parser next to nothing,
 * but each value an allocation: four megabytes of nested lists take it half a second, and thirty times their memory.
 */
const MAX_VALUES = 100_000;
/** Beyond some thousands of levels, code that walks through a value by recursion breaks. */
const MAX_DEPTH = 256;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Whether a whole text is so short, and opens so few brackets, that it cannot be too much: of most events each look at
 * a character would cost more than parsing them.
 */
export function isHarmless(text: string): boolean {
  return text.length <= MAX_VALUES && hasFew(text, '{') && hasFew(text, '[');
}

function hasFew(text: string, bracket: string): boolean {
  let count = 0;
  for (let index = text.indexOf(bracket); index >= 0; index = text.indexOf(bracket, index + 1)) {
    count += 1;
    if (count > MAX_DEPTH / 2) return false;
  }
  return true;
}

/** Looks at JSON before it is parsed, piece by piece: whether it is valid is the parser's concern. */
export class JsonBounds {
  #values = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** Whether every bracket so far is closed again. */
  get isClosed(): boolean {
    return this.#depth <= 0 && !this.#isInText;
  }

  /** @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for what would keep a parser busy */
  add(piece: string): void {
    let index = 0;
    while (index < piece.length) {
      index = this.#isInText ? this.#skipText(piece, index) : this.#skipValues(piece, index);
      if (this.#values > MAX_VALUES || this.#depth > MAX_DEPTH) throw new ProviderUnavailableError();
    }
  }

  /** @returns where the text ends, or the piece */
  #skipText(piece: string, start: number): number {
    let from = this.#isEscaped ? start + 1 : start;
    for (;;) {
      const quote = piece.indexOf('"', from);
      const end = quote < 0 ? piece.length : quote;
      const isEscaped = backslashesBefore(piece, from, end) % 2 === 1;
      this.#isEscaped = quote < 0 && isEscaped;
      if (quote < 0) return piece.length;
      if (!isEscaped) {
        this.#isInText = false;
        return quote + 1;
      }
      from = quote + 1;
    }
  }

  /** @returns where the next text begins, or the piece ends */
  #skipValues(piece: string, start: number): number {
    for (let index = start; index < piece.length; index += 1) {
      switch (piece.charCodeAt(index)) {
        case QUOTE:
          this.#isInText = true;
          this.#isEscaped = false;
          return index + 1;
        case OPENING_BRACKET:
        case OPENING_BRACE:
          this.#values += 1;
          this.#depth += 1;
          if (this.#depth > MAX_DEPTH) return piece.length;
          break;
        case CLOSING_BRACKET:
        case CLOSING_BRACE:
          this.#depth -= 1;
          break;
        case COMMA:
        case COLON:
          this.#values += 1;
          break;
      }
    }
    return piece.length;
  }
}

const isBackslash = (text: string, index: number): boolean => text.charCodeAt(index) === BACKSLASH;

/** Those that stand right before a place, from another one on. */
function backslashesBefore(text: string, from: number, end: number): number {
  let first = end;
  while (first > from && isBackslash(text, first - 1)) first -= 1;
  return end - first;
}
