import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { endOfTurn, parseArguments, toToolCall, TurnLength, type ToolTurn, withOwnIds } from './tool-turn.js';

const call = { id: '1', name: 'web_search', input: { query: 'cats' } };
const turn: ToolTurn = { calls: () => [call], transcript: () => ['said'] };

describe('endOfTurn', () => {
  it('hands the calls on before the end of a turn that the model ended', () => {
    expect(endOfTurn('STOP', turn)).toEqual([
      { type: 'toolCalls', calls: [call], transcript: ['said'] },
      { type: 'finish', reason: 'STOP' },
    ]);
  });

  it.each(['LENGTH', 'CONTENT_FILTER', 'OTHER'] as const)('hands none on after %s', (reason) => {
    expect(endOfTurn(reason, turn)).toEqual([{ type: 'finish', reason }]);
  });

  it('has no part for no calls', () => {
    const finish = { type: 'finish', reason: 'STOP' };
    expect(endOfTurn('STOP', null)).toEqual([finish]);
    expect(endOfTurn('STOP', { ...turn, calls: () => [] })).toEqual([finish]);
  });
});

describe('endOfTurn with calls without end', () => {
  it('is an outage: each would need its answer', () => {
    const calls = Array<typeof call>(129).fill(call);
    expect(() => endOfTurn('STOP', { ...turn, calls: () => calls })).toThrow(ProviderUnavailableError);
    expect(endOfTurn('STOP', { ...turn, calls: () => calls.slice(1) })).toHaveLength(2);
  });
});

describe('TurnLength', () => {
  it('takes 50,000 values, and no more, of any kind', () => {
    const length = new TurnLength();
    for (let count = 0; count < 50_000; count += 1) length.add(undefined);
    expect(() => length.add(undefined)).toThrow(ProviderUnavailableError);
  });

  it('takes 2 MiB, and no more', () => {
    const length = new TurnLength();
    length.add('x'.repeat(2 ** 21 - 2));
    length.add({});
    length.add(undefined);
    expect(() => length.add('x')).toThrow(ProviderUnavailableError);
  });
});

describe('toToolCall', () => {
  it.each([
    [undefined, 'name'],
    ['', 'name'],
    ['id', 7],
    ['id', ''],
  ])('takes a call with the id %j and the name %j for an outage', (id, name) => {
    expect(() => toToolCall(id, name, {})).toThrow(ProviderUnavailableError);
  });
});

describe('parseArguments', () => {
  it.each([
    ['{"query":"größe"}', { query: 'größe' }],
    ['null', {}],
    ['', {}],
    [' \n', {}],
    [undefined, {}],
    ['[1]', [1]],
    [{ query: 'no text' }, { query: 'no text' }],
  ])('makes of %j %j', (text, value) => {
    expect(parseArguments(text)).toEqual(value);
  });

  it.each(['{"query":', 'no JSON', '['.repeat(1_000) + ']'.repeat(1_000)])(
    'leaves what is no JSON, or too deep, as it is',
    (text) => {
      expect(parseArguments(text)).toBe(text);
    },
  );
});

describe('withOwnIds', () => {
  const idsOf = (...ids: string[]) =>
    withOwnIds(ids.map((id) => ({ id, name: 'name', input: {} }))).map(({ id }) => id);

  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['a', 'a', 'a'],
      ['a', 'a_2', 'a_3'],
    ],
    [
      ['a', 'a', 'a_2', 'b', 'b'],
      ['a', 'a_3', 'a_2', 'b', 'b_2'],
    ],
  ])('makes of %j %j', (ids, own) => {
    expect(idsOf(...ids)).toEqual(own);
  });

  it('does not look for long, however many repeat one', () => {
    const ids = idsOf(
      ...Array<string>(50_000).fill('a'),
      ...Array.from({ length: 50_000 }, (_, n) => `a_${String(n)}`),
    );
    expect(new Set(ids).size).toBe(100_000);
  });
});
