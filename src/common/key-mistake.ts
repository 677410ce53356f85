import { forgetLastMatch } from './clean-key.js';

const LONGEST_KEY = 4_096;
/** Several keys in one: each has at least so many characters. */
const SHORTEST_OF_SEVERAL = 16;
/** A prefix so long is in no key by chance. */
const LONG_PREFIX = 5;

/** In the place of what a mask hides. Two asterisks, for a chosen key may have one. */
const MASK = /[…‥⋯•●○∙·◦■□█∗＊]|\*\*|\.\.\.|x{8}|X{8}|#{4}|\?{4}|([^A-Za-z\d])\1{5}|[xX]{4}[-_][xX]{4}/;
/** Right behind a prefix, where no key that was drawn has it: one asterisk, or some signs that stand for any. */
const MASK_BEHIND_PREFIX = /^(?:\*|##|\?\?|x{4}|X{4}|_{4}|-{4})/;
/** The signs of a mask as JSON, HTML and addresses write them. */
const ESCAPED_MASK = /\\u(?:2022|2026|25cf)|&(?:bull|hellip|middot);|%e2%80%a[26]/i;
/** Words that programs show, or send back, in place of a key. */
const HIDDEN =
  /(?<![A-Za-z\d])(?:redacted|censored)(?![A-Za-z\d])|(?:__|[<[({])(?:hidden|masked|removed|truncated|blank)(?:__|[>\])}])|^_\w{1,40}_BLANK_/i;
/** Names of variables, in code, in templates and in shells, where their value should be. */
const VARIABLE =
  /^(?:[A-Z][A-Z\d]*_)+(?:API_?)?(?:KEY|TOKEN|SECRET)=?$|^\$[A-Z_][A-Z\d_]*$|^%\w+%$|\$\{|^(?:process\.env|import\.meta\.env|os\.environ|os\.getenv)\b/;
const ASSIGNMENT = /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+=./;
/** Of a name in one word (`OPENAI`): gateways' keys have such beginnings, but no provider's key behind them. */
const SHORT_ASSIGNMENT = /^[A-Z][A-Z\d]*=(.+)/;
const BRACKETS = /^(?:<.*>|\[.*\]|\{.*\}|\(.*\))$/s;
/** What documentation, and examples of configuration, have in the place of a key. */
const INSTRUCTIONS = [
  /(?<![a-z\d])your[\w.-]{0,60}(?:key|token|secret)/i,
  /(?<![a-z\d])(?:key|token|secret)[-_.]?(?:goes[-_.]?)?here$/i,
  /(?<![a-z\d])(?:insert|paste|enter|replace|put|add|change|fill)[-_.]?(?:[a-z_.-]{0,60}[-_.])?(?:key|token|here|me|this|it)$/i,
  /^(?:undefined|redacted|placeholder|\[object object\])$/i,
];
const ADDRESS = /^[a-z][a-z\d+.-]{0,30}:\/\//i;
const JSON_TEXT = /^\{\s*"|^\[\s*["{]/;
/** An apostrophe may be within a chosen key. */
const QUOTES_LEFT = /["`]|^'|'$/;

/** What a key is held to. */
export interface KeyRules {
  /** The fewest characters that it may have. */
  readonly shortest: number;
  /** The prefixes of providers' keys that say nothing about a key. */
  readonly publicPrefixes: readonly string[];
}

/**
 * What is wrong with a key that {@link cleanKey} has cleaned, as a sentence without its subject and without
 * anything of the key; null where nothing is. Keys of gateways have signs that those of providers have not: what is
 * merely unfamiliar is accepted.
 */
export function findKeyMistake(key: string, rules: KeyRules): string | null {
  const mistake = mistakeIn(key, rules);
  forgetLastMatch();
  return mistake;
}

const MASKED = 'is a masked key, of which a part is hidden: paste the whole key';

function mistakeIn(key: string, { shortest, publicPrefixes }: KeyRules): string | null {
  const wrongLength = `must have ${shortest} to 4,096 characters`;
  if (key.length > LONGEST_KEY) return wrongLength;
  if (MASK.test(key) || ESCAPED_MASK.test(key) || beginsWithPrefix(key, publicPrefixes, MASK_BEHIND_PREFIX))
    return MASKED;
  if (ADDRESS.test(key)) return 'is an address: paste the key alone';
  if (JSON_TEXT.test(key)) return 'is JSON: paste the key alone';
  if (BRACKETS.test(key) || INSTRUCTIONS.some((words) => words.test(key))) {
    return 'is a placeholder: put the key itself in its place';
  }
  if (HIDDEN.test(key)) return MASKED;
  if (VARIABLE.test(key)) return 'is the name of a variable: paste the key that it holds';
  const [, value = ''] = SHORT_ASSIGNMENT.exec(key) ?? [];
  if (ASSIGNMENT.test(key) || beginsWithPrefix(value, publicPrefixes))
    return 'sets a variable whose name is not that of a key: paste the key alone';
  if (isSeveral(key, publicPrefixes)) return 'has more than one key in it: paste one';
  if (/\s/.test(key)) return 'has white space in it: paste the key alone, in one piece';
  if (QUOTES_LEFT.test(key)) return 'has a quotation mark in it: paste the key alone, and all of it';
  if (/[^\x21-\x7e]/.test(key)) return 'must be printable ASCII characters without spaces';
  return key.length < shortest ? wrongLength : null;
}

/** Whether a text begins with a provider's prefix, and what is behind that is like `rest`. */
const beginsWithPrefix = (text: string, publicPrefixes: readonly string[], rest = /^/): boolean =>
  publicPrefixes.some((prefix) => text.startsWith(prefix) && rest.test(text.slice(prefix.length)));

/** Whether keys were pasted one behind the other: by their prefixes. Without one, a half may be there twice by choice. */
function isSeveral(key: string, publicPrefixes: readonly string[]): boolean {
  const prefix = longest(publicPrefixes.filter((candidate) => key.startsWith(candidate)));
  const half = key.length / 2;
  if (Number.isInteger(half) && half >= SHORTEST_OF_SEVERAL) {
    const second = key.slice(half);
    if (prefix !== '' && second.startsWith(prefix)) return true;
  }
  const parts = key.split(/[\s,;]+/);
  const begins = (text: string): boolean => publicPrefixes.some((candidate) => text.startsWith(candidate));
  if (parts.length > 1 && parts.every((part) => part.length >= SHORTEST_OF_SEVERAL && begins(part))) {
    return true;
  }
  return prefix !== '' && publicPrefixes.some((candidate) => followsKey(key, candidate));
}

/** A gateway puts its own key and a provider's together on purpose, with a sign between them. */
function followsKey(key: string, prefix: string): boolean {
  const at = prefix.length < LONG_PREFIX ? -1 : key.indexOf(prefix, SHORTEST_OF_SEVERAL);
  return at > 0 && key.length - at >= SHORTEST_OF_SEVERAL && /[A-Za-z\d_-]/.test(key.charAt(at - 1));
}

const longest = (texts: readonly string[]): string =>
  texts.reduce((one, other) => (other.length > one.length ? other : one), '');
