import { isTooComplex, MAX_NESTING, MAX_VALUES, VALUES_OF_A_NAME } from './nesting.js';

const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('isTooComplex', () => {
  it.each([
    ['lists', lists],
    ['objects', objects],
  ])('counts the levels of %s', (_, nest) => {
    expect(isTooComplex(nest(MAX_NESTING))).toBe(false);
    expect(isTooComplex(nest(MAX_NESTING + 1))).toBe(true);
    expect(isTooComplex(`{"a":1,"b":[2,${nest(MAX_NESTING)}]}`)).toBe(true);
  });

  it('counts what is open at a time, not what there is', () => {
    expect(isTooComplex(`[${Array.from({ length: 1_000 }, () => '[{}]').join(',')}]`)).toBe(false);
  });

  it.each(['1', '{}', '[]', '"a,b"', '"a:b"'])('counts the values of a list: %s', (value) => {
    const list = (count: number): string => `[${Array<string>(count).fill(value).join(',')}]`;
    expect(isTooComplex(list(MAX_VALUES / 2 - 1))).toBe(false);
    expect(isTooComplex(list(MAX_VALUES + 2))).toBe(true);
  });

  it('counts a name as more than a value, wherever it stands', () => {
    const object = (count: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 1])));
    const fields = Math.floor(MAX_VALUES / (1 + VALUES_OF_A_NAME));
    expect(isTooComplex(object(fields))).toBe(false);
    expect(isTooComplex(object(fields + 1))).toBe(true);
    const list = (count: number): string => `[${Array<string>(count).fill('{"a":1}').join(',')}]`;
    const records = Math.floor(MAX_VALUES / (2 + VALUES_OF_A_NAME));
    expect(isTooComplex(list(records))).toBe(false);
    expect(isTooComplex(list(records + 1))).toBe(true);
  });

  it.each([
    ['brackets in a text', JSON.stringify('['.repeat(1_000))],
    ['a quotation mark in a text', `{"a":"\\"${'['.repeat(1_000)}"}`],
    ['a backslash at the end of a text', `["\\\\", ${lists(10)}]`],
    ['no JSON', ']]]]}}}}'],
    ['commas in a text', JSON.stringify(','.repeat(2 * MAX_VALUES))],
    ['a text that does not end', `"${'['.repeat(1_000)}`],
    ['nothing', ''],
  ])('takes %s for what it is', (_, text) => {
    expect(isTooComplex(text)).toBe(false);
  });

  it('sees what comes after a text with a backslash before its end', () => {
    expect(isTooComplex(`["\\\\",${lists(MAX_NESTING)}]`)).toBe(true);
  });
});
