import {
  KeyExhaustedError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from '../../outbound/upstream-error.js';
import type { ChatPart, KeyedChatAdapter } from '../../providers/chat/contract.js';
import { collect, failureOf } from '../../../test/support/collect.js';
import { handOn, partsOf, unreported } from '../../../test/support/parts.js';
import { MAX_RETRY_AFTER_MS, RetryOnce, type Wait, waitFor } from './retry-once.js';

const request = { model: 'model', messages: [] };
const never = new AbortController().signal;

const FINISH: ChatPart = { type: 'finish', reason: 'STOP' };
const TEXT: ChatPart = { type: 'text', text: 'a' };
const REASONING: ChatPart = { type: 'reasoning', text: 'a' };
const usageOf = (inputTokens: number, outputTokens: number): ChatPart => ({
  type: 'usage',
  usage: { inputTokens, outputTokens, ...unreported },
});
const USAGE = usageOf(3, 0);

/** What one call of the provider gives: parts, and at the end a failure. */
type Script = readonly (ChatPart | Error)[];

/** An adapter that follows one script a call, with a wait that takes no time; and what they were asked for. */
function retrying(scripts: readonly Script[], wait: Wait = () => Promise.resolve()) {
  const waits: number[] = [];
  let calls = 0;
  const adapter: KeyedChatAdapter = {
    stream: (_request, _signal, onParts) => handOn(follow(), onParts),
  };
  async function* follow(): AsyncGenerator<ChatPart> {
    const script = scripts[calls++];
    if (!script) throw new Error('One call too many.');
    await Promise.resolve();
    for (const step of script) {
      if (step instanceof Error) throw step;
      yield step;
    }
  }
  const watchedWait: Wait = (milliseconds, signal) => {
    waits.push(milliseconds);
    return wait(milliseconds, signal);
  };
  return { adapter: new RetryOnce(adapter, watchedWait), waits, timesCalled: () => calls };
}

const streamed = (adapter: KeyedChatAdapter, signal: AbortSignal) =>
  partsOf<ChatPart>((onParts) => adapter.stream(request, signal, onParts));

const busy = (milliseconds: number | null = 1_000) => new ProviderRateLimitedError(milliseconds);

describe('RetryOnce', () => {
  it.each([
    ['PROVIDER_RATE_LIMITED', busy(1_000)],
    ['PROVIDER_UNAVAILABLE', new ProviderUnavailableError(1_000)],
  ])('calls again after %s when the time that the provider named is over', async (_, error) => {
    const { adapter, waits } = retrying([[error], [TEXT, FINISH]]);
    expect(await collect(streamed(adapter, never))).toEqual([TEXT, FINISH]);
    expect(waits).toEqual([1_000]);
  });

  it.each([
    ['at once', 0],
    ['after the longest time that it waits', MAX_RETRY_AFTER_MS],
  ])('retries %s where the provider says so', async (_, milliseconds) => {
    const { adapter, waits } = retrying([[busy(milliseconds)], [FINISH]]);
    expect(await collect(streamed(adapter, never))).toEqual([FINISH]);
    expect(waits).toEqual([milliseconds]);
  });

  it.each([
    ['names no time', busy(null)],
    ['names a time that is too long', busy(MAX_RETRY_AFTER_MS + 1)],
    ['has no more credit for the key', new KeyExhaustedError()],
    ['did not answer in time', new ProviderTimeoutError()],
  ])('does not retry where the provider %s', async (_, error) => {
    const { adapter, waits, timesCalled } = retrying([[error]]);
    expect(await failureOf(streamed(adapter, never))).toBe(error);
    expect([waits, timesCalled()]).toEqual([[], 1]);
  });

  it('retries once only, and fails with what the second call failed with', async () => {
    const second = busy();
    const { adapter, timesCalled } = retrying([[busy()], [second]]);
    expect(await failureOf(streamed(adapter, never))).toBe(second);
    expect(timesCalled()).toBe(2);
  });

  it.each([
    ['text', TEXT],
    ['reasoning', REASONING],
  ])('does not retry after %s', async (_, delta) => {
    const error = busy();
    const { adapter, timesCalled } = retrying([[delta, error]]);
    expect(await failureOf(streamed(adapter, never))).toBe(error);
    expect(timesCalled()).toBe(1);
  });

  it('retries after what is neither text nor reasoning', async () => {
    const { adapter } = retrying([[USAGE, busy()], [FINISH]]);
    expect(await collect(streamed(adapter, never))).toEqual([USAGE, FINISH]);
  });

  describe('over several calls of one attempt', () => {
    it('retries once in all', async () => {
      const { adapter } = retrying([[busy()], [FINISH], [busy()]]);
      await collect(streamed(adapter, never));
      expect(await failureOf(streamed(adapter, never))).toBeInstanceOf(ProviderRateLimitedError);
    });

    it('does not retry the second after text of the first', async () => {
      const { adapter } = retrying([[TEXT, FINISH], [busy()]]);
      await collect(streamed(adapter, never));
      expect(await failureOf(streamed(adapter, never))).toBeInstanceOf(ProviderRateLimitedError);
    });
  });

  it('ends the wait at once on an abort, and calls no provider any more', async () => {
    const controller = new AbortController();
    const reason = new Error('Enough.');
    const { adapter, timesCalled } = retrying([[busy(MAX_RETRY_AFTER_MS)]], (milliseconds, signal) => {
      queueMicrotask(() => controller.abort(reason));
      return waitFor(milliseconds, signal);
    });
    expect(await failureOf(streamed(adapter, controller.signal))).toBe(reason);
    expect(timesCalled()).toBe(1);
  });

  it('does not wait where the call failed because of an abort', async () => {
    const controller = new AbortController();
    const error = busy();
    const { adapter, waits } = retrying([[error]]);
    controller.abort();
    expect(await failureOf(streamed(adapter, controller.signal))).toBe(error);
    expect(waits).toEqual([]);
  });

  it('reports what both requests took', async () => {
    const { adapter } = retrying([
      [USAGE, new ProviderUnavailableError(0)],
      [USAGE, TEXT, usageOf(4, 2), FINISH],
    ]);
    expect(await collect(streamed(adapter, never))).toEqual([
      USAGE,
      usageOf(6, 0),
      TEXT,
      usageOf(7, 2),
      FINISH,
    ]);
  });

  it('knows no cost until the second request has said its own', async () => {
    const priced = (amount: string | null): ChatPart => ({
      type: 'usage',
      usage: {
        inputTokens: 3,
        outputTokens: 0,
        ...unreported,
        cost: amount === null ? null : { amount, currency: 'USD' },
      },
    });
    const { adapter } = retrying([
      [priced('0.1'), new ProviderUnavailableError(0)],
      [TEXT, priced('0.2'), FINISH],
    ]);
    const costs = (await collect(streamed(adapter, never))).map(
      (part) => part.type === 'usage' && part.usage.cost,
    );
    expect(costs).toEqual([
      { amount: '0.1', currency: 'USD' },
      null,
      false,
      { amount: '0.3', currency: 'USD' },
      false,
    ]);
  });

  it('reports what the first request took where the second reports nothing', async () => {
    const { adapter } = retrying([
      [USAGE, new ProviderUnavailableError(0)],
      [TEXT, FINISH],
    ]);
    expect(await collect(streamed(adapter, never))).toEqual([USAGE, TEXT, FINISH]);
  });

  it('asks once more, and then fails, where the model could not say its call', async () => {
    const failure = new ProviderUnavailableError(0);
    const { adapter, waits, timesCalled } = retrying([
      [USAGE, failure],
      [USAGE, failure],
    ]);
    const parts: ChatPart[] = [];
    const all = (async () => {
      for await (const part of streamed(adapter, never)) parts.push(part);
    })();
    expect(await failureOf(all)).toBe(failure);
    expect(parts).toEqual([USAGE, usageOf(6, 0)]);
    expect([waits, timesCalled()]).toEqual([[0], 2]);
  });
});
