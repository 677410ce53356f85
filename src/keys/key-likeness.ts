import { ACCESS_TOKEN_PREFIX } from '../common/access-token.js';
import type { ProviderDefinition } from '../common/provider-definition.js';
import { registry } from '../providers/registry/registry.js';

/** What a key is made of, and what stands between the parts of one: everything else ends a word. */
const WORDS = /[\w+/.~-]+/g;
const PARTS = /[A-Za-z0-9]+/g;
/** Characters that show nothing and may stand inside a word. */
const INVISIBLE = /\p{Cf}/gu;

/** Hexadecimal digits in one piece, and a UUID: no word is made of so many. */
const HEX = /[\da-f]{24,}/gi;
const UUID = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/i;
/** Longer than any telephone or account number. */
const LONG_NUMBER = /\d{20}/;

/**
 * Which letters often follow which in words of European languages: of the 676 pairs about a third, which make up nine
 * tenths of what people write; of what a generator draws from letters of both cases and digits, less than a fifth.
 */
const FOLLOWERS: Readonly<Record<string, string>> = {
  a: 'bcdgijklmnprstuvyz',
  b: 'aeiloru',
  c: 'aehikortu',
  d: 'aeioru',
  e: 'abcdfghiklmnprstvxz',
  f: 'aeiou',
  g: 'aehinorsu',
  h: 'aeilort',
  i: 'abcdefgjklmnoprstvz',
  j: 'ae',
  k: 'aehilorstu',
  l: 'adeiostu',
  m: 'abeiopu',
  n: 'acdefghikostuy',
  o: 'bcdfgijklmnprstuvw',
  p: 'aehilortu',
  q: 'u',
  r: 'acdegikmnostuvy',
  s: 'aceikloptuyz',
  t: 'aehiorsuy',
  u: 'aefgiklmnprst',
  v: 'aeio',
  w: 'aei',
  x: 'aeit',
  y: 'aelnot',
  z: 'aein',
};

/** So many pairs that are rare in words make a key, where they are more than this part of all pairs that count. */
const MANY_STRANGE_PAIRS = 10;
const STRANGE_PART = 0.4;
/** Shorter parts are abbreviations and versions (`GPT4`, `eu1`), in which any pair is as good as another. */
const SHORTEST_PART = 5;

/**
 * Behind a provider's prefix less is proof enough: so many strange pairs in one part, where they are that share of all
 * pairs that count. The length proves nothing: people write long words behind a prefix, several in one
 * (`LaptopOfAlice`), and times (`20261126093000`).
 */
const STRANGE_PAIRS_BEHIND_PREFIX = 5;
/** What people write behind a prefix beside words is as short as a date or the name of a machine (`3F9K2Q7B`). */
const SHORT_PART = 8;

const prefixes = [
  ...(registry as readonly ProviderDefinition[]).flatMap(({ keyPrefixes }) => [
    ...keyPrefixes.public,
    ...keyPrefixes.unmistakable,
  ]),
  // What it begins is as secret.
  ACCESS_TOKEN_PREFIX,
];

/**
 * Whether a text that is shown in the clear has a key in it, as far as can be seen without knowing the key: by a
 * provider's prefix with something behind it that people do not write, or by a word that people do not write at all.
 *
 * Keys are drawn at random, so what gives them away is that their characters do not depend on each other: upper case
 * stands behind lower case, digits between letters, and letters that no language puts together. Labels have some of
 * that (`iPhone15Pro`, `DESKTOP-7F3K9QL`), but little for their length.
 */
export function hasKey(text: string): boolean {
  return wordsOf(text).some(
    (word) => isHexOrNumber(word) || isDrawn(partsOf(word, SHORTEST_PART)) || hasSecretBehindPrefix(word),
  );
}

/** The same of a text that machines name things with, where digests and words drawn by lot are no keys: by prefix. */
export function hasKeyWithPrefix(text: string): boolean {
  return wordsOf(text).some(hasSecretBehindPrefix);
}

const wordsOf = (text: string): readonly string[] =>
  text.normalize('NFKC').replace(INVISIBLE, '').match(WORDS) ?? [];

const partsOf = (word: string, shortest = 1): string[] =>
  (word.match(PARTS) ?? []).filter(({ length }) => length >= shortest);

function isHexOrNumber(word: string): boolean {
  const isMixed = (digits: string): boolean => /\d/.test(digits) && /[a-f]/i.test(digits);
  return LONG_NUMBER.test(word) || UUID.test(word) || (word.match(HEX) ?? []).some(isMixed);
}

/** Whether what the parts hold was drawn by lot. */
function isDrawn(parts: readonly string[]): boolean {
  return hasStrangePairs(parts, MANY_STRANGE_PAIRS);
}

function hasSecretBehindPrefix(word: string): boolean {
  return prefixes.some((prefix) => {
    const begin = findPrefix(word, prefix);
    if (begin === null) return false;
    const rest = word.slice(begin + prefix.length);
    const parts = partsOf(rest);
    return isHexOrNumber(rest) || isDrawn(parts) || parts.some(isSecret);
  });
}

/** Where a prefix begins a word or follows on a sign: what ends in one (`risk-`) has none. */
function findPrefix(word: string, prefix: string): number | null {
  for (let at = word.indexOf(prefix); at >= 0; at = word.indexOf(prefix, at + 1)) {
    if (at === 0 || !isLetterOrDigit(word.charAt(at - 1))) return at;
  }
  return null;
}

const isSecret = (part: string): boolean =>
  part.length > SHORT_PART && hasStrangePairs([part], STRANGE_PAIRS_BEHIND_PREFIX);

/** Two digits, or the same character twice, do not count: years look like that, and rows of one letter. */
function hasStrangePairs(parts: readonly string[], many: number): boolean {
  let usual = 0;
  let strange = 0;
  for (const part of parts) {
    for (let index = 1; index < part.length; index += 1) {
      const [first, second] = [part.charAt(index - 1), part.charAt(index)];
      if (first === second || (isDigit(first) && isDigit(second))) continue;
      if (isUsual(first, second)) usual += 1;
      else strange += 1;
    }
  }
  return strange >= many && strange >= STRANGE_PART * (usual + strange);
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';
const isUpperCase = (character: string): boolean => character >= 'A' && character <= 'Z';
const isLetterOrDigit = (character: string): boolean => /[A-Za-z0-9]/.test(character);

function isUsual(first: string, second: string): boolean {
  if (isUpperCase(second) && !isUpperCase(first)) return false;
  return FOLLOWERS[first.toLowerCase()]?.includes(second.toLowerCase()) ?? false;
}
