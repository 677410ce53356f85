import type { GraphQLSchemaHost } from '@nestjs/graphql';
import { buildSchema } from 'graphql';
import type { Config } from '../../config/config.js';
import { Documents } from './documents.js';
import { PersistedOperations } from './persisted-operations.js';

const schema = buildSchema('type Query { a: Int, b(text: String): Int } type Mutation { c: Int }');

function load(...bodies: string[]): PersistedOperations {
  const persistedOperations = bodies.map((body, index) => ({
    id: String(index + 1),
    type: 'query' as const,
    body,
  }));
  const config = { general: { production: true }, server: { persistedOperations } } as unknown as Config;
  const operations = new PersistedOperations(new Documents({ schema } as GraphQLSchemaHost, config), config);
  operations.load();
  return operations;
}

describe('listed operations', () => {
  it('are found by their text, however it is laid out', () => {
    const listed = load('query A { a ...B } fragment B on Query { b }');
    const found = listed.find({ documentId: '1' });
    for (const query of [
      'query A { a ...B } fragment B on Query { b }',
      'query A{a,...B}fragment B on Query{b}',
      '# ours\nfragment B on Query { b }\nquery A { a ...B }',
    ])
      expect(listed.find({ query })).toBe(found);
  });

  it.each([
    'query A { a }',
    'query B { a ...B } fragment B on Query { b }',
    'query A { ...B a } fragment B on Query { b }',
  ])('are not what %s says', (query) => {
    const listed = load('query A { a ...B } fragment B on Query { b }');
    expect(() => listed.find({ query })).toThrow('none of them');
  });

  it('may have two ids for one text', () => {
    const listed = load('{ a }', '{a}');
    expect(listed.find({ documentId: '2', query: '{ a }' })).toBe(listed.find({ documentId: '1' }));
  });

  it('are not those of which a value alone differs', () => {
    expect(() => load('{ b(text: "x y") }').find({ query: '{ b(text: "x  y") }' })).toThrow('none of them');
  });

  it.each([
    ['does not parse', '{ a', /operation 2 of its file cannot run: Syntax Error/],
    ['does not fit the schema', '{ zz }', /operation 2 of its file cannot run: Cannot query field/],
    ['is too deep', `{ ${'... { '.repeat(12)}a${' }'.repeat(12)} }`, /operation 2 of its file cannot run/],
    ['asks for the schema, in production', '{ __schema { types { name } } }', /cannot run: .*introspection/],
    ['is of another type', 'mutation { c }', /operation 2 of its file is no query/],
    ['is two', 'query A { a } query B { a }', /must hold one operation, and its fragments/],
  ])('stop the start where one %s', (_, body, message) => {
    expect(() => load('{ a }', body)).toThrow(/^The operations that may run .*\n {2}PERSISTED_OPERATIONS: /);
    expect(() => load('{ a }', body)).toThrow(message);
  });
});
