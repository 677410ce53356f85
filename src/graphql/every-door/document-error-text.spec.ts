import { buildSchema, GraphQLError, parse, validate } from 'graphql';
import { textWithoutQuotations } from './document-error-text.js';

const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Shape { colour: Colour!, sides: Int, name: String }
  type Query { text(id: ID, colour: Colour, sides: Int, weight: Float, shape: Shape, shapes: [Shape!], is: Boolean): String }
`);

/** What is said of the mistakes in a document. */
function textsOf(document: string): string[] {
  try {
    return validate(schema, parse(document)).map(textWithoutQuotations);
  } catch (error) {
    return [textWithoutQuotations(error as GraphQLError)];
  }
}

const KEY = 'sk-proj-aB3"dE5\\gH7';
const quoted = JSON.stringify(KEY);

describe('textWithoutQuotations', () => {
  it.each([
    [`{ text ${quoted} }`, 'Syntax Error: Expected Name, found String.'],
    [`{ text(id ${quoted}) }`, 'Syntax Error: Expected ":", found String.'],
    [`{ text(id: """${KEY}""" """${KEY}""") }`, 'Syntax Error: Expected Name, found BlockString.'],
    [`{ text(id: 012345) }`, 'Syntax Error: Invalid number, unexpected digit after 0.'],
    [`{ text(id: "${'x'.repeat(10)}`, 'Syntax Error: Unterminated string.'],
    [`{ text(id: '${KEY}') }`, expect.stringMatching(/^Syntax Error: Unexpected single quote character\.$/)],
    ['{ text', 'Syntax Error: Expected Name, found <EOF>.'],
    [KEY, 'Syntax Error: Unexpected Name.'],
    ['"apiKey\\":\\"sk-abc" 1', 'Syntax Error: Unexpected Int.'],
    ['{ text(id: "\\q") }', 'Syntax Error: Invalid character escape sequence.'],
  ])('says of a document that does not parse no more than what was expected: %s', (document, text) => {
    expect(textsOf(document)).toEqual([text]);
  });

  it.each([
    [`{ text(colour: ${quoted}) }`, 'Enum "Colour" cannot represent non-enum value: [value].'],
    [`{ text(colour: [${quoted}, ${quoted}]) }`, 'Enum "Colour" cannot represent non-enum value: [value].'],
    [`{ text(colour: { a: ${quoted} }) }`, 'Enum "Colour" cannot represent non-enum value: [value].'],
    [
      '{ text(colour: REDD) }',
      'Value "REDD" does not exist in "Colour" enum. Did you mean the enum value "RED"?',
    ],
    ['{ text(colour: sk0123) }', 'Value "[name]" does not exist in "Colour" enum.'],
    [`{ text(sides: ${quoted}) }`, 'Int cannot represent non-integer value: [value].'],
    [`{ text(sides: 99999999999) }`, 'Int cannot represent non 32-bit signed integer value: [value].'],
    [`{ text(weight: ${quoted}) }`, 'Float cannot represent non numeric value: [value].'],
    [`{ text(is: ${quoted}) }`, 'Boolean cannot represent a non boolean value: [value].'],
    [`{ text(shape: ${quoted}) }`, expect.stringContaining('found [value].')],
  ])('says of a value what it should be: %s', (document, text) => {
    expect(textsOf(document)).toEqual([text]);
  });

  it('names what an object lacks, and what it has too much', () => {
    expect(textsOf('{ text(shape: { sides: 1 }) }')).toEqual([
      'Field "Shape.colour" of required type "Colour!" was not provided.',
    ]);
    expect(textsOf('{ text(shape: { colour: RED, side: 1 }) }')[0]).toContain('Did you mean "sides"');
  });

  it('shows a misspelt name, and no name that may be a key', () => {
    expect(textsOf('{ txt }')).toEqual(['Cannot query field "txt" on type "Query". Did you mean "text"?']);
    expect(textsOf('{ skproj0123 }')).toEqual(['Cannot query field "[name]" on type "Query".']);
  });

  it.each([
    ['a list', `[${Array.from({ length: 1_900 }, () => `"${'!'.repeat(400)}"`).join(' ')}]`],
    ['a text', `"${'!'.repeat(700_000)}"`],
    ['a text of quotation marks', `"${'\\"'.repeat(300_000)}"`],
    ['a text of what patterns are made of', `"${'(a+)+$[\\\\\\\\'.repeat(50_000)}"`],
  ])('is as short for %s of any length', (_, value) => {
    const texts = textsOf(`{ text(colour: ${value}) }`);
    expect(texts).toEqual(['Enum "Colour" cannot represent non-enum value: [value].']);
  });

  it('cuts what is too long', () => {
    expect(textWithoutQuotations(new GraphQLError('word '.repeat(10_000))).length).toBeLessThan(500);
  });

  it('quotes no name that came with the request', () => {
    expect(textWithoutQuotations(new GraphQLError(`Unknown operation named "${KEY}".`))).toBe(
      'Unknown operation named.',
    );
  });
});
