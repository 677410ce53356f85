import { GraphQLScalarType, type ValueNode } from 'graphql';
import { GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';
import { isJsonObject } from './is-json-object.js';

/**
 * JSON that a client sent, as text: what walks through an input (validation, transformation, digests) does not walk
 * through it, which may hold any names, and very many values.
 */
export class JsonText {
  text = 'null';

  static of(value: unknown): JsonText {
    return Object.assign(new JsonText(), { text: JSON.stringify(value) });
  }

  parse(): unknown {
    return JSON.parse(this.text);
  }
}

/** Variables within a literal are there as they were read: those of type JSON as text. */
const plain = (variables?: Readonly<Record<string, unknown>> | null): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(variables ?? {}).map(([name, value]) => [
      name,
      value instanceof JsonText ? value.parse() : value,
    ]),
  );

/** The package's messages quote the value. */
function objectOnly(value: unknown): JsonText {
  if (!isJsonObject(value)) throw new TypeError('A JSONObject must be an object.');
  return JsonText.of(value);
}

const literalOf = (node: ValueNode, variables?: Readonly<Record<string, unknown>> | null): unknown =>
  GraphQLJSON.parseLiteral(node, plain(variables));

/** Any JSON: read as {@link JsonText}, and written as the value itself. */
export const JsonScalar = new GraphQLScalarType<JsonText, unknown>({
  ...GraphQLJSON.toConfig(),
  description: 'A value of any type, as in RFC 8259: text, number, boolean, null, list or object.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  parseValue: (value) => JsonText.of(value),
  parseLiteral: (node, variables) => JsonText.of(literalOf(node, variables)),
});

export const JsonObject = new GraphQLScalarType<JsonText, unknown>({
  ...GraphQLJSONObject.toConfig(),
  description: 'An object of JSON, as in RFC 8259.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  parseValue: objectOnly,
  parseLiteral: (node, variables) => objectOnly(literalOf(node, variables)),
});
