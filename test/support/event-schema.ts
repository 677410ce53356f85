import {
  buildSchema,
  type ExecutionArgs,
  type GraphQLEnumType,
  type GraphQLObjectType,
  type GraphQLScalarType,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { compileSelection } from '../../src/graphql/every-door/selection/compiled-selection.js';

const SDL = `
  directive @trace on FIELD | INLINE_FRAGMENT | FRAGMENT_SPREAD | FRAGMENT_DEFINITION | SUBSCRIPTION
  scalar Upper
  scalar Anything
  enum Level { LOW HIGH }
  interface Event { id: ID!, level: Level }
  type Text implements Event { id: ID!, level: Level, text: String!, upper: Upper }
  type Done implements Event { id: ID!, level: Level, usage: Usage, any: Anything, grid: [[Int!]] }
  type Usage { input: Int!, output: Int, price: Float, last: Usage, parts: [Usage!], of: Either, ok: Boolean }
  union Either = Text | Usage
  type Query { nothing(first: Int = 1): Int }
  type Subscription { event(first: Int, text: String): Event, usage: Usage! }
`;

/** A schema of events for compiled selections, with what theirs may have: internal values, a scalar of its own, resolvers. */
export function makeEventSchema(): GraphQLSchema {
  const schema = buildSchema(SDL);
  const level = schema.getType('Level') as GraphQLEnumType;
  level.getValues().forEach((option, index) => (option.value = index));
  const upper = schema.getType('Upper') as GraphQLScalarType;
  upper.serialize = (value) => {
    if (value === 'later') return Promise.resolve('LATER');
    return value === '' ? null : (value as string).toUpperCase();
  };
  for (const field of Object.values(schema.getSubscriptionType()!.getFields())) {
    field.resolve = (event: unknown) => event;
  }
  return schema;
}

export const fieldOf = (schema: GraphQLSchema, type: string, field: string) =>
  (schema.getType(type) as GraphQLObjectType).getFields()[field]!;

/** The arguments of a subscription, to such a schema unless another one is given. */
export const argsOf = (
  query: string,
  { schema = makeEventSchema(), ...more }: Partial<ExecutionArgs> = {},
) => ({
  schema,
  document: parse(query),
  ...more,
});

/** What the compiled selection of a valid subscription writes for an event. @throws where it is not compiled */
export function written(query: string, event: unknown, more: Partial<ExecutionArgs> = {}): string | null {
  const args = argsOf(query, more);
  expect(validate(args.schema, args.document)).toEqual([]);
  const write = compileSelection(args);
  if (!write) throw new Error('It was not compiled.');
  return write(event);
}

export const text = { __typename: 'Text', id: 't', level: 0, text: 'some "words"\n\ud83d', upper: 'loud' };
export const done = {
  __typename: 'Done',
  id: 7,
  level: null,
  usage: {
    input: 1,
    output: null,
    price: 0.1,
    last: { input: 2, output: 3 },
    parts: [{ input: 4 }, { input: 5 }],
    of: text,
    ok: true,
  },
  any: { nested: [1, null, 'x'], left: undefined },
  grid: [[1, -0], null, []],
};
