import type { ChatPart, KeyedChatAdapter, TokenUsage } from '../../providers/chat/contract.js';
import { collect } from '../../../test/support/collect.js';
import { handOn, partsOf } from '../../../test/support/parts.js';
import { PricedAdapter } from './priced-adapter.js';

const never = new AbortController().signal;
const usage: TokenUsage = {
  inputTokens: 1_000,
  outputTokens: 100,
  reasoningTokens: null,
  cachedInputTokens: 400,
  cacheWriteInputTokens: null,
};

/** What comes of a usage that an adapter reports. */
async function pricedUsage(
  model: string,
  reported: TokenUsage = usage,
  provider: ConstructorParameters<typeof PricedAdapter>[1] = 'OPENAI',
): Promise<unknown> {
  const parts: ChatPart[] = [
    { type: 'text', text: 'a' },
    { type: 'usage', usage: reported },
    { type: 'finish', reason: 'STOP' },
  ];
  async function* give(): AsyncGenerator<ChatPart> {
    await Promise.resolve();
    yield* parts;
  }
  const adapter: KeyedChatAdapter = { stream: (_request, _signal, onParts) => handOn(give(), onParts) };
  const priced = new PricedAdapter(adapter, provider);
  const got = await collect(
    partsOf<ChatPart>((onParts) => priced.stream({ model, messages: [] }, never, onParts)),
  );
  expect([got[0], got[2]]).toEqual([parts[0], parts[2]]);
  return got[1]?.type === 'usage' ? got[1].usage.cost : undefined;
}

describe('PricedAdapter', () => {
  it('has the list price of what was used', async () => {
    // 600 at 2.5, 400 at 1.25 and 100 at 10 dollars a million.
    expect(await pricedUsage('gpt-4o')).toEqual({ amount: '0.003', currency: 'USD' });
  });

  it("has the API's own cost where it says one, nothing too", async () => {
    const own = { amount: '0.5', currency: 'USD' } as const;
    expect(await pricedUsage('gpt-4o', { ...usage, cost: own })).toEqual(own);
    const free = { amount: '0', currency: 'USD' } as const;
    expect(await pricedUsage('gpt-4o', { ...usage, cost: free })).toEqual(free);
  });

  it('has none where neither knows it', async () => {
    expect(await pricedUsage('no-such-model')).toBeNull();
    expect(await pricedUsage('gpt-4o', usage, 'CUSTOM')).toBeNull();
    expect(await pricedUsage('gpt-4o', { ...usage, cost: null })).toEqual({
      amount: '0.003',
      currency: 'USD',
    });
  });
});
