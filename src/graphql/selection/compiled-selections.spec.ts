import { parse } from 'graphql';
import { argsOf, makeEventSchema, text } from '../../../test/support/event-schema.js';
import { CompiledSelections } from './compiled-selections.js';

const schema = makeEventSchema();
const QUERY = 'subscription ($text: String) { event(text: $text) { id } }';
const CONDITIONAL = 'subscription ($show: Boolean!) { event { id level @include(if: $show) } }';

/** A document of its own each time, as requests have. */
const asked = (query: string, variableValues = {}) => argsOf(query, { schema, variableValues });

describe('CompiledSelections', () => {
  it('gives what it gave before for the same document, whatever its variables', () => {
    const selections = new CompiledSelections();
    const write = selections.get(asked(QUERY, { text: 'a secret' }));
    expect(selections.get(asked(QUERY, { text: 'another one' }))).toBe(write);
    expect(write?.(text)).toBe('{"data":{"event":{"id":"t"}}}');
    expect(selections.size).toBe(1);
  });

  it('tells documents, operations and what directives decide from one another', () => {
    const selections = new CompiledSelections();
    const shown = selections.get(asked(CONDITIONAL, { show: true }));
    const hidden = selections.get(asked(CONDITIONAL, { show: false }));
    expect(shown?.(text)).toBe('{"data":{"event":{"id":"t","level":"LOW"}}}');
    expect(hidden?.(text)).toBe('{"data":{"event":{"id":"t"}}}');

    const two = 'subscription A { event { a: id } } subscription B { event { b: id } }';
    const [a, b] = ['A', 'B'].map((operationName) => selections.get({ ...asked(two), operationName }));
    expect(a?.(text)).toBe('{"data":{"event":{"a":"t"}}}');
    expect(b?.(text)).toBe('{"data":{"event":{"b":"t"}}}');
    expect(selections.size).toBe(4);
  });

  it.each([
    ['a text', 'subscription { event(text: "a key") { id } }'],
    ['a block of text', 'subscription { event(text: """a key""") { id } }'],
    ['a number', 'subscription { event(first: 123456789) { id } }'],
    ['a text as a default', 'subscription ($text: String = "a key") { event(text: $text) { id } }'],
    ['a text in another operation', `${QUERY.replace('n (', 'n A (')} query B { nothing(first: 1) }`],
    [
      'a text in a fragment',
      'subscription { ...a } fragment a on Subscription { event(text: "a key") { id } }',
    ],
    ['an alias that is as long as a key', `subscription { event { ${'k'.repeat(25)}: id } }`],
  ])('compiles a document with %s anew each time, and keeps nothing of it', (_, query) => {
    const selections = new CompiledSelections();
    const args = { ...asked(query), ...(query.includes('B') && { operationName: 'A' }) };
    expect(selections.get(args)?.(text)).toContain('"t"');
    expect(selections.size).toBe(0);
  });

  it('keeps nothing where a variable of a directive has no value, or the text is not at hand', () => {
    const selections = new CompiledSelections();
    expect(selections.get(asked(CONDITIONAL))).toBeNull();
    const document = parse(QUERY, { noLocation: true });
    expect(selections.get({ schema, document })?.(text)).toBe('{"data":{"event":{"id":"t"}}}');
    expect(selections.size).toBe(0);
  });

  it("keeps nothing, and gives nothing, for resolvers that are not the schema's", () => {
    const selections = new CompiledSelections();
    const fieldResolver = () => 'x';
    expect(selections.get({ ...asked(QUERY), fieldResolver })).toBeNull();
    expect(selections.get(asked(QUERY))).not.toBeNull();
    expect(selections.get({ ...asked(QUERY), fieldResolver })).toBeNull();
    expect(selections.size).toBe(1);
  });

  it('keeps no document that is long', () => {
    const selections = new CompiledSelections();
    selections.get(asked(`${QUERY} #${'.'.repeat(8_000)}`));
    expect(selections.size).toBe(1);
    selections.get(asked(`${QUERY} #${'.'.repeat(8_200)}`));
    expect(selections.size).toBe(1);
  });

  it('keeps the last that were asked for', () => {
    const selections = new CompiledSelections(2);
    const queryOf = (alias: string) => `subscription { event { ${alias}: id } }`;
    const first = selections.get(asked(queryOf('a')));
    const second = selections.get(asked(queryOf('b')));
    selections.get(asked(queryOf('a')));
    selections.get(asked(queryOf('c')));
    expect(selections.size).toBe(2);
    expect(selections.get(asked(queryOf('a')))).toBe(first);
    expect(selections.get(asked(queryOf('b')))).not.toBe(second);
  });

  it('remembers what cannot be compiled', () => {
    const selections = new CompiledSelections();
    const unknown = 'subscription { event { id @trace } }';
    expect(selections.get(asked(unknown))).toBeNull();
    expect(selections.size).toBe(1);
    expect(selections.get(asked(unknown))).toBeNull();
  });
});
