import type { GraphQLSchemaHost } from '@nestjs/graphql';
import { buildSchema, GraphQLError } from 'graphql';
import type { Config } from '../../config/config.js';
import { Documents } from './documents.js';

const schema = buildSchema('type Query { text(of: String, count: Int): String }');
const newDocuments = (): Documents =>
  new Documents({ schema } as GraphQLSchemaHost, { general: { production: true } } as Config);

/** Whether a document that is asked for twice is read once. */
function isKept(text: string): boolean {
  const documents = newDocuments();
  return documents.read(text) === documents.read(text);
}

describe('Documents', () => {
  it('reads a document once that has no place for a key', () => {
    expect(isKept('query ($of: String) { text(of: $of, count: 3) }')).toBe(true);
  });

  it.each([
    ['a text', '{ text(of: "sk-proj-0123456789") }'],
    ['a block of text', '{ text(of: """sk-proj-0123456789""") }'],
    ['a comment', '{ text } # sk-proj-0123456789'],
    ['a name that is as long as a key', `{ ${'a'.repeat(30)}: text }`],
    ['a number that is as long as a key', `{ text(count: 0) zeros: text(count: 1${'0'.repeat(30)}) }`],
  ])('keeps none with %s', (_, text) => {
    expect(isKept(text)).toBe(false);
  });

  it('keeps none that it refuses', () => {
    const documents = newDocuments();
    for (const text of ['{ nothing }', '{']) {
      const [first] = documents.read(text) as readonly GraphQLError[];
      const [second] = documents.read(text) as readonly GraphQLError[];
      expect(first).toBeInstanceOf(GraphQLError);
      expect(second).not.toBe(first);
    }
  });

  it('keeps so many characters, and no more', () => {
    const documents = newDocuments();
    const long = (name: string): string => `query ${name} { ${'text '.repeat(100)}}`;
    const first = documents.read(long('first'));
    for (let index = 0; index < 1_100; index += 1) documents.read(long(`q${String(index)}`));
    expect(documents.read(long('first'))).not.toBe(first);
  });
});
