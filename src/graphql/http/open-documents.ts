import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import { requiresUser } from '../every-door/requires-user.js';

/** The longest query that is looked at without a token: `{ __typename }`, or one that asks for the schema. */
const LONGEST_TRIVIAL = 128;
const LONGEST_INTROSPECTION = 16 * 1024;

/** The longest body of a request without a token that is read, in bytes: such a query, in JSON. */
export const MAX_OPEN_BODY_BYTES = 4 * LONGEST_INTROSPECTION;

const TRIVIAL = /^\s*(?:query(?:\s+[A-Za-z_]\w*)?\s*)?\{\s*__typename\s*\}\s*$/;

/**
 * Whether a query may be read without a token: `__typename` alone, by which monitors check that the server is up, and
 * outside production what may be an introspection query, which is short.
 */
export function mayBeOpen(query: string, { introspection }: { introspection: boolean }): boolean {
  if (query.length <= LONGEST_TRIVIAL && TRIVIAL.test(query)) return true;
  return introspection && query.length <= LONGEST_INTROSPECTION && asksForSchema(query);
}

/** A question for the schema names it, and begins to do so before anything else. */
const asksForSchema = (query: string): boolean => query.includes('__schema') || query.includes('__type');

/** Whether a document that was read can be answered without a user. */
export const isOpen = (document: DocumentNode): boolean =>
  !requiresUser(document) &&
  document.definitions.every(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION || definition.operation === OperationTypeNode.QUERY,
  );
