import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { picosOf } from '../common/dollars.js';
import { getProviderEntry, providerIdsOf } from '../providers/registry/provider-ids.js';
import { costOf, priceOf } from './prices.js';

const at = new Date('2026-11-27T12:00:00Z');
const inDollars = (picos: bigint | null): number => Number(picos) / 1e12;

/** The lists that the providers' entries name. */
const lists = providerIdsOf('CHAT').flatMap((id) => {
  const { priceList } = getProviderEntry(id);
  const list = priceList && findProvider({ providerId: priceList });
  return list ? [{ id, list }] : [];
});

describe('the price of a model', () => {
  it('is in the list that each provider but CUSTOM names', () => {
    expect(lists.map(({ id }) => id)).toEqual(providerIdsOf('CHAT').filter((id) => id !== 'CUSTOM'));
    for (const { id, list } of lists) expect([id, list.models.length > 5]).toEqual([id, true]);
  });

  it('is decimal text for a million tokens', () => {
    expect(priceOf('OPENAI', 'gpt-4o', at)).toEqual({
      currency: 'USD',
      inputPerMillion: '2.5',
      cachedInputPerMillion: '1.25',
      cacheWritePerMillion: null,
      outputPerMillion: '10',
    });
    expect(priceOf('ANTHROPIC', 'claude-haiku-4-5', at)).toMatchObject({ cacheWritePerMillion: '1.25' });
  });

  it('is the first of several steps', () => {
    expect(priceOf('GOOGLE', 'gemini-2.5-pro', at)).toMatchObject({ inputPerMillion: '1.25' });
  });

  it('is that of the day', () => {
    const dated = lists.flatMap(({ id, list }) =>
      list.models.flatMap(({ id: model, prices }) => {
        const change =
          Array.isArray(prices) && prices.find(({ constraint }) => constraint?.type === 'start_date');
        return change && change.constraint?.type === 'start_date'
          ? [{ id, model, day: new Date(change.constraint.start_date) }]
          : [];
      }),
    );
    expect(dated.length).toBeGreaterThan(0);
    const changes = dated.filter(({ id, model, day }) => {
      const [before, after] = [new Date(day.getTime() - 1), day].map((moment) => priceOf(id, model, moment));
      return JSON.stringify(before) !== JSON.stringify(after);
    });
    expect(changes.length).toBeGreaterThan(0);
  });

  it.each([
    ['a name that nobody has', 'OPENAI', 'no-such-model'],
    ["another provider's model", 'GROQ', 'claude-haiku-4-5'],
    ["another provider's model, where the package would go on to its list", 'GOOGLE', 'claude-haiku-4-5'],
    ['a variant of a model that the list does not have', 'OPENROUTER', 'anthropic/claude-haiku-4.5:nitro'],
    ['the model of an endpoint', 'CUSTOM', 'gpt-4o'],
    ['a search engine', 'BRAVE', 'gpt-4o'],
    ['a name that is too long', 'OPENAI', `gpt-4o${'-'.repeat(200)}`],
  ] as const)('is unknown for %s', (_, provider, model) => {
    expect(priceOf(provider, model, at)).toBeNull();
    expect(costOf(provider, model, { inputTokens: 1, outputTokens: 1 }, at)).toBeNull();
  });

  it.each(['a', 'gpt-', '-tts', 'gemini-tts-', 'ft:', '2026-11-27-', 'claude-', '~google/'])(
    'is looked up at once where a name repeats %j',
    (piece) => {
      const name = piece.repeat(200).slice(0, 200);
      for (const { id } of lists) {
        const names = [name, `gpt-4o${name}`.slice(0, 200), `${name.slice(0, 190)}!`];
        for (const each of names) {
          const beganAt = process.cpuUsage();
          priceOf(id, each, at);
          expect(process.cpuUsage(beganAt).user).toBeLessThan(50_000);
        }
      }
    },
  );
});

describe('the cost of tokens', () => {
  const counts = [
    { inputTokens: 0, outputTokens: 0 },
    { inputTokens: 1, outputTokens: 1 },
    { inputTokens: 10_000, outputTokens: 777, cachedInputTokens: 8_001, cacheWriteInputTokens: 99 },
    { inputTokens: 1_000_001, outputTokens: 65_536, cachedInputTokens: 500_000 },
  ];

  it.each(lists)('of $id is what the package makes of them', ({ id, list }) => {
    for (const { id: model } of list.models)
      for (const usage of counts) {
        const cost = costOf(id, model, usage, at);
        if (cost === null) continue;
        const expected = calcPrice(
          {
            input_tokens: usage.inputTokens,
            output_tokens: usage.outputTokens,
            cache_read_tokens: usage.cachedInputTokens ?? 0,
            cache_write_tokens: usage.cacheWriteInputTokens ?? 0,
          },
          model,
          { providerId: list.id, timestamp: at },
        );
        // Six places of a price per million count.
        const mostRounded = (usage.inputTokens + usage.outputTokens) * 0.5e-12 + 1e-9;
        const difference = Math.abs(inDollars(cost) - (expected?.total_price ?? NaN));
        expect([model, usage, difference < mostRounded]).toEqual([model, usage, true]);
      }
  });

  it('is exact', () => {
    expect(costOf('OPENAI', 'gpt-4o-mini', { inputTokens: 4, outputTokens: 2 }, at)).toBe(
      picosOf('0.0000018'),
    );
  });

  it('has each part of the input once', () => {
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 600_000, cacheWriteInputTokens: 300_000 };
    const cost = costOf('ANTHROPIC', 'claude-haiku-4-5', { ...usage, outputTokens: 0 }, at);
    expect(cost).toBe(picosOf('0.535'));
  });

  it('is not less for counts that cannot be', () => {
    const usage = { inputTokens: 10, cachedInputTokens: 20, cacheWriteInputTokens: 20, outputTokens: 0 };
    expect(costOf('ANTHROPIC', 'claude-haiku-4-5', usage, at)).toBe(picosOf('0.000001'));
  });
});
