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

/** A schema within another. */
export interface Subschema {
  readonly keyword: string;
  /** Its name or number beside others of the keyword; null where it is the only one. */
  readonly name: string | null;
  /** Which of them it is. */
  readonly position: number;
  readonly schema: unknown;
}

/** Whether the value of a keyword holds schemas by names of the client's, and no words of JSON Schema. */
export const holdsNames = (keyword: string): boolean => shapes.get(keyword) === 'NAMED';

/** The schemas that stand directly within the value of a keyword; null where that holds none. */
export function subschemasIn(keyword: string, value: unknown): readonly Subschema[] | null {
  const shape = shapes.get(keyword);
  if (shape === undefined) return null;
  // Draft 7 has a list where draft 2020-12 has `prefixItems`.
  if (Array.isArray(value))
    return shape === 'NAMED'
      ? []
      : value.map((schema: unknown, position) => ({ keyword, name: String(position), position, schema }));
  if (shape === 'NAMED')
    return isJsonObject(value)
      ? Object.entries(value)
          .map(([name, schema], position) => ({ keyword, name, position, schema }))
          // Of `dependencies` some are lists of names.
          .filter(({ schema }) => !Array.isArray(schema))
      : [];
  return [{ keyword, name: null, position: 0, schema: value }];
}

/** The value of a keyword with other schemas in it. Names are kept, `__proto__` like any other. */
export function withSubschemas(
  keyword: string,
  value: unknown,
  toSchema: (subschema: Subschema) => unknown,
): unknown {
  const schemas = subschemasIn(keyword, value);
  if (schemas === null || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return schemas.map(toSchema);
  if (schemas.length === 1 && schemas[0]?.name === null) return toSchema(schemas[0]);
  const made = new Map(schemas.map((subschema) => [subschema.name, toSchema(subschema)]));
  return Object.fromEntries(
    Object.entries(value).map(([name, kept]: [string, unknown]) => [
      name,
      made.has(name) ? made.get(name) : kept,
    ]),
  );
}
