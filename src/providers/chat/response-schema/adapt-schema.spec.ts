import type { JsonSchema } from '../../../common/json-schema.js';
import { structuredSubset } from '../anthropic/anthropic-schemas.js';
import { strictSubset } from '../openai/openai-schemas.js';
import { adaptSchema, subsetRefusalOf } from './adapt-schema.js';
import type { SchemaSubset } from './schema-subset.js';

const closed = { type: 'object', additionalProperties: false };
const of = (properties: Record<string, unknown>, more: object = {}): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  ...more,
});
const ofClosed = (properties: Record<string, unknown>, more: object = {}): JsonSchema => ({
  ...of(properties, more),
  additionalProperties: false,
});
const text = { type: 'string' };
const definedOnly: SchemaSubset = {
  keywords: new Set(['$defs', '$ref', 'type', 'enum', 'items', 'properties']),
  notes: new Set(),
  formats: new Set(),
};

describe('a schema is adapted where nothing is lost', () => {
  it.each<[string, JsonSchema, JsonSchema]>([
    [
      'objects are closed, in every place',
      of({ a: of({ b: text }) }),
      ofClosed({ a: ofClosed({ b: text }) }),
    ],
    ['one that is closed stays', ofClosed({ a: text }), ofClosed({ a: text })],
    [
      'an empty one that is closed stays',
      { ...closed, properties: {} },
      { ...closed, properties: {}, required: [] },
    ],
    [
      'notes are left out',
      of(
        { a: { ...text, default: 'x', examples: ['y'], $comment: 'z', 'x-own': 1 } },
        { $id: 'https://a.example/' },
      ),
      ofClosed({ a: text }),
    ],
    [
      'those that it knows stay',
      of({ a: { ...text, title: 'A', description: 'a' } }),
      ofClosed({ a: { ...text, title: 'A', description: 'a' } }),
    ],
    [
      'formats that it knows stay, others are notes',
      of({ a: { ...text, format: 'date' }, b: { ...text, format: 'uri' } }),
      ofClosed({ a: { ...text, format: 'date' }, b: text }),
    ],
    [
      'a property that may be null has to be there',
      { ...of({ a: { type: ['string', 'null'] }, b: { anyOf: [text, { type: 'null' }] } }), required: [] },
      ofClosed({ a: { type: ['string', 'null'] }, b: { anyOf: [text, { type: 'null' }] } }),
    ],
    [
      'an enum says its type',
      of({ a: { enum: ['x', null] } }),
      ofClosed({ a: { enum: ['x', null], type: ['string', 'null'] } }),
    ],
    ['a constant, too', of({ a: { const: 7 } }), ofClosed({ a: { const: 7, type: 'number' } })],
    [
      'beside a reference stands nothing',
      of({ a: { $ref: '#/$defs/a', description: 'a' } }, { $defs: { a: text } }),
      ofClosed({ a: { $ref: '#/$defs/a' } }, { $defs: { a: text } }),
    ],
    [
      'all of one is that one',
      of({ a: { description: 'a', allOf: [text] } }),
      ofClosed({ a: { ...text, description: 'a' } }),
    ],
    [
      'a root that leads to a definition is written out',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $ref: '#/definitions/A',
        definitions: { A: of({ a: text }) },
      },
      ofClosed({ a: text }, { definitions: { A: ofClosed({ a: text }) } }),
    ],
    [
      'words of another draft are notes',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        ...of({ a: { ...text, dependentRequired: {}, prefixItems: [] } }),
      },
      ofClosed({ a: text }),
    ],
    ['schemas may lead to themselves', of({ a: { $ref: '#' } }), ofClosed({ a: { $ref: '#' } })],
  ])('for strict: %s', (_, given, expected) => {
    expect(adaptSchema(given, strictSubset)).toEqual(expected);
  });

  it('names the properties that it requires in their order', () => {
    const schema = of({ a: { type: ['null', 'number'] }, b: text }, { required: ['b'] });
    expect(adaptSchema(schema, strictSubset).required).toEqual(['a', 'b']);
  });

  it('leaves optional properties where they may be', () => {
    const schema = of({ a: text, b: text }, { required: ['a'] });
    expect(adaptSchema(schema, structuredSubset)).toEqual({ ...schema, additionalProperties: false });
  });

  it('is itself for an API that takes all', () => {
    const schema = of({ a: { not: { pattern: 'a' }, 'x-own': 1, items: false } });
    expect(adaptSchema(schema, { keywords: 'ALL', notes: 'ALL', formats: 'ALL' })).toEqual(schema);
  });

  it('has constants as enums, and definitions by their new name, where it knows no others', () => {
    const schema = { definitions: { a: { const: 1 } }, items: { $ref: '#/definitions/a' } };
    expect(adaptSchema(schema, definedOnly)).toEqual({
      $defs: { a: { enum: [1] } },
      items: { $ref: '#/$defs/a' },
    });
  });

  it('changes nothing of the client', () => {
    const schema = of({ a: { const: 1, default: 2 } }, { definitions: { A: of({ b: text }) } });
    const before = JSON.stringify(schema);
    adaptSchema(schema, structuredSubset);
    expect(JSON.stringify(schema)).toBe(before);
  });
});

