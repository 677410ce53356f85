import type { ChatEvent } from './run/chat-event.js';
import { MAX_WHOLE_LENGTH } from './run/chat.errors.js';
import { wholeAnswerOf } from './whole-answer.js';

const CHAT = { chatId: 'c', seq: 1 };
const STARTED = {
  ...CHAT,
  __typename: 'ChatStarted',
  ...{ provider: 'OPENAI', model: 'm', keySource: 'USER', keyId: 'k', maskedKey: '…' },
} as unknown as ChatEvent;
const COMPLETED = {
  ...CHAT,
  __typename: 'ChatCompleted',
  ...{ finishReason: 'STOP', usage: null, timings: { totalMs: 1 } },
} as unknown as ChatEvent;
const delta = (__typename: 'TextDelta' | 'ReasoningDelta', text: string): ChatEvent => ({
  ...CHAT,
  __typename,
  fromSeq: 1,
  text,
});

describe('wholeAnswerOf', () => {
  let left: boolean;
  async function* events(...all: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
    left = true;
    await Promise.resolve();
    for (const event of all) yield event;
    left = false;
  }

  it('puts text and reasoning together', async () => {
    const answer = await wholeAnswerOf(
      events(
        STARTED,
        delta('ReasoningDelta', 'Hm'),
        delta('TextDelta', 'A'),
        delta('ReasoningDelta', '.'),
        delta('TextDelta', 'B'),
        COMPLETED,
      ),
    );
    expect(answer).toMatchObject({ chatId: 'c', model: 'm', text: 'AB', reasoning: 'Hm.' });
    expect(left).toBe(false);
  });

  it('is none without an end', async () => {
    expect(await wholeAnswerOf(events(STARTED, delta('TextDelta', 'A')))).toBeNull();
  });

  it.each([
    ['text', delta('TextDelta', 'x')],
    ['reasoning', delta('ReasoningDelta', 'x')],
  ])('takes so much, and stops what goes on: %s', async (_, one) => {
    const full = delta('TextDelta', 'x'.repeat(MAX_WHOLE_LENGTH));
    expect((await wholeAnswerOf(events(STARTED, full, COMPLETED)))?.text).toHaveLength(MAX_WHOLE_LENGTH);
    await expect(wholeAnswerOf(events(STARTED, full, one, COMPLETED))).rejects.toMatchObject({
      code: 'PROVIDER_TRUNCATED',
      retryable: false,
      chatId: 'c',
    });
    expect(left).toBe(true);
  });
});
