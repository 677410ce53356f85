import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** @typedef {{ index: number, keyword: string | null }} Fault A schema that is none, and which of its words is wrong. */

// Formats are left alone: one of them is a regular expression.
const options = { strict: false, validateFormats: false, logger: /** @type {const} */ (false), meta: false };

const { default: draft } = await import('ajv/dist/refs/json-schema-draft-07.json', {
  with: { type: 'json' },
});

const ajv2020 = new Ajv2020({ ...options, meta: true });
const ajv7 = new Ajv(options);
ajv7.addMetaSchema(draft7());

/**
 * Draft 7 says only that the values of an enum should be unique, and to compare them all takes their square. It has no
 * `$defs`, which many use in it.
 */
function draft7() {
  const properties = {
    ...draft.properties,
    enum: { ...draft.properties.enum, uniqueItems: false },
    $defs: draft.properties.definitions,
  };
  return { ...draft, properties };
}

/** @param {{ $schema?: unknown }} schema */
const checkerOf = ({ $schema }) => (String($schema).includes('draft-07') ? ajv7 : ajv2020);

/** The first that is no schema; none of them is compiled. @param {readonly string[]} texts As JSON. @returns {Fault | null} */
export function findFault(texts) {
  for (const [index, text] of texts.entries()) {
    const { $schema, ...schema } = JSON.parse(text);
    const checker = checkerOf({ $schema });
    // Without `$schema`, the checker's own draft is the one.
    if (checker.validateSchema(schema) === true) continue;
    return { index, keyword: keywordIn(checker.errors?.[0]?.instancePath ?? '') };
  }
  return null;
}

const keywords = new Set([
  ...Object.keys(draft.properties),
  ...['$defs', 'prefixItems', 'dependentRequired', 'dependentSchemas', 'minContains', 'maxContains'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]);

/** The last word of the draft's in a JSON Pointer (RFC 6901): all else in it is the client's own. @param {string} place */
function keywordIn(place) {
  return place.split('/').findLast((step) => keywords.has(step)) ?? null;
}
