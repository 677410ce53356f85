import { MAX_NESTING } from '../../common/nesting.js';
import { excessIn } from './document-outline.js';

const nested = (open: string, close: string, depth: number): string =>
  `{ a(b: ${open.repeat(depth)}1${close.repeat(depth)}) }`;

describe('excessIn', () => {
  it.each([
    ['lists', '[', ']'],
    ['objects', '{c:', '}'],
  ])('finds %s that are nested too deeply', (_, open, close) => {
    expect(excessIn(nested(open, close, MAX_NESTING - 2))).toBeNull();
    expect(excessIn(nested(open, close, MAX_NESTING))).toMatch(/nested/);
  });

  it('finds selections and types that are nested too deeply', () => {
    expect(excessIn(`${'{ ... '.repeat(300)}{ a }${'}'.repeat(300)}`)).toMatch(/nested/);
    expect(excessIn(`query ($a: ${'['.repeat(300)}Int${']'.repeat(300)}) { a }`)).toMatch(/nested/);
  });

  it.each([
    ['a string', `{ a(b: "${'{'.repeat(1_000)}") }`],
    ['a string with an escape', `{ a(b: "\\"${'{'.repeat(1_000)}") }`],
    ['a block string', `{ a(b: """ " "" \\""" ${'['.repeat(1_000)} """) }`],
    ['a comment', `{ a # ${'['.repeat(1_000)}\n}`],
    ['an empty string', `{ a(b: "", c: """""") }`],
  ])('does not look into %s', (_, document) => {
    expect(excessIn(document)).toBeNull();
  });

  it.each([
    ['a string', `{ a(b: "x") ${'['.repeat(300)} }`],
    ['a block string', `{ a(b: """x""") ${'['.repeat(300)} }`],
    ['a string that does not end on its line', `{ a(b: "x\n ${'['.repeat(300)} }`],
    ['a comment', `{ a # x\r${'['.repeat(300)} }`],
  ])('looks at what comes after %s', (_, document) => {
    expect(excessIn(document)).toMatch(/nested/);
  });

  it.each([
    ['lines', '\n'.repeat(20_001), /lines/],
    ['lines of a block string', `{ a(b: """${'\r'.repeat(20_001)}""") }`, /lines/],
    ['comments', '#\n'.repeat(2_001), /comments/],
    ['characters in a name', `{ ${'a'.repeat(1_001)} }`, /word/],
    ['digits', `{ a(b: ${'1'.repeat(1_001)}) }`, /word/],
  ])('finds too many %s', (_, document, words) => {
    expect(excessIn(document)).toMatch(words);
  });

  it('lets a long conversation in a document pass', () => {
    expect(excessIn(`{ a(b: """${'word '.repeat(100_000)}""", c: "${'x'.repeat(100_000)}") }`)).toBeNull();
  });
});
