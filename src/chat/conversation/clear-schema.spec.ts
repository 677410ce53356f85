import type { JsonSchema, SchemaDraft } from '../../common/json-schema.js';
import { processorMs } from '../../../test/support/timing.js';
import { clearSchema } from './clear-schema.js';
import { Violations } from './violations.js';

/** What is kept of a schema; the places of what is refused in it. */
function clear(schema: JsonSchema, draft: SchemaDraft = 'DRAFT_2020_12') {
  const violations = new Violations();
  const cleared = clearSchema(schema, draft, 'at', violations);
  try {
    violations.throwIfAny();
    return cleared.schema;
  } catch (error) {
    return (error as { violations: { path: string }[] }).violations.map(({ path }) => path);
  }
}

describe('a schema that is cleared', () => {
  it.each<[string, JsonSchema]>([
    ['the root', { items: { $ref: '#' } }],
    ['a schema by its name', { $defs: { a: { type: 'null' } }, $ref: '#/$defs/a' }],
    ['a schema by a name that is escaped', { $defs: { 'a/b~c d': {} }, $ref: '#/$defs/a~1b~0c%20d' }],
    ['a schema in a list', { anyOf: [{}, { type: 'null' }], items: { $ref: '#/anyOf/1' } }],
    ['a schema that is the only one', { not: {}, items: { $ref: '#/not' } }],
    [
      'a mere true or false',
      {
        $defs: { a: true },
        properties: { b: false },
        anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/properties/b' }],
      },
    ],
    [
      'the only one, which is false',
      { additionalProperties: false, items: { $ref: '#/additionalProperties' } },
    ],
    ['an anchor', { $defs: { a: { $anchor: 'here' } }, $ref: '#here' }],
  ])('may refer to %s', (_, schema) => {
    expect(clear(schema)).toEqual(schema);
  });

  it.each<[string, string]>([
    ['another document', 'https://a.example/#'],
    ['nothing', '#/$defs/b'],
    ['what holds schemas', '#/$defs'],
    ['a value', '#/enum/0'],
    ['a word of a schema', '#/uniqueItems'],
    ['what is no text of a URL', '#/$defs/%'],
    ['a name that objects inherit', '#/$defs/constructor'],
  ])('may not refer to %s', (_, $ref) => {
    expect(clear({ $defs: { a: {} }, enum: [{}], uniqueItems: true, not: { $ref } })).toEqual([
      'at.not.$ref',
    ]);
  });

  it('has no reference whose way shows only at each value', () => {
    expect(clear({ $dynamicRef: '#' })).toEqual(['at.$dynamicRef']);
  });

  it('has nothing beside a reference where draft 7 does not see it', () => {
    const schema = { $ref: '#/definitions/a', minLength: 3, definitions: { a: {} } };
    expect(clear(schema, 'DRAFT_7')).toEqual({ $ref: '#/definitions/a', definitions: { a: {} } });
    expect(clear({ $ref: '#', minLength: 3 })).toEqual({ $ref: '#', minLength: 3 });
    const newer = { $ref: '#/$defs/a', pattern: '(?=a)', $defs: { a: {} } };
    expect(clear(newer, 'DRAFT_7')).toEqual({ $ref: '#/$defs/a', $defs: { a: {} } });
    const passedOver = { $ref: '#/properties/a', properties: { a: {} } };
    expect(clear(passedOver, 'DRAFT_7')).toEqual(['at.$ref']);
  });

  it.each(['properties', 'patternProperties', 'dependentSchemas'])(
    'has no __proto__ among its %s',
    (keyword) => {
      expect(clear({ [keyword]: JSON.parse('{"__proto__":false}') as unknown })).toEqual([`at.${keyword}`]);
    },
  );

  it('costs no more for names that are long, however many schemas are behind them', () => {
    const inner = Object.fromEntries(
      Array.from({ length: 3_500 }, (_, n) => [n.toString(36).padStart(3, 'a'), {}]),
    );
    const schema = { properties: { ['n'.repeat(28_000)]: { properties: inner } } };
    expect(processorMs(() => clear(schema))).toBeLessThan(1_000);
  });
});
