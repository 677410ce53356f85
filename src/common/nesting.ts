/**
 * How deep what a client sends may be nested. JSON Schemas, the deepest that clients send on purpose, stay far below;
 * a stack of calls, one for each level, stays far from its end.
 */
export const MAX_NESTING = 200;

/** How many values it may hold, lists and objects included: the parser takes some 30 ms for as many. */
export const MAX_VALUES = 100_000;

/**
 * How many values the name of a field counts as, besides the field's own: one that was never seen before takes the parser
 * longer than a number, so that 40,000 fields are as far as it may go.
 */
export const VALUES_OF_A_NAME = 1.4;

/** What is said of more than that. */
export const TOO_COMPLEX = `nested deeper than ${MAX_NESTING} levels, or of more than 100,000 values, with ${VALUES_OF_A_NAME} for a name`;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPENING = new Set(['[', '{'].map((character) => character.charCodeAt(0)));
const CLOSING = new Set([']', '}'].map((character) => character.charCodeAt(0)));

/**
 * Whether a text of JSON (RFC 8259) holds lists or objects within each other deeper than {@link MAX_NESTING}, or more than
 * {@link MAX_VALUES}. Looked at before it is parsed: the parser takes any depth, and what walks through its result, one
 * call a level, does not; and each value takes it an allocation.
 *
 * One pass. Of a text that is no JSON the answer means nothing, and the parser says so.
 */
export const isTooComplex = (json: string): boolean => valuesOf(json) > MAX_VALUES;

/** How many values such a text holds; more than {@link MAX_VALUES}, and no number, where it {@link isTooComplex}. */
export function valuesOf(json: string): number {
  let depth = 0;
  let values = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) index = endOfString(json, index);
    else if (OPENING.has(code)) {
      depth += 1;
      values += 1;
    } else if (CLOSING.has(code)) depth -= 1;
    else if (code === COMMA) values += 1;
    else if (code === COLON) values += VALUES_OF_A_NAME;
    if (depth > MAX_NESTING || values > MAX_VALUES) return Number.POSITIVE_INFINITY;
  }
  return values;
}

/** @returns where the quotation mark stands that ends the string which begins at `start`; the text's end where none does */
function endOfString(json: string, start: number): number {
  for (let index = start + 1; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index += 1;
  }
  return json.length;
}
