import { describeError } from '../../common/describe-error.js';
import { DrainingError } from '../../common/lifecycle.js';
import type { TerminalEvent } from '../run/chat-event.js';
import { finishedChat, lostEnd } from './finished-chat.js';

const attempt = {
  provider: 'OPENAI',
  model: 'model',
  keySource: 'USER',
  keyId: null,
  maskedKey: null,
} as const;
const timings = { keyResolutionMs: 1, timeToFirstTokenMs: null, totalMs: 2 };
const usage = {
  inputTokens: 3,
  outputTokens: 4,
  reasoningTokens: null,
  cachedInputTokens: 2,
  cacheWriteInputTokens: 1,
  cost: { amount: '0.25', currency: 'USD' },
} as const;
const base = { chatId: 'chat', seq: 7, usage };

describe('finishedChat', () => {
  it.each<[string, TerminalEvent]>([
    ['OK', { __typename: 'ChatCompleted', ...base, finishReason: 'STOP', schemaValid: null, timings }],
    ['CANCELLED', { __typename: 'ChatCancelled', ...base }],
    ['SERVICE_UNAVAILABLE', { __typename: 'ChatFailed', ...base, error: describeError(new DrainingError()) }],
  ])('has the end of a chat in the name of its last attempt: %s', (outcome, end) => {
    expect(finishedChat(attempt, end, timings)).toEqual({
      kind: 'CHAT_FINISHED',
      provider: 'OPENAI',
      keyId: null,
      keySource: 'USER',
      chatId: 'chat',
      model: 'model',
      outcome,
      inputTokens: 3,
      outputTokens: 4,
      cachedInputTokens: 2,
      cacheWriteInputTokens: 1,
      cost: '0.25',
      timeToFirstTokenMs: null,
      durationMs: 2,
    });
  });

  it('takes the usage of a version that did not count what is written to caches', () => {
    const { cacheWriteInputTokens: _, ...former } = usage;
    const end = JSON.parse(
      JSON.stringify({ __typename: 'ChatCancelled', ...base, usage: former }),
    ) as TerminalEvent;
    expect(finishedChat(attempt, end, timings)).toMatchObject({
      cachedInputTokens: 2,
      cacheWriteInputTokens: null,
    });
  });

  it('has neither tokens nor times of a chat whose server is dead', () => {
    expect(finishedChat(attempt, lostEnd('chat', 7), null)).toMatchObject({
      outcome: 'PROVIDER_TRUNCATED',
      inputTokens: null,
      outputTokens: null,
      cachedInputTokens: null,
      cacheWriteInputTokens: null,
      timeToFirstTokenMs: null,
      durationMs: null,
    });
  });
});
