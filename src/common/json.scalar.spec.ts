import { GraphQLError, parseValue as parseNode } from 'graphql';
import { JsonObject, JsonScalar, JsonInput } from './json.scalar.js';

const textOf = (value: unknown): string => (value as JsonInput).text;

describe('JSON', () => {
  it.each([
    null,
    true,
    1.5,
    'text',
    [],
    [1, [2]],
    { a: { b: [null] } },
    JSON.parse('{"__proto__":1}') as unknown,
  ])('is read as a text, and as the same value from it: %j', (value) => {
    const read = JsonScalar.parseValue(value);
    expect(read).toBeInstanceOf(JsonInput);
    expect(read.value).toBe(value);
    expect(JSON.parse(read.text)).toEqual(value);
  });

  it.each([
    ['null', 'null'],
    ['[1, 1.5, true]', '[1,1.5,true]'],
    ['{a: "b", c: {d: -2}}', '{"a":"b","c":{"d":-2}}'],
    ['{__proto__: 1, constructor: 2}', '{"__proto__":1,"constructor":2}'],
  ])('is read from a literal: %s', (literal, text) => {
    expect(textOf(JsonScalar.parseLiteral(parseNode(literal), {}))).toBe(text);
  });

  it.each(['FOO', '{a: FOO}', '[1, [FOO]]', '$a', '{a: $a}', '1e999', '[-1e999]'])(
    'is no literal that no JSON is: %s',
    (literal) => {
      expect(() => JsonScalar.parseLiteral(parseNode(literal), { a: 1 })).toThrow(GraphQLError);
    },
  );

  it('is written as it is', () => {
    const value = { a: [1] };
    expect(JsonScalar.serialize(value)).toBe(value);
  });
});

describe('JSONObject', () => {
  it('is an object', () => {
    expect(textOf(JsonObject.parseValue({ a: 1 }))).toBe('{"a":1}');
    expect(textOf(JsonObject.parseLiteral(parseNode('{a: 1}'), {}))).toBe('{"a":1}');
  });

  it.each([null, 'sk-a-key', 1, ['sk-a-key']])('is not %j, and its error does not quote that', (value) => {
    expect(() => JsonObject.parseValue(value)).toThrow(/^A JSONObject must be an object\.$/);
    expect(() => JsonObject.parseLiteral(parseNode(JSON.stringify(value)), {})).toThrow(
      /^A JSONObject must be an object\.$/,
    );
  });
});
