import { CustomScalar, Scalar } from '@nestjs/graphql';
import { GraphQLError, Kind, type ValueNode } from 'graphql';

function safeInt(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new GraphQLError('SafeInt must be a whole number from -(2^53 - 1) to 2^53 - 1.');
}

/** Counters that outgrow GraphQL's 32-bit Int. The database keeps them as bigint. */
@Scalar('SafeInt', () => SafeInt)
export class SafeInt implements CustomScalar<number, number> {
  readonly description = 'A whole number up to 2^53 - 1.';

  parseValue = safeInt;
  serialize = safeInt;

  parseLiteral(node: ValueNode): number {
    return safeInt(node.kind === Kind.INT ? Number(node.value) : null);
  }
}
