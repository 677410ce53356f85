import { getNamedType, type GraphQLField, isLeafType, type GraphQLObjectType } from 'graphql';
import { readSchema } from './committed-schema.js';

/** A document that asks for one root field and fits the schema. Its variables are up to the test that sends it. */
export interface RootFieldDocument {
  readonly name: string;
  readonly query: string;
}

/** One document for each query, mutation or subscription that there is: a new one is covered without further ado. */
export function rootFieldsOf(operation: 'query' | 'mutation' | 'subscription'): RootFieldDocument[] {
  const schema = readSchema();
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  const root: GraphQLObjectType | null | undefined = roots[operation];
  if (!root) throw new Error(`The schema has no ${operation}.`);
  return Object.values(root.getFields()).map((field) => ({
    name: field.name,
    query: `${operation} ${documentOf(field)}`,
  }));
}

function documentOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const variables = args.map((argument) => `$${argument.name}: ${String(argument.type)}`);
  const passed = args.map((argument) => `${argument.name}: $${argument.name}`);
  const selection = isLeafType(getNamedType(type)) ? '' : ' { __typename }';
  const inBrackets = (items: readonly string[]) => (items.length === 0 ? '' : `(${items.join(', ')})`);
  return `${inBrackets(variables)} { ${name}${inBrackets(passed)}${selection} }`;
}
