import { GraphQLError, GraphQLScalarType, Kind, type ObjectFieldNode, type ValueNode } from 'graphql';
import { GraphQLJSON, GraphQLJSONObject } from 'graphql-scalars';
import { isJsonObject } from './is-json-object.js';

/** JSON that a client sent. It is not to be changed: others may have it, too. */
export class JsonInput {
  #text: string | null = null;

  constructor(readonly value: unknown) {}

  /** As JSON text, which is made once. */
  get text(): string {
    return (this.#text ??= JSON.stringify(this.value));
  }

  /** Within other JSON it is a text: what writes that must not change, or leave out, what is within. */
  toJSON(): string {
    return this.text;
  }
}

/** The package's messages quote the value. */
function objectOnly(value: unknown): JsonInput {
  if (!isJsonObject(value)) throw new GraphQLError('A JSONObject must be an object.');
  return new JsonInput(value);
}

/**
 * A literal as JSON. Variables do not stand within it: one that is large could stand there very many times. A value that
 * is one variable is read by `parseValue`.
 */
function literalOf(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return numberOf(node.value);
    case Kind.LIST:
      return node.values.map(literalOf);
    case Kind.OBJECT:
      return objectOf(node.fields);
    case Kind.ENUM:
      throw new GraphQLError('A word without quotation marks is no JSON.');
    case Kind.VARIABLE:
      throw new GraphQLError('Variables do not stand within JSON: make one of the whole value.');
  }
}

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new GraphQLError('The number is too large for JSON.');
  return value;
}

/** As the parser of JSON makes it: `__proto__` is a name like any other. */
function objectOf(fields: readonly ObjectFieldNode[]): object {
  const object = {};
  for (const { name, value } of fields) {
    const field = { value: literalOf(value), enumerable: true, configurable: true, writable: true };
    Object.defineProperty(object, name.value, field);
  }
  return object;
}

/** Any JSON: read as a {@link JsonInput}, and written as the value itself. */
export const JsonScalar = new GraphQLScalarType<JsonInput, unknown>({
  ...GraphQLJSON.toConfig(),
  description: 'A value of any type, as in RFC 8259: text, number, boolean, null, list or object.',
  parseValue: (value) => new JsonInput(value),
  parseLiteral: (node) => new JsonInput(literalOf(node)),
});

export const JsonObject = new GraphQLScalarType<JsonInput, unknown>({
  ...GraphQLJSONObject.toConfig(),
  description: 'An object of JSON, as in RFC 8259.',
  parseValue: objectOnly,
  parseLiteral: (node) => objectOnly(literalOf(node)),
});
