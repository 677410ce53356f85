import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { execute } from 'graphql';
import { argsOf, done, text, written } from '../../../../test/support/event-schema.js';
import { compileSelection } from './compiled-selection.js';

describe('a compiled selection writes', () => {
  it.each<[string, string, unknown, string]>([
    ['fields in the order of the document', 'text: id, level, id', text, '"text":"t","level":"LOW","id":"t"'],
    ['texts as JSON', '... on Text { text }', text, '"text":"some \\"words\\"\\n\\ud83d"'],
    ['names of types', 'kind: __typename __typename', done, '"kind":"Done","__typename":"Done"'],
    ['a name that objects have already', '__proto__: id', text, '"__proto__":"t"'],
    [
      'what is selected twice at its first place, with all that is selected of it',
      '... on Done { usage { input last { input } } id usage { output last { output } input } }',
      done,
      '"usage":{"input":1,"last":{"input":2,"output":3},"output":null},"id":"7"',
    ],
    ['what fragments on other types do not select', 'id ... on Done { usage { input } }', text, '"id":"t"'],
    ['an object without fields', '... on Done { grid }', text, ''],
    [
      'fragments without a type, on an interface and within each other',
      '... { id } ... on Event { ... on Text { level ... on Event { __typename } } }',
      text,
      '"id":"t","level":"LOW","__typename":"Text"',
    ],
    ['scalars as their type has it', '... on Text { upper }', text, '"upper":"LOUD"'],
    ['what a scalar leaves as it is', '... on Done { any }', done, '"any":{"nested":[1,null,"x"]}'],
    ['lists in lists', '... on Done { grid }', done, '"grid":[[1,0],null,[]]'],
    [
      'lists of objects',
      '... on Done { usage { parts { input } ok price } }',
      done,
      '"usage":{"parts":[{"input":4},{"input":5}],"ok":true,"price":0.1}',
    ],
    [
      'a union by the name of its type',
      '... on Done { usage { of { ... on Text { id } ... on Usage { input } } } }',
      done,
      '"usage":{"of":{"id":"t"}}',
    ],
    [
      'nothing of an interface that the type does not have',
      '... on Done { usage { of { ... on Event { level } ... on Usage { input } } } }',
      { ...done, usage: { of: { __typename: 'Usage', input: 6 } } },
      '"usage":{"of":{"input":6}}',
    ],
    [
      'null for what is not there',
      '... on Done { usage { last { parts { input } } } }',
      { ...done, usage: undefined },
      '"usage":null',
    ],
    [
      'numbers that are written with an exponent',
      '... on Done { any }',
      { ...done, any: 1e21 },
      '"any":1e+21',
    ],
    ['what JSON has no number for', '... on Done { any }', { ...done, any: Number.NaN }, '"any":null'],
    ['fields of a prototype', 'id', Object.create(text), '"id":"t"'],
  ])('%s', (_, selection, event, expected) => {
    const query = `subscription { event { ${selection} } }`;
    expect(written(query, event)).toBe(`{"data":{"event":{${expected}}}}`);
    const executed = execute({ ...argsOf(query), rootValue: event });
    expect(JSON.stringify(executed)).toBe(`{"data":{"event":{${expected}}}}`);
  });

  it('the root under its alias, and null where the event is nothing', () => {
    const query = 'subscription { now: event(first: 1) { id } }';
    expect(written(query, text)).toBe('{"data":{"now":{"id":"t"}}}');
    expect(written(query, null)).toBe('{"data":{"now":null}}');
  });

  it('the operation that is named', () => {
    const query = 'query A { nothing } subscription B { event { id } } subscription C { usage { input } }';
    expect(written(query, { input: 1 }, { operationName: 'C' })).toBe('{"data":{"usage":{"input":1}}}');
  });

  it('a named fragment once among the fields of an object, and again in another one', () => {
    const query = `
      subscription { usage { ...count last { ...count ok } ok ...count } }
      fragment count on Usage { input, output }`;
    const usage = { input: 1, output: 2, ok: false, last: { input: 3, output: 4 } };
    expect(written(query, usage)).toBe(
      '{"data":{"usage":{"input":1,"output":2,"last":{"input":3,"output":4,"ok":null},"ok":false}}}',
    );
  });
});

describe('@skip and @include', () => {
  const query = `
    subscription ($yes: Boolean!, $no: Boolean = false, $more: Boolean = true) {
      event {
        a: id @include(if: $yes)
        b: id @include(if: $no)
        c: id @skip(if: $more)
        d: id @skip(if: false) @include(if: true)
        e: id @skip(if: $yes) @include(if: $yes)
        ...level @skip(if: $yes)
        ... @include(if: $no) { f: id }
        ... on Event @include(if: $more) { g: id }
        ...level
      }
    }
    fragment level on Event { level }`;

  it('decide by literals, variables and their defaults', () => {
    expect(written(query, text, { variableValues: { yes: true } })).toBe(
      '{"data":{"event":{"a":"t","d":"t","g":"t","level":"LOW"}}}',
    );
    expect(written(query, text, { variableValues: { yes: false, no: true, more: false } })).toBe(
      '{"data":{"event":{"b":"t","c":"t","d":"t","level":"LOW","f":"t"}}}',
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['is missing', {}],
    ['is null', { yes: true, no: null }],
    ['is none', { yes: 'true' }],
  ])('are left to the executor where a Boolean %s', (_, variableValues) => {
    expect(compileSelection(argsOf(query, { variableValues }))).toBeNull();
  });
});

describe('a compiled selection keeps', () => {
  it('neither the document nor its variables', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // In a function of its own, or its variables would stay.
    const compiled = () => {
      const query = `
        subscription ($show: Boolean!, $text: String) {
          event(first: 1, text: $text) { ...level @include(if: $show) ... on Done { usage { of { __typename } } } }
        }
        fragment level on Event { level }`;
      const args = argsOf(query, { variableValues: { show: true, text: 'a text' } });
      const kept = [args.document, ...args.document.definitions, args.variableValues!];
      return { write: compileSelection(args)!, kept: kept.map((one) => new WeakRef(one)) };
    };
    const { write, kept } = compiled();
    await new Promise(setImmediate);
    collect();
    expect(kept.map((one) => one.deref())).toEqual(kept.map(() => undefined));
    expect(write(text)).toBe('{"data":{"event":{"level":"LOW"}}}');
  });
});
