import { cleanKey } from '../common/clean-key.js';
import { parseAddress } from '../common/ip-address.js';
import { findKeyMistake } from '../common/key-mistake.js';
import { MODEL_NAME } from '../common/model-name.js';
import { InvalidValueError, type Parser } from './variable.js';

/** The longest delay a timer can have: `setTimeout` fires at once when it is longer. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

function matching(pattern: RegExp, mistake: string): Parser<string> {
  return (text) => {
    if (!pattern.test(text)) throw new InvalidValueError(mistake);
    return text;
  };
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Parser<Value> {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new InvalidValueError(`must be one of ${values.join(', ')}`);
    return found;
  };
}

/** Plain decimal digits: no sign, no exponent, no leading zero, no spaces. */
export function wholeNumber(from: number, to: number): Parser<number> {
  return (text) => {
    const number = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= from && number <= to)) {
      throw new InvalidValueError(`must be a whole number from ${from} to ${to}`);
    }
    return number;
  };
}

/** @param from the shortest delay that makes sense, in milliseconds */
export function milliseconds(from: number): Parser<number> {
  return wholeNumber(from, LONGEST_TIMER_MS);
}

/** How large something may be that a client sends, in bytes. */
export const byteLimit = wholeNumber(1024, 256 * 1024 * 1024);

export function trueOrFalse(text: string): boolean {
  return oneOf('true', 'false')(text) === 'true';
}

const HOST_NAME = /^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;

/** An IP address or a host name. A name of digits alone would be a mistyped address. */
export function host(text: string): string {
  const isName = HOST_NAME.test(text) && !/^[\d.]+$/.test(text);
  if (!isName && parseAddress(text) === null) {
    throw new InvalidValueError('must be an IP address (an IPv6 one without brackets) or a host name');
  }
  return text;
}

/** Applies `parse` to every item of a comma-separated list and reports all mistakes by their position. */
export function listOf<Item>(parse: Parser<Item>): Parser<readonly Item[]> {
  return (text, rules) => {
    const mistakes: string[] = [];
    const items = text.split(',').flatMap((item, index) => {
      try {
        return [parse(item.trim(), rules)];
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
        mistakes.push(...error.mistakes.map((mistake) => `item ${index + 1} ${mistake}`));
        return [];
      }
    });
    if (mistakes.length > 0) throw new InvalidValueError(...mistakes);
    return items;
  };
}

export const printableText = matching(
  /^[\x20-\x7e]{1,2048}$/,
  'must be 1 to 2048 printable ASCII characters',
);

/** What stands in a header as it is. */
export const headerText = matching(
  /^[\x21-\x7e]{1,16384}$/,
  'must be printable ASCII characters without spaces, 16384 at most',
);

/** A short name that is safe to print and to store. */
export const simpleName = matching(
  /^[A-Za-z\d][A-Za-z\d._-]{0,63}$/,
  'must be 1 to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit',
);

export const modelName = matching(MODEL_NAME, 'must be 1 to 200 printable ASCII characters without spaces');

/** A key that travels in a header; what is often copied with it is dropped. */
export function serverKey(publicPrefixes: readonly string[]): Parser<string> {
  return (text) => {
    const key = cleanKey(text);
    const mistake = findKeyMistake(key, { shortest: 1, publicPrefixes });
    if (mistake !== null) throw new InvalidValueError(mistake);
    return key;
  };
}
