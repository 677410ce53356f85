import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLNamedType, type GraphQLSchema } from 'graphql';

const root = join(import.meta.dirname, '../..');

/** A schema of this repository: `schema.graphql` unless another file is named. */
export function readSchema(path = 'schema.graphql'): GraphQLSchema {
  return buildSchema(readFileSync(join(root, path), 'utf8'));
}

/** The types that a schema defines itself: GraphQL's own are left out. */
export function ownTypesOf(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(({ astNode }) => astNode);
}
