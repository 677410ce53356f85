import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { readSchema } from './committed-schema.js';

export type Operation = 'query' | 'mutation' | 'subscription';

/** Subscriptions that go on until their client leaves. */
export const ENDLESS: ReadonlySet<string> = new Set(['keyAlerts']);

/** A root field, with a document that asks for all that it may say. */
export interface WholeDocument {
  readonly operation: Operation;
  readonly name: string;
  readonly query: string;
  /** Where its arguments take an id: `input.keyId`. */
  readonly ids: readonly string[];
}

/** One for each root field of the schema: a new field, and a new field of a type, is covered without further ado. */
export function wholeDocuments(schema: GraphQLSchema = readSchema()): WholeDocument[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const;
  return roots.flatMap(([operation, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      operation,
      name: field.name,
      query: `${operation} Whole${documentOf(schema, field)}`,
      ids: field.args.flatMap((argument) => idsIn(argument.name, argument.type, new Set())),
    })),
  );
}

function documentOf(schema: GraphQLSchema, { name, args, type }: GraphQLField<unknown, unknown>): string {
  const inBrackets = (items: readonly string[]) => (items.length === 0 ? '' : `(${items.join(', ')})`);
  // What has a default value may be left out, though it may not be null.
  const variables = args.map(
    (argument) =>
      `$${argument.name}: ${String(argument.type).replace(argument.defaultValue === undefined ? '' : /!$/, '')}`,
  );
  const passed = args.map((argument) => `${argument.name}: $${argument.name}`);
  return `${inBrackets(variables)} { ${name}${inBrackets(passed)}${selectionOf(schema, getNamedType(type))} }`;
}

/** Every field, but deprecated ones: under one name they have other types than their neighbours. */
function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType): string {
  if (isAbstractType(type)) {
    const fragments = schema
      .getPossibleTypes(type)
      .map((possible) => `... on ${possible.name}${selectionOf(schema, possible)}`);
    return ` { __typename ${fragments.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).filter((field) => !field.deprecationReason);
  return ` { ${fields.map((field) => field.name + selectionOf(schema, getNamedType(field.type))).join(' ')} }`;
}

function idsIn(path: string, type: GraphQLInputType, seen: ReadonlySet<GraphQLNamedType>): string[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [path];
  if (!isInputObjectType(named) || seen.has(named)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    idsIn(`${path}.${field.name}`, field.type, new Set([...seen, named])),
  );
}
