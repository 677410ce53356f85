import { RE2JS } from 're2js';

/**
 * Regular expressions of ECMA-262, as JSON Schema has them, on an engine whose time grows with the text and never with its
 * square or worse. What that engine cannot do (look-around, back references, more than 1,000 repetitions) it refuses.
 */

/** Where the two languages have the same escape for the same thing. Any other letter means something else in one of them. */
const SHARED_ESCAPES = /^[dDwWsSbBnrtfvcxu\d\W_]$/;

// What ECMA-262 takes for white space and for the end of a line is more than RE2 does.
const SPACES = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const NO_SPACES =
  String.raw`\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}` +
  String.raw`\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
const CLASS_AHEAD = /^\\[dDwWsS]/;
const ANY_BUT_LINE_ENDS = String.raw`[^\n\r\x{2028}\x{2029}]`;

/** @param {string} pattern @returns {{ test: (text: string) => boolean, toString: () => string }} @throws for what it is not */
export function linearPattern(pattern) {
  checkIsShared(pattern);
  const compiled = RE2JS.compile(RE2JS.translateRegExp(inRe2(pattern)));
  // The compiler knows patterns that it has seen by their text.
  return { test: (text) => compiled.test(text), toString: () => pattern };
}

/** @param {string} pattern */
function checkIsShared(pattern) {
  const isUnicode = isExpression(pattern, 'u');
  if (!isUnicode && !isExpression(pattern, '')) throw new Error('No regular expression of ECMA-262.');
  for (const [, escaped = ''] of pattern.matchAll(/\\([^])/g)) {
    const isProperty = isUnicode && /[pP]/.test(escaped);
    if (!isProperty && !SHARED_ESCAPES.test(escaped)) throw new Error('An escape of one language alone.');
  }
}

/** Made to be read only: it is never run. @param {string} pattern @param {string} flags */
function isExpression(pattern, flags) {
  try {
    return Boolean(new RegExp(pattern, flags));
  } catch {
    return false;
  }
}

/** @param {string} pattern */
function inRe2(pattern) {
  let isInClass = false;
  let isBehindClass = false;
  return pattern.replace(/\\[^]|[^]/g, (token, /** @type {number} */ offset) => {
    // What stands beside a class of letters is no range: the hyphen is one.
    const isBesideClass = isBehindClass || CLASS_AHEAD.test(pattern.slice(offset + 1, offset + 3));
    isBehindClass = CLASS_AHEAD.test(token);
    if (token === '-') return isInClass && isBesideClass ? '\\-' : token;
    if (token === '\\b') return isInClass ? '\\x08' : token;
    if (token === '.') return isInClass ? token : ANY_BUT_LINE_ENDS;
    if (token === '\\s') return isInClass ? SPACES : `[${SPACES}]`;
    if (token === '\\S') return isInClass ? NO_SPACES : `[^${SPACES}]`;
    // In a class, the bracket is a letter, which RE2 takes for the beginning of `[:alpha:]`.
    if (token === '[' && isInClass) return '\\[';
    if (token === '[' || token === ']') isInClass = token === '[';
    return token;
  });
}
