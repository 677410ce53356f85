import { buildSchema, getOperationAST, parse } from 'graphql';
import { checkVariables } from './check-variables.js';

const schema = buildSchema(`
  enum Kind { A B }
  input Inner { text: String!, all: [Kind!] }
  input Filter { kinds: [Kind!], inner: [Inner!], from: Int }
  type Query { find(filter: Filter, id: ID!): Int }
`);

function violationsOf(definitions: string, variables: Record<string, unknown>) {
  const operation = getOperationAST(parse(`query (${definitions}) { __typename }`));
  if (!operation) throw new Error('There is no operation.');
  return checkVariables(schema, operation, variables);
}

describe('checkVariables', () => {
  it('finds nothing wrong with what fits', () => {
    expect(
      violationsOf('$filter: Filter, $id: ID!', {
        filter: { kinds: ['A'], inner: [{ text: 'x' }] },
        id: '1',
      }),
    ).toEqual([]);
  });

  it.each([
    ['a missing variable', '$id: ID!', {}, { path: 'id', message: 'is required' }],
    ['a null', '$id: ID!', { id: null }, { path: 'id', message: 'must not be null' }],
    [
      'a value that is none of an enum',
      '$filter: Filter',
      { filter: { kinds: ['A', 'sk-key'] } },
      { path: 'filter.kinds.1', message: 'must be one of A, B' },
    ],
    [
      'a field that is missing',
      '$filter: Filter',
      { filter: { inner: [{}] } },
      { path: 'filter.inner.0', message: 'lacks text' },
    ],
    [
      'an unknown field',
      '$filter: Filter',
      { filter: { 'sk-key': 1 } },
      { path: 'filter', message: 'has a field that Filter does not define' },
    ],
  ])('names %s, and never the value', (_, definitions, variables, violation) => {
    expect(violationsOf(definitions, variables)).toEqual([violation]);
  });

  it('stops after enough of them, however many there are', () => {
    const kinds = Array<number>(1_000).fill(1);
    expect(violationsOf('$filter: Filter, $id: ID!', { filter: { kinds } })).toHaveLength(20);
  });

  it.each([
    ['a list', { kinds: Array<string>(1_001).fill('A') }, 'filter.kinds'],
    [
      'a list in a list',
      { inner: [{ text: 'x' }, { text: 'x', all: Array<string>(100_000).fill('A') }] },
      'filter.inner.1.all',
    ],
  ])('says of %s that it is too long, and looks no further', (_, filter, path) => {
    expect(violationsOf('$filter: Filter', { filter })).toEqual([
      { path, message: 'must have at most 1000 items' },
    ]);
  });

  it('does not go where the type does not lead', () => {
    const filter = { 'sk-key': Array<number>(2_000).fill(1), from: Array<number>(2_000).fill(1) };
    const violations = violationsOf('$filter: Filter', { filter });
    expect(JSON.stringify(violations)).not.toContain('sk-key');
    expect(violations.map(({ message }) => message)).not.toContain('must have at most 1000 items');
  });
});
