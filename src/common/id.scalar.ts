import { GraphQLID, GraphQLScalarType } from 'graphql';
import { validate as isUuid } from 'uuid';

/**
 * An id as it is kept and compared. UUIDs are written in lower case, and read in either (RFC 9562, section 4); what is
 * none stays as it is.
 */
export const canonicalId = (text: string): string => (isUuid(text) ? text.toLowerCase() : text);

/**
 * GraphQL's `ID`, for every field and argument that is one, in place of the packages': what comes in is a
 * {@link canonicalId}. A schema has one type of a name, so it cannot be made where a field has the other one.
 */
export const ID = new GraphQLScalarType<string>({
  ...GraphQLID.toConfig(),
  parseValue: (value) => canonicalId(GraphQLID.parseValue(value)),
  parseLiteral: (node, variables) => canonicalId(GraphQLID.parseLiteral(node, variables)),
});
