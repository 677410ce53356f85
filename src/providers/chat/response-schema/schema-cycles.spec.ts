import type { JsonSchema } from '../../../common/json-schema.js';
import { looksWithoutEnd } from './schema-cycles.js';

const ref = (to: string) => ({ $ref: `#/$defs/${to}` });

describe('a schema', () => {
  it.each<[string, JsonSchema]>([
    ['itself', { $ref: '#' }],
    ['itself, as one of several', { anyOf: [{ type: 'null' }, { $ref: '#' }] }],
    [
      'a definition that leads back',
      { ...ref('a'), $defs: { a: { allOf: [ref('b')] }, b: { if: ref('a') } } },
    ],
    ['a definition that nothing else leads to', { $defs: { a: { not: ref('a') } } }],
    ['itself by an anchor', { $ref: '#x', $defs: { x: { $anchor: 'x', allOf: [{ $ref: '#x' }] } } }],
    ['itself by an id of draft 7', { allOf: [{ $id: '#a', anyOf: [{ $ref: '#a' }] }] }],
    ['itself within a property', { properties: { a: { $defs: {}, oneOf: [{ $ref: '#/properties/a' }] } } }],
  ])('looks without end where it refers to %s', (_, schema) => {
    expect(looksWithoutEnd(schema)).toBe(true);
  });

  it.each<[string, JsonSchema]>([
    ['itself for each item', { items: { $ref: '#' } }],
    ['itself for a property', { properties: { a: { anyOf: [{ type: 'null' }, { $ref: '#' }] } } }],
    ['the same twice', { allOf: [ref('a'), ref('a')], $defs: { a: { anyOf: [ref('b'), ref('b')] }, b: {} } }],
    [
      'what is further within',
      { anyOf: [{ $ref: '#/properties/a' }], properties: { a: { items: { $ref: '#' } } } },
    ],
    ['nothing', { $ref: '#/$defs/a' }],
  ])('comes to an end where it refers to %s', (_, schema) => {
    expect(looksWithoutEnd(schema)).toBe(false);
  });
});
