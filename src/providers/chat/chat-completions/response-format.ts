import type { JsonSchema } from '../../../common/json-schema.js';
import { adaptSchema, subsetRefusalOf } from '../response-schema/adapt-schema.js';
import { SCHEMA_NAME } from '../response-schema/schema-name.js';
import type { SchemaDemand, SchemaRefusal, SchemaSubset } from '../response-schema/schema-subset.js';

/** How an API of this dialect is asked for an answer that fits a schema. */
export interface ResponseFormat {
  /** See `ChatDialect.schemaRefusalOf`. */
  refusalOf(demand: Pick<SchemaDemand, 'schema' | 'hasTools'>): SchemaRefusal | null;
  /** What the request has beside what every request has. */
  toFields(schema: JsonSchema): Readonly<Record<string, unknown>>;
  /** What the model is told before all else. */
  toInstruction?(schema: JsonSchema): string;
}

/** The field is OpenAI's: https://platform.openai.com/docs/api-reference/chat/create */
const inJsonSchema = (schema: JsonSchema, strict: boolean): Readonly<Record<string, unknown>> => ({
  response_format: { type: 'json_schema', json_schema: { name: SCHEMA_NAME, strict, schema } },
});

/** It keeps to schemas of its subset, and is asked for no others. */
export const strictly = (subset: SchemaSubset): ResponseFormat => ({
  refusalOf: ({ schema }) => subsetRefusalOf(schema, subset),
  toFields: (schema) => inJsonSchema(adaptSchema(schema, subset), true),
});

/** It keeps to schemas of a subset, and to others as well as it can: they go as they are. */
export const strictlyWithin = (subset: SchemaSubset): ResponseFormat => ({
  refusalOf: () => null,
  toFields: (schema) =>
    subsetRefusalOf(schema, subset) ? inJsonSchema(schema, false) : strictly(subset).toFields(schema),
});

/** It says of no schema that it does not take it: they go as they are. */
export const anySchema = (strict: boolean): ResponseFormat => ({
  refusalOf: () => null,
  toFields: (schema) => inJsonSchema(schema, strict),
});

/** It keeps to JSON, and is told the schema in words. */
export const anyObject: ResponseFormat = {
  refusalOf: ({ schema: { type } }) =>
    type === undefined || [type].flat().includes('object')
      ? null
      : { place: 'type', problem: 'takes an object at the root only' },
  toFields: () => ({ response_format: { type: 'json_object' } }),
  toInstruction: (schema) =>
    `Answer in JSON, and nothing else: one value that fits this JSON Schema.\n${JSON.stringify(schema)}`,
};
