import { isNestedTooDeeply, MAX_NESTING } from './nesting.js';

const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('isNestedTooDeeply', () => {
  it.each([
    ['lists', lists],
    ['objects', objects],
  ])('counts the levels of %s', (_, nest) => {
    expect(isNestedTooDeeply(nest(MAX_NESTING))).toBe(false);
    expect(isNestedTooDeeply(nest(MAX_NESTING + 1))).toBe(true);
    expect(isNestedTooDeeply(`{"a":1,"b":[2,${nest(MAX_NESTING)}]}`)).toBe(true);
  });

  it('counts what is open at a time, not what there is', () => {
    expect(isNestedTooDeeply(`[${Array.from({ length: 1_000 }, () => '[{}]').join(',')}]`)).toBe(false);
  });

  it.each([
    ['brackets in a text', JSON.stringify('['.repeat(1_000))],
    ['a quotation mark in a text', `{"a":"\\"${'['.repeat(1_000)}"}`],
    ['a backslash at the end of a text', `["\\\\", ${lists(10)}]`],
    ['no JSON', ']]]]}}}}'],
    ['a text that does not end', `"${'['.repeat(1_000)}`],
    ['nothing', ''],
  ])('takes %s for what it is', (_, text) => {
    expect(isNestedTooDeeply(text)).toBe(false);
  });

  it('sees what comes after a text with a backslash before its end', () => {
    expect(isNestedTooDeeply(`["\\\\",${lists(MAX_NESTING)}]`)).toBe(true);
  });
});
