import { jest } from '@jest/globals';
import type { GraphQLSchemaHost } from '@nestjs/graphql';
import { buildSchema } from 'graphql';
import type { Config } from '../../config/config.js';
import { Documents } from './documents.js';
import { PersistedOperations } from './persisted-operations.js';

const schema = buildSchema('type Query { a: Int, b(text: String): Int } type Mutation { c: Int }');

const listOf = (bodies: readonly string[], ids = '') =>
  bodies.map((body, index) => ({ id: `${ids}${String(index + 1)}`, type: 'query' as const, body }));

function load(...bodies: string[]): PersistedOperations {
  return loadWith(() => [], ...bodies);
}

/** @param own what the console asks for */
function loadWith(own: () => ReturnType<typeof listOf>, ...bodies: string[]): PersistedOperations {
  const persistedOperations = bodies.length > 0 ? listOf(bodies) : null;
  const config = { general: { production: true }, server: { persistedOperations } } as unknown as Config;
  const operations = new PersistedOperations(new Documents({ schema } as GraphQLSchemaHost, config), config);
  operations.load(own);
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

describe('what the console asks for', () => {
  const own =
    (...bodies: string[]) =>
    () =>
      listOf(bodies, 'own-');

  it('is on any list, by its ids and its texts', () => {
    const operations = loadWith(own('query Mine { b }'), '{ a }');
    const found = operations.find({ documentId: 'own-1' });
    expect(found).toMatchObject({ text: 'query Mine { b }' });
    expect(operations.find({ query: 'query Mine{b}' })).toBe(found);
    expect(operations.find({ documentId: '1' })).toMatchObject({ text: '{ a }' });
    expect(() => operations.find({ documentId: 'own-2' })).toThrow('none of them');
  });

  it('is the same as what the operator lists in other words, by both ids', () => {
    const operations = loadWith(own('query Mine { b }'), 'query Mine{b}');
    const named = { documentId: '1', query: 'query Mine { b }' };
    expect(operations.find(named)).toBe(operations.find({ documentId: 'own-1' }));
    const sameIds = loadWith(() => listOf(['{ a }']), '{a}');
    expect(sameIds.find({ documentId: '1' })).toMatchObject({ text: '{ a }' });
  });

  it('is no list, and not read, where there is none', () => {
    const read = jest.fn(own('{ a }'));
    expect(loadWith(read).find({ query: '{ b }' })).toBeNull();
    expect(read).not.toHaveBeenCalled();
  });

  it('stops the start by its own name where it cannot run', () => {
    expect(() => loadWith(own('{ a }', '{ zz }'), '{ a }')).toThrow(
      /:\n {2}The console's own operations\.json: operation 2 of its file cannot run: Cannot query field/,
    );
    expect(() => loadWith(own('{ zz }'), '{ a }')).not.toThrow(/PERSISTED_OPERATIONS/);
  });

  it("stops the start where the operator's list means something else by one of its ids", () => {
    expect(() => loadWith(() => listOf(['{ a }']), '{ b }')).toThrow(
      "  PERSISTED_OPERATIONS: operation 1 of its file has the id of another operation, of the console's",
    );
  });
});
