import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import type { JsonSchema } from '../../../common/json-schema.js';
import { adaptSchema, subsetRefusalOf } from '../response-schema/adapt-schema.js';
import { SCHEMA_NAME } from '../response-schema/schema-name.js';
import type { SchemaDemand, SchemaRefusal, SchemaSubset } from '../response-schema/schema-subset.js';

/** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
export const strictSubset: SchemaSubset = {
  keywords: new Set([
    ...['$defs', '$ref', 'additionalProperties', 'anyOf', 'const', 'definitions', 'enum', 'exclusiveMaximum'],
    ...['exclusiveMinimum', 'items', 'maxItems', 'maximum', 'minItems', 'minimum', 'multipleOf', 'pattern'],
    ...['properties', 'required', 'type'],
  ]),
  notes: new Set(['title', 'description', 'format']),
  formats: new Set([
    ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'],
  ]),
  needsObject: true,
  isClosed: true,
  needsAll: true,
  needsTypes: true,
  hasLoneRefs: true,
  most: { properties: 5_000, 'enum values': 1_000, 'nested objects': 10 },
};

const notFineTuned = new Set(['maxItems', 'maximum', 'minItems', 'minimum', 'multipleOf', 'pattern']);

/** What fine-tuned models take is less. */
const fineTunedSubset: SchemaSubset = {
  ...strictSubset,
  formats: new Set(),
  refuses: (keyword) => notFineTuned.has(keyword),
};

const subsetOf = (model: string): SchemaSubset => (model.startsWith('ft:') ? fineTunedSubset : strictSubset);

export const schemaRefusalOf = ({ schema, model }: SchemaDemand): SchemaRefusal | null =>
  subsetRefusalOf(schema, subsetOf(model));

export const toTextFormat = (
  schema: JsonSchema,
  model: string,
): Pick<ResponseCreateParamsStreaming, 'text'> => ({
  text: {
    format: {
      type: 'json_schema',
      name: SCHEMA_NAME,
      schema: adaptSchema(schema, subsetOf(model)),
      strict: true,
    },
  },
});