describe('a schema is refused, and where is said', () => {
  it.each<[string, JsonSchema, string]>([
    ['a root that is a list', { type: 'array', items: text }, 'type'],
    ['a root without a type', { properties: {} }, 'type'],
    ['a root of alternatives', { type: 'object', anyOf: [of({ a: text })] }, 'anyOf'],
    ['an optional property', of({ a: text, b: text }, { required: ['a'] }), 'properties.1'],
    [
      'an enum that may be null by its values and not by its type',
      of({ a: { ...text, enum: ['x', null] } }, { required: [] }),
      'properties.0',
    ],
    ['properties of any name', of({ a: text }, { additionalProperties: true }), 'additionalProperties'],
    ['an object without properties', of({ a: { type: 'object' } }), 'properties.0.additionalProperties'],
    ['what is required and not declared', of({ a: text }, { required: ['a', 'b'] }), 'required'],
    [
      'alternatives that would close each other',
      of({ a: { ...of({ b: text }), anyOf: [of({ c: text })] } }),
      'properties.0.anyOf',
    ],
    ['any value', of({ a: {} }), 'properties.0'],
    ['any value, as true', of({ a: true }), 'properties.0'],
    ['a list of anything', of({ a: { type: 'array' } }), 'properties.0.items'],
    [
      'a list of items',
      of({ a: { type: 'array', items: [text] } }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
      'properties.0.items',
    ],
    ['a length', of({ a: { ...text, minLength: 1 } }), 'properties.0.minLength'],
    [
      'a length in an alternative',
      of({ a: { anyOf: [text, { ...text, maxLength: 1 }] } }),
      'properties.0.anyOf.1.maxLength',
    ],
    [
      'one that closes what stands beside it',
      of({ a: { additionalProperties: false, allOf: [of({ b: text })] } }),
      'properties.0.allOf',
    ],
    ['all of several', of({ a: { allOf: [of({ b: text }), of({ c: text })] } }), 'properties.0.allOf'],
    [
      'all of one that says the same otherwise',
      of({ a: { type: 'number', allOf: [text] } }),
      'properties.0.allOf',
    ],
    ['a rule beside a reference', of({ a: { $ref: '#', type: 'object' } }), 'properties.0.type'],
    [
      'very many properties',
      of(Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [`p${String(n)}`, text]))),
      '',
    ],
    ['very many values', of({ a: { enum: Array.from({ length: 1_001 }, String) } }), ''],
    [
      'very deep objects',
      Array.from({ length: 10 }).reduce<JsonSchema>((inner) => of({ a: inner }), of({ a: text })),
      '',
    ],
  ])('for strict: %s', (_, schema, place) => {
    expect(subsetRefusalOf(schema, strictSubset)).toMatchObject({ place });
  });

  it.each<[string, JsonSchema, string]>([
    ['a number that is too small', { type: 'number', minimum: 1 }, 'minimum'],
    ['many items', { type: 'array', items: text, minItems: 2 }, 'minItems'],
    ['an object in an enum', { enum: [{ a: 1 }] }, 'enum'],
    ['one of several', { oneOf: [text] }, 'oneOf'],
    ['a cycle', of({ a: { $ref: '#' } }), ''],
    [
      'a cycle over two',
      {
        $ref: '#/$defs/a',
        $defs: { a: of({ b: { $ref: '#/$defs/b' } }), b: { anyOf: [{ $ref: '#/$defs/a' }] } },
      },
      '',
    ],
    [
      'very many optional properties',
      {
        ...of(Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`p${String(n)}`, text]))),
        required: [],
      },
      '',
    ],
  ])('for structured outputs: %s', (_, schema, place) => {
    expect(subsetRefusalOf(schema, structuredSubset)).toMatchObject({ place });
  });

  it.each<[string, JsonSchema]>([
    ['one item', { type: 'array', items: text, minItems: 1 }],
    ['a root of any type', text],
    [
      'references to the same',
      of({ a: { $ref: '#/$defs/a' }, b: { $ref: '#/$defs/a' } }, { $defs: { a: text } }),
    ],
    [
      'twenty-four optional properties',
      {
        ...of(Object.fromEntries(Array.from({ length: 24 }, (_, n) => [`p${String(n)}`, text]))),
        required: [],
      },
    ],
  ])('but not for structured outputs: %s', (_, schema) => {
    expect(subsetRefusalOf(schema, structuredSubset)).toBeNull();
  });

  it('without a word of the client', () => {
    const schema = of({ 'sk-secret': { ...text, minLength: 1 } });
    expect(JSON.stringify(subsetRefusalOf(schema, strictSubset))).not.toContain('secret');
  });
});
