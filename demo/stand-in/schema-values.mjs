/** Values by their type, for the schemas that a stand-in is asked with: these are in the subsets of providers. */
const values = {
  string: 'a text of the stand-in',
  number: 1.5,
  integer: 1,
  boolean: true,
  null: null,
};

/**
 * A value that fits a schema, as a model would make one up. It knows types, enums, properties, items, and what refers to
 * these; of numbers the least that is allowed.
 *
 * @param {any} schema
 * @param {any} [root] what references lead from
 * @returns {unknown}
 */
export function valueFor(schema, root = schema) {
  const { $ref, enum: literals, anyOf, oneOf, type, properties = {}, items, minItems = 1, minimum } = schema;
  if ($ref) return valueFor(targetOf($ref, root), root);
  if (Object.hasOwn(schema, 'const')) return schema.const;
  if (literals) return literals[0];
  const [first] = anyOf ?? oneOf ?? [];
  if (first) return valueFor(first, root);
  const [name] = [type ?? (schema.properties ? 'object' : 'string')].flat();
  if (name === 'object') {
    const entries = Object.entries(properties);
    return Object.fromEntries(entries.map(([key, value]) => [key, valueFor(value, root)]));
  }
  if (name === 'array') return Array.from({ length: items ? minItems : 0 }, () => valueFor(items, root));
  return minimum ?? values[/** @type {keyof typeof values} */ (name)];
}

/** @param {string} reference @param {any} root */
function targetOf(reference, root) {
  const steps = reference.split('/').slice(1);
  return steps.reduce((schema, step) => schema[step.replaceAll('~1', '/').replaceAll('~0', '~')], root);
}
