import type { JsonSchema } from '../../../common/json-schema.js';
import { adaptSchema, subsetRefusalOf } from '../response-schema/adapt-schema.js';
import type { SchemaDemand, SchemaRefusal, SchemaSubset } from '../response-schema/schema-subset.js';

/** Models of the second generation take a schema, or tools: https://ai.google.dev/gemini-api/docs/structured-output */
const TAKES_NO_TOOLS_BESIDE = /^(models\/)?gemini-2\b/;

/** "Only the following properties are supported": https://ai.google.dev/api/generate-content#FIELDS.response_json_schema */
const subset: SchemaSubset = {
  keywords: new Set([
    ...['$anchor', '$defs', '$ref', 'additionalProperties', 'anyOf', 'enum', 'items', 'maxItems', 'maximum'],
    ...['minItems', 'minimum', 'oneOf', 'prefixItems', 'properties', 'required', 'type'],
  ]),
  notes: new Set(['title', 'description', 'format', 'propertyOrdering']),
  formats: 'ALL',
  literals: new Set(['string', 'number', 'null']),
  hasLoneRefs: true,
};

export function schemaRefusalOf({ schema, model, hasTools }: SchemaDemand): SchemaRefusal | null {
  if (hasTools && TAKES_NO_TOOLS_BESIDE.test(model))
    return {
      place: '',
      problem: 'takes a schema with this model only where there are no tools and no webSearch',
    };
  return subsetRefusalOf(schema, subset);
}

/** The package's type is older than JSON Schema. */
export interface JsonFormat {
  readonly responseMimeType: 'application/json';
  readonly responseJsonSchema: JsonSchema;
}

export const toJsonFormat = (schema: JsonSchema): JsonFormat => ({
  responseMimeType: 'application/json',
  responseJsonSchema: adaptSchema(schema, subset),
});
