import type { Secret } from './secret.js';

/** Shorter ones, which only an operator can set, are words (`none`, `EMPTY`) and no secrets: they are left alone. */
const SHORTEST_KEY = 8;
/** A text is held back only where it ends with at least so many characters of the key's beginning … */
const SHORTEST_BEGINNING = 8;
/** … and with at least so many behind the prefix that says nothing about a key. */
const SHORTEST_BEYOND_PREFIX = 4;
/** The mask that fits every key, for keys are ASCII. */
const ELLIPSIS = '…';

/** How a key's occurrences are written. */
export interface MaskForm {
  /** What takes the key's place: `sk-…wxyz`, `[key]`. */
  readonly mask: string;
  /** The provider's prefixes that say nothing about a key. */
  readonly publicPrefixes: readonly string[];
}

/** What finding a key and replacing it takes. It holds no character of the key: those stay in the secret alone. */
export interface KeyPattern {
  readonly key: Secret;
  /** In characters, which are bytes; 0 where the key is not looked for. */
  readonly length: number;
  /** For every length of the key's beginning, the longest shorter beginning that it ends with. */
  readonly borders: Uint16Array;
  /** The shortest beginning that is held back. */
  readonly holdFrom: number;
  readonly mask: string;
  /** The mask where the key's first characters have been shown. */
  readonly maskOfRest: string;
  /** How long a beginning of the key the mask ends with. */
  readonly matchedByMask: number;
}

/** Looks at a key once, before its provider is called. */
export function toPattern(key: Secret, { mask: wish, publicPrefixes }: MaskForm): KeyPattern {
  const bytes = key.revealBytes();
  const startsWith = (text: string): boolean => bytes.toString('latin1', 0, text.length) === text;
  const prefixLengths = publicPrefixes.filter(startsWith).map(({ length }) => length);
  const holdFrom = Math.max(SHORTEST_BEGINNING, Math.max(0, ...prefixLengths) + SHORTEST_BEYOND_PREFIX);
  const borders = bordersOf(bytes);
  const wished = leadOf(wish, bytes);
  // Where it begins as the key does, what it might end was found to be the key before it came.
  const isFit = wished !== null && (startsWith(wished) || !endsKey(wished, bytes, bytes.length));
  const [mask, lead] = isFit ? [wish, wished] : [ELLIPSIS, ''];
  return {
    key,
    length: bytes.length < SHORTEST_KEY ? 0 : bytes.length,
    borders,
    holdFrom,
    mask,
    maskOfRest: endsKey(lead, bytes, holdFrom) ? mask.slice(lead.length) : mask,
    matchedByMask: matchedBy(mask.slice(lead.length), bytes, borders),
  };
}

/** D. E. Knuth, J. H. Morris, V. R. Pratt: Fast pattern matching in strings, 1977. */
function bordersOf(key: Uint8Array): Uint16Array {
  const borders = new Uint16Array(key.length + 1);
  let border = 0;
  for (let index = 1; index < key.length; index += 1) {
    while (border > 0 && key[index] !== key[border]) border = borders[border] ?? 0;
    if (key[index] === key[border]) border += 1;
    borders[index + 1] = border;
  }
  return borders;
}

/**
 * What of a mask stands before its first character that is none of the key's. That character keeps what is shown
 * before a mask and what is shown after it apart: no key can come of the two together.
 *
 * @returns null where there is no such character
 */
function leadOf(mask: string, key: Buffer): string | null {
  const index = mask.split('').findIndex((character) => !key.includes(character));
  return index < 0 ? null : mask.slice(0, index);
}

/** Whether a beginning of the key that is shorter than `limit`, and a mask's lead behind it, may make the key. */
function endsKey(lead: string, key: Buffer, limit: number): boolean {
  const from = Math.max(1, key.length - lead.length);
  for (let shown = from; shown < Math.min(limit, key.length); shown += 1) {
    if (lead.startsWith(key.toString('latin1', shown))) return true;
  }
  return false;
}

function matchedBy(text: string, key: Uint8Array, borders: Uint16Array): number {
  let matched = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    while (matched > 0 && key[matched] !== unit) matched = borders[matched] ?? 0;
    if (key[matched] === unit) matched += 1;
  }
  return matched;
}
