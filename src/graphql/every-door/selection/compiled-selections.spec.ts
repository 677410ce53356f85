import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { argsOf, makeEventSchema, text } from '../../../../test/support/event-schema.js';
import type { EventWriter } from './compiled-selection.js';
import { CompiledSelections } from './compiled-selections.js';

const schema = makeEventSchema();
const QUERY = 'subscription ($text: String) { event(text: $text) { id } }';
const CONDITIONAL = 'subscription ($show: Boolean!) { event { id level @include(if: $show) } }';

describe('CompiledSelections', () => {
  it('gives what it gave before for the same document, with any variables', () => {
    const selections = new CompiledSelections();
    const args = argsOf(QUERY, { schema });
    const write = selections.get({ ...args, variableValues: { text: 'a secret' } });
    expect(selections.get({ ...args, variableValues: { text: 'another one' } })).toBe(write);
    expect(write?.(text)).toBe('{"data":{"event":{"id":"t"}}}');
    expect(selections.get(argsOf(QUERY, { schema }))).not.toBe(write);
  });

  it('takes what directives decide for another selection', () => {
    const selections = new CompiledSelections();
    const args = argsOf(CONDITIONAL, { schema });
    const written = (show: boolean) => selections.get({ ...args, variableValues: { show } })?.(text);
    expect(written(true)).toBe('{"data":{"event":{"id":"t","level":"LOW"}}}');
    expect(written(false)).toBe('{"data":{"event":{"id":"t"}}}');
    expect(written(true)).toBe('{"data":{"event":{"id":"t","level":"LOW"}}}');
    expect(selections.get(args)).toBeNull();
  });

  it('takes another operation for another selection', () => {
    const selections = new CompiledSelections();
    const args = argsOf('subscription A { event { a: id } } subscription B { event { b: id } }', { schema });
    const written = (operationName: string) => selections.get({ ...args, operationName })?.(text);
    expect(written('A')).toBe('{"data":{"event":{"a":"t"}}}');
    expect(written('B')).toBe('{"data":{"event":{"b":"t"}}}');
    expect(selections.get(args)).toBeNull();
  });

  it('takes nothing for resolvers that are not those of the schema', () => {
    const selections = new CompiledSelections();
    const args = argsOf(QUERY, { schema });
    const fieldResolver = () => 'x';
    expect(selections.get({ ...args, fieldResolver })).toBeNull();
    expect(selections.get(args)).not.toBeNull();
    expect(selections.get({ ...args, fieldResolver })).toBeNull();
  });

  it('gives null for what cannot be compiled, each time', () => {
    const selections = new CompiledSelections();
    const args = argsOf('subscription { event { id @trace } }', { schema });
    expect([selections.get(args), selections.get(args)]).toEqual([null, null]);
  });

  it('keeps no document, nor what stands in it, nor variables', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const selections = new CompiledSelections();
    const asked = (query: string): { write: EventWriter | null; kept: WeakRef<object>[] } => {
      const args = argsOf(query, { schema, variableValues: { text: 'a text', show: true } });
      const kept = [args.document, ...args.document.definitions, args.variableValues!];
      return { write: selections.get(args), kept: kept.map((one) => new WeakRef(one)) };
    };
    const all = [QUERY, CONDITIONAL, 'subscription { event(text: "a key") { id } }'].map(asked);
    await new Promise(setImmediate);
    collect();
    expect(all.flatMap(({ kept }) => kept.map((one) => one.deref())).filter(Boolean)).toEqual([]);
    expect(all.every(({ write }) => write?.(text))).toBe(true);
  });
});
