import { isJsonObject } from './is-json-object.js';

/** A JSON Schema that is no mere `true` or `false`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The drafts that clients may write their schemas in. */
export type SchemaDraft = 'DRAFT_7' | 'DRAFT_2020_12';

/** Where schemas stand within a schema: one, a list of them, or some by names of the client's. */
const shapes: ReadonlyMap<string, 'ONE' | 'LIST' | 'NAMED'> = new Map([
  ...[
    'additionalItems',
    'additionalProperties',
    'contains',
    'else',
    'if',
    'items',
    'not',
    'propertyNames',
  ].map((keyword) => [keyword, 'ONE'] as const),
  ...['then', 'unevaluatedItems', 'unevaluatedProperties'].map((keyword) => [keyword, 'ONE'] as const),
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((keyword) => [keyword, 'LIST'] as const),
  ...['$defs', 'definitions', 'dependencies', 'dependentSchemas', 'patternProperties', 'properties'].map(
    (keyword) => [keyword, 'NAMED'] as const,
  ),
]);

/** What else decides on a value. */
const assertions = [
  ...['$anchor', '$dynamicAnchor', '$dynamicRef', '$id', '$ref', 'const', 'dependentRequired', 'enum'],
  ...[
    'exclusiveMaximum',
    'exclusiveMinimum',
    'maxContains',
    'maxItems',
    'maxLength',
    'maxProperties',
    'maximum',
  ],
  ...[
    'minContains',
    'minItems',
    'minLength',
    'minProperties',
    'minimum',
    'multipleOf',
    'pattern',
    'required',
  ],
  ...['type', 'uniqueItems'],
];

/** Since draft 2020-12; before, they are words like any other. */
const newer: ReadonlySet<string> = new Set([
  ...['$anchor', '$dynamicAnchor', '$dynamicRef', 'dependentRequired', 'dependentSchemas', 'maxContains'],
  ...['minContains', 'prefixItems', 'unevaluatedItems', 'unevaluatedProperties'],
]);
const older: ReadonlySet<string> = new Set(['additionalItems']);
const known: ReadonlySet<string> = new Set([...shapes.keys(), ...assertions]);

/** Whether a word decides on values, or leads to what does. All others are notes: `title`, `format`, and what no draft has. */
export function isDecisive(keyword: string, draft: SchemaDraft): boolean {
  return known.has(keyword) && !(draft === 'DRAFT_7' ? newer : older).has(keyword);
}

/** Whether the value of a keyword is a schema, and no list of them. */
export const holdsOne = (keyword: string): boolean => shapes.get(keyword) === 'ONE';

/** Whether the value of a keyword holds schemas by names of the client's, and no words of JSON Schema. */
export const holdsNames = (keyword: string): boolean => shapes.get(keyword) === 'NAMED';

/**
 * Makes something of a schema within another.
 *
 * @param name of it, or its number, beside others of the keyword; null where it is the only one
 * @param position which of them it is
 */
export type MapSubschema = (schema: unknown, name: string | null, position: number) => unknown;

/** The value of a keyword with each schema in it made into another; all else in it stays. `__proto__` is a name like any other. */
export function mapSubschemas(keyword: string, value: unknown, map: MapSubschema): unknown {
  const shape = shapes.get(keyword);
  if (shape === undefined) return value;
  // Draft 7 has a list of items where draft 2020-12 has `prefixItems`.
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return shape === 'NAMED'
      ? value
      : list.map((schema, position) => map(schema, String(position), position));
  }
  if (shape !== 'NAMED') return map(value, null, 0);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  for (const [position, entry] of entries.entries()) {
    const [name, schema] = entry;
    // Of `dependencies` some are lists of names.
    if (!Array.isArray(schema)) entry[1] = map(schema, name, position);
  }
  return Object.fromEntries(entries);
}

/** What a reference leads to within its schema, and what holds that. */
export interface ReferenceTarget {
  readonly holder: object | null;
  /** The last step to it; empty for the root. */
  readonly name: string;
  readonly value: unknown;
}

/**
 * What a JSON Pointer in a fragment leads to (RFC 6901 section 6), step by step: no pointer to each place is made, which would
 * repeat the names before it.
 *
 * @returns null for what is no pointer, or leads nowhere
 */
export function targetOf(root: JsonSchema, reference: string): ReferenceTarget | null {
  if (!/^#(\/|$)/.test(reference)) return null;
  let target: ReferenceTarget = { holder: null, name: '', value: root };
  for (const step of reference.split('/').slice(1)) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    const { value: holder } = target;
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return null;
    target = { holder, name, value: Reflect.get(holder, name) as unknown };
  }
  return target;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
