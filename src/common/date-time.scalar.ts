import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';

/**
 * A moment, in the form of RFC 3339, section 5.6, and with its offset from UTC: a time without one would be in the
 * zone in which the server happens to run. Nest's own scalar takes anything that `Date` can make something of, and drops
 * literals that are no strings.
 */
export const DateTime = new GraphQLScalarType<Date, string>({
  ...GraphQLDateTime.toConfig(),
  description:
    'A moment as in RFC 3339, with its offset from UTC, such as 2026-11-24T09:54:33Z. Answers are always in UTC.',
  serialize: (value) => (value as Date).toISOString(),
});
