import { parseValue as parseNode } from 'graphql';
import { JsonObject, JsonScalar, JsonText } from './json.scalar.js';

const textOf = (value: unknown): string => (value as JsonText).text;

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
    expect(read).toBeInstanceOf(JsonText);
    expect(read.parse()).toEqual(value);
  });

  it.each([
    ['null', 'null'],
    ['[1, 1.5, true]', '[1,1.5,true]'],
    ['{a: "b", c: {d: ENUM}}', '{"a":"b","c":{}}'],
    ['{__proto__: 1, constructor: 2}', '{"__proto__":1,"constructor":2}'],
  ])('is read from a literal: %s', (literal, text) => {
    expect(textOf(JsonScalar.parseLiteral(parseNode(literal), {}))).toBe(text);
  });

  it('may hold variables, which may be JSON themselves', () => {
    const variables = { a: 'text', b: JsonScalar.parseValue({ c: [1] }), d: null };
    const node = parseNode('{a: $a, b: [$b], d: $d}');
    expect(textOf(JsonScalar.parseLiteral(node, variables))).toBe('{"a":"text","b":[{"c":[1]}],"d":null}');
  });

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
