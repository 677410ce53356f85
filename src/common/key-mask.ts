import { type KeyPattern, type MaskForm, toPattern } from './key-pattern.js';
import type { Secret } from './secret.js';

/**
 * Takes a key out of what its provider says: the key as it is, character by character, but no encoded form and no part
 * of it. It keeps no copy of the key, and is of use only while the secret is not destroyed.
 */
export class KeyMask {
  readonly #key: Secret;
  readonly #form: MaskForm;
  /** In characters, which are bytes. */
  readonly #length: number;
  /** Made when a text comes that is long enough to hold the key. */
  #madePattern: KeyPattern | null = null;

  constructor(key: Secret, form: MaskForm) {
    this.#key = key;
    this.#form = form;
    this.#length = key.revealBytes().length;
  }

  /** What takes the key's place. */
  get mask(): string {
    return this.#pattern.mask;
  }

  get #pattern(): KeyPattern {
    return (this.#madePattern ??= toPattern(this.#key, this.#form));
  }

  /** A whole text, with every occurrence of the key replaced. */
  text(text: string): string {
    if (text.length < this.#length) return text;
    const whole = this.stream();
    return whole.push(text) + whole.release();
  }

  /** A text that comes in pieces. */
  stream(): MaskedText {
    return new MaskedText(this.#pattern);
  }
}

/**
 * A text that comes in pieces and is shown as it comes, with every occurrence of the key replaced, also a cut one.
 * What may be the key's beginning is held back; where that was shown before it was long enough to be recognized,
 * the rest of the key is replaced.
 *
 * Invariants: what was shown never contains the key. What is held back are always the last characters of a beginning of
 * the key, so it need not be kept. The work is linear in the text, for any key.
 */
export class MaskedText {
  /** How long a beginning of the key ends here. */
  #matched = 0;
  /** How many of these characters are held back. */
  #held = 0;

  constructor(private readonly pattern: KeyPattern) {}

  get isHolding(): boolean {
    return this.#held > 0;
  }

  /** @returns what may be shown now: the piece itself, but for what is held back and what is replaced */
  push(piece: string): string {
    const { length, borders, holdFrom, mask, maskOfRest, matchedByMask } = this.pattern;
    if (length === 0) return piece;
    const key = this.pattern.key.revealBytes();
    const before = this.#matched;
    // Places in the piece. What is held back has those before its first one.
    const between = (from: number, to: number): string =>
      from < 0
        ? key.toString('latin1', before + from, before + Math.min(to, 0)) + piece.slice(0, Math.max(to, 0))
        : piece.slice(from, to);
    let matched = before;
    let shownTo = -this.#held;
    let masked: string | null = null;
    for (let index = 0; index < piece.length; index += 1) {
      const unit = piece.charCodeAt(index);
      while (matched > 0 && key[matched] !== unit) matched = borders[matched] ?? 0;
      if (key[matched] === unit) matched += 1;
      if (matched < length) continue;
      const start = index + 1 - length;
      masked = (masked ?? '') + (start < shownTo ? maskOfRest : between(shownTo, start) + mask);
      shownTo = index + 1;
      matched = matchedByMask;
    }
    this.#matched = matched;
    this.#held = matched < holdFrom ? 0 : Math.min(matched, piece.length - shownTo);
    const rest = between(shownTo, piece.length - this.#held);
    return masked === null && this.#held === 0 ? rest : copyOf((masked ?? '') + rest);
  }

  /** What is held back, when no more comes. */
  release(): string {
    const from = this.#matched - this.#held;
    if (this.#held === 0) return '';
    this.#held = 0;
    return this.pattern.key.revealBytes().toString('latin1', from, this.#matched);
  }
}

/** A string of its own: V8 keeps pieces of a string as references to all of it, and the key would stay with them. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
