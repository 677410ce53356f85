import { isJsonObject } from '../../../common/is-json-object.js';
import { isDecisive, type JsonSchema, type SchemaDraft } from '../../../common/json-schema.js';
import type { SchemaSubset } from './schema-subset.js';

const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions']);

const TO_DEFINITION = /^#\/(\$defs|definitions)\/([^/%~]+)$/;

/** A root that leads to one of its definitions, as tools write it that name each schema, with what stands there. */
export function withRootWrittenOut(root: JsonSchema): JsonSchema {
  const { $ref, ...others } = root;
  const [, list, name] = TO_DEFINITION.exec(typeof $ref === 'string' ? $ref : '') ?? [];
  if (list === undefined || name === undefined || !isJsonObject(root[list])) return root;
  const definition = root[list][name];
  const isAlone = Object.keys(others).every((word) => word.startsWith('$') || word === 'definitions');
  if (!isAlone || !isJsonObject(definition)) return root;
  // Its own definitions would take the place of the root's.
  const holdsOthers = definition.$defs !== undefined || definition.definitions !== undefined;
  return holdsOthers ? root : { ...others, ...definition };
}

/** `allOf` of one schema is that schema, where nothing else decides: `additionalProperties` looks at what stands beside it. */
export function mergedOne(schema: JsonSchema, { keywords }: SchemaSubset, draft: SchemaDraft): JsonSchema {
  if (schema.allOf === undefined || keywords === 'ALL' || keywords.has('allOf')) return schema;
  const { allOf, ...others } = schema;
  if (!Array.isArray(allOf) || allOf.length !== 1) return schema;
  const only: unknown = allOf[0];
  if (!isJsonObject(only)) return schema;
  const isAlone = Object.keys(others).every((word) => !isDecisive(word, draft) || DEFINITIONS.has(word));
  const isSaidTwice = Object.keys(only).some((word) => DEFINITIONS.has(word));
  return isAlone && !isSaidTwice ? { ...only, ...others } : schema;
}

/** A constant is an enum of one. */
export function inShortForm(schema: JsonSchema, { keywords }: SchemaSubset): JsonSchema {
  if (!Object.hasOwn(schema, 'const') || keywords === 'ALL' || keywords.has('const')) return schema;
  const { const: value, ...others } = schema;
  if (others.enum !== undefined) return schema;
  return { ...others, enum: [value] };
}

/** With the types that the values of an enum have, where it says none. */
export function typed(schema: JsonSchema): JsonSchema {
  const { type, enum: values, const: value } = schema;
  const literals = Array.isArray(values) ? values : Object.hasOwn(schema, 'const') ? [value] : null;
  if (type !== undefined || literals === null || literals.length === 0) return schema;
  const types = [...new Set(literals.map(typeOf))];
  if (types.includes('object') || types.includes('array')) return schema;
  return { ...schema, type: types.length === 1 ? types[0] : types };
}

/** The type of a value, by its name in JSON Schema. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

export const namesOf = ({ properties }: JsonSchema): string[] =>
  isJsonObject(properties) ? Object.keys(properties) : [];
