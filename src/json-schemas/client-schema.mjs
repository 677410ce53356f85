import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isMultipleOf } from './is-multiple-of.mjs';
import { linearPattern } from './linear-pattern.mjs';

/**
 * A schema of a client, as the server has cleared it: of keywords that the draft does not have, of references that lead
 * out of it or to what is no schema, and of all that is a note.
 *
 * @typedef {object} ClientSchema
 * @property {'DRAFT_7' | 'DRAFT_2020_12'} draft
 * @property {string} text As JSON.
 * @property {readonly string[]} patterns Those of its `pattern` and `patternProperties`.
 */

/** @type {import('ajv').Options} */
const options = {
  strict: false,
  logger: false,
  // It has been checked to be a schema; and the formats, some of them regular expressions, are notes by the draft.
  meta: false,
  validateSchema: false,
  validateFormats: false,
  // `{ "required": ["constructor"] }` is met by no object that merely inherits one.
  ownProperties: true,
  // What is referred to many times is compiled once.
  inlineRefs: false,
  code: { regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
};

/**
 * By their decimals, as they are written: 19.99 is a multiple of 0.01, though the processor's numbers are neither.
 *
 * @type {import('ajv').KeywordDefinition}
 */
const multipleOf = {
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  compile: (/** @type {number} */ divisor) => (/** @type {number} */ value) => isMultipleOf(value, divisor),
};

/**
 * With a compiler of its own, which nothing outlives.
 *
 * @param {ClientSchema} schema
 * @returns {(value: unknown) => boolean}
 * @throws where it cannot be compiled
 */
function compile({ draft, text }) {
  const ajv = draft === 'DRAFT_7' ? new Ajv(options) : new Ajv2020(options);
  ajv.removeKeyword('multipleOf').addKeyword(multipleOf);
  const validate = ajv.compile(JSON.parse(text));
  return (value) => validate(value) === true;
}

/**
 * @param {ClientSchema} schema
 * @returns {'GOOD' | 'BAD' | { pattern: number }} whether it compiles; else the first pattern at fault, where one is
 */
export function tryToCompile(schema) {
  for (const [pattern, text] of schema.patterns.entries()) {
    try {
      linearPattern(text);
    } catch {
      return { pattern };
    }
  }
  try {
    compile(schema);
    return 'GOOD';
  } catch {
    return 'BAD';
  }
}

/**
 * Whether a text is JSON that fits; null where that takes too much: a value nests deeper than the stack goes.
 *
 * @param {ClientSchema} schema
 * @param {string} text
 */
export function fits(schema, text) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  try {
    return compile(schema)(value);
  } catch {
    return null;
  }
}
