import { MAX_NESTING } from '../../common/nesting.js';

/** Lines and comments of a document, of each. GraphQL's parser counts tokens only, and finds a mistake's line anew for each. */
const MAX_LINES = 20_000;
const MAX_COMMENTS = 2_000;
/** Characters of a name or a number. Messages about a mistake quote the whole of it, and compare it with all names. */
const MAX_WORD_LENGTH = 1_000;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
const OPENING = new Set(['(', '[', '{'].map((character) => character.charCodeAt(0)));
const CLOSING = new Set([')', ']', '}'].map((character) => character.charCodeAt(0)));
const BLOCK_QUOTE = '"""';

/**
 * What is too much about a document (https://spec.graphql.org/October2021/#sec-Source-Text), found in one pass before it
 * is parsed: the parser and what walks through its result make one call for each level. Null where nothing is.
 *
 * For a text that is no GraphQL the answer means nothing; the parser reports it.
 */
export function excessIn(document: string): string | null {
  let depth = 0;
  let lines = 1;
  let comments = 0;
  let wordLength = 0;
  for (let index = 0; index < document.length; index += 1) {
    const code = document.charCodeAt(index);
    wordLength = isWordCharacter(code) ? wordLength + 1 : 0;
    if (code === NEWLINE || code === CARRIAGE_RETURN) lines += 1;
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    else if (code === HASH) {
      comments += 1;
      index = endOfLine(document, index);
    } else if (code === QUOTE) {
      const end = endOfString(document, index);
      lines += linesBetween(document, index, end);
      index = end;
    }
    if (depth > MAX_NESTING) return `is nested deeper than ${MAX_NESTING} levels`;
    if (comments > MAX_COMMENTS) return `has more than ${MAX_COMMENTS} comments`;
    if (wordLength > MAX_WORD_LENGTH) return `has a word of more than ${MAX_WORD_LENGTH} characters`;
    if (lines > MAX_LINES) return `has more than ${MAX_LINES} lines`;
  }
  return null;
}

/** Of names, of numbers, and what only looks like either. */
const isWordCharacter = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);

/** @returns the last place before the line's end */
function endOfLine(document: string, start: number): number {
  let index = start;
  while (index + 1 < document.length && !isLineEnd(document.charCodeAt(index + 1))) index += 1;
  return index;
}

const isLineEnd = (code: number): boolean => code === NEWLINE || code === CARRIAGE_RETURN;

/** @returns the last place of the string, or of the block string, that begins at `start` */
function endOfString(document: string, start: number): number {
  if (document.startsWith(BLOCK_QUOTE, start)) return endOfBlockString(document, start + 3);
  for (let index = start + 1; index < document.length; index += 1) {
    const code = document.charCodeAt(index);
    // A string that does not end on its line is a mistake, which the parser reports.
    if (code === QUOTE || isLineEnd(code)) return index;
    if (code === BACKSLASH) index += 1;
  }
  return document.length;
}

function endOfBlockString(document: string, start: number): number {
  for (
    let end = document.indexOf(BLOCK_QUOTE, start);
    end !== -1;
    end = document.indexOf(BLOCK_QUOTE, end + 1)
  ) {
    if (document.charCodeAt(end - 1) !== BACKSLASH) return end + 2;
  }
  return document.length;
}

function linesBetween(document: string, start: number, end: number): number {
  let lines = 0;
  for (let index = start; index <= end && index < document.length; index += 1) {
    if (isLineEnd(document.charCodeAt(index))) lines += 1;
  }
  return lines;
}
