import { arrange, csvCells, csvColumns, type Line, measured, type Sorting, type Totals } from './figures';

const NOTHING = {
  ...{ chats: 0, searches: 0, failures: 0, inputTokens: 0, outputTokens: 0 },
  ...{ cachedInputTokens: 0, cacheWriteInputTokens: 0, unpricedChats: 0, cost: null },
};
const totals = (more: object): Totals => ({ ...NOTHING, ...more }) as Totals;
const dollars = (amount: string) => ({ amount, currency: 'USD' });
const line = (provider: string, model: string, more: object): Line => ({
  ...{ id: model, names: [provider, model], codes: [], label: '', totals: totals(more) },
});

const lines = [
  line('OpenAI', 'gpt-b', { inputTokens: 9, cost: dollars('0.5') }),
  line('Anthropic', 'claude', { inputTokens: 100, cost: null }),
  line('OpenAI', 'GPT-a', { inputTokens: 20, cost: dollars('0.06') }),
];
const idsOf = (words: string, sorting: Sorting): string[] =>
  arrange(lines, words, sorting).map(({ id }) => id);

describe('lines of figures', () => {
  it.each([
    [{ by: 'inputTokens', isDescending: true }, ['claude', 'GPT-a', 'gpt-b']],
    [{ by: 'inputTokens', isDescending: false }, ['gpt-b', 'GPT-a', 'claude']],
    [{ by: 'cost', isDescending: true }, ['gpt-b', 'GPT-a', 'claude']],
    [{ by: 1, isDescending: false }, ['claude', 'GPT-a', 'gpt-b']],
    [{ by: 0, isDescending: true }, ['gpt-b', 'GPT-a', 'claude']],
  ] as const)('are sorted by %j', (sorting, ids) => {
    expect(idsOf('', sorting)).toEqual(ids);
    expect(lines.map(({ id }) => id)).toEqual(['gpt-b', 'claude', 'GPT-a']);
  });

  it('are sorted by what stands for their names, where something does', () => {
    const times = [
      { ...line('Feb 1', '', {}), id: 'feb', order: ['2026-02-01'] },
      { ...line('Jan 2', '', {}), id: 'jan', order: ['2026-01-02'] },
    ];
    expect(arrange(times, '', { by: 0, isDescending: true }).map(({ id }) => id)).toEqual(['feb', 'jan']);
  });

  it('are those that have all words', () => {
    const sorting = { by: 1, isDescending: false } as const;
    expect(idsOf('gpt', sorting)).toEqual(['GPT-a', 'gpt-b']);
    expect(idsOf(' OPENAI  gpt-B ', sorting)).toEqual(['gpt-b']);
    expect(idsOf('openai claude', sorting)).toEqual([]);
  });

  it('keep an amount to its last digit in a file', () => {
    const cells = csvCells(
      totals({ chats: 3, cost: dollars('0.000000000001'), unpricedChats: 1, outputTokens: 7 }),
    );
    expect(Object.fromEntries(csvColumns.map((name, index) => [name, cells[index]]))).toMatchObject({
      ...{ chats: 3, outputTokens: 7, cost: '0.000000000001', currency: 'USD', unpricedChats: 1 },
    });
    expect(cells).toHaveLength(csvColumns.length);
  });

  it('are measured by what stands in a chart', () => {
    const all = totals({
      chats: 1,
      searches: 2,
      failures: 4,
      inputTokens: 8,
      outputTokens: 16,
      cost: dollars('0.5'),
    });
    expect(['tokens', 'cost', 'requests', 'failures'].map((each) => measured(all, each as 'tokens'))).toEqual(
      [24, 0.5, 3, 4],
    );
  });
});
