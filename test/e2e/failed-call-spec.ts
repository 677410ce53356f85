import { replay } from '../../demo/stand-in/behaviours.mjs';
import { plainEvent } from '../../demo/stand-in/sse.mjs';
import { textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const COUNTED = { promptTokenCount: 7, candidatesTokenCount: 2, totalTokenCount: 9 };

const chunk = (parts: readonly object[], finishReason?: string): string =>
  plainEvent({
    candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
    usageMetadata: COUNTED,
  });

describe('a model of Google that cannot say its call', () => {
  const server = useTestServer();
  beforeEach(async () => {
    await server().storeKey('alice', 'GOOGLE', KEY);
    await server().storeKey('alice', 'BRAVE', KEY);
  });

  const answerWith = (...events: string[]) => server().standIn.once('GOOGLE', replay(events));
  const chat = () =>
    server().chatEvents('alice', { messages: [{ role: 'USER', content: 'cats?' }], webSearch: {} });
  const timesCalled = (): number =>
    server().standIn.requests.filter(({ provider }) => provider === 'GOOGLE').length;
  const usage = (turns: number) =>
    expect.objectContaining({ inputTokens: 7 * turns, outputTokens: 2 * turns }) as unknown;

  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL'])('is asked once more (%s)', async (reason) => {
    answerWith(chunk([], reason));
    answerWith(chunk([{ text: 'Cats purr.' }], 'STOP'));
    const events = await chat();
    expect(textOf(events)).toBe('Cats purr.');
    expect(events.at(-1)).toMatchObject({
      __typename: 'ChatCompleted',
      finishReason: 'STOP',
      usage: usage(2),
    });
    expect(timesCalled()).toBe(2);
  });

  it('fails where it cannot again', async () => {
    answerWith(chunk([], 'MALFORMED_FUNCTION_CALL'));
    answerWith(chunk([], 'MALFORMED_FUNCTION_CALL'));
    const events = await chat();
    expect(events.at(-1)).toMatchObject({
      __typename: 'ChatFailed',
      error: { code: 'PROVIDER_UNAVAILABLE' },
      usage: usage(2),
    });
    expect(timesCalled()).toBe(2);
  });

  it.each([
    ['said', { text: 'Let me see.' }],
    ['thought', { text: 'Let me see.', thought: true }],
  ])('is not asked again where it has %s something', async (_what, part) => {
    answerWith(chunk([part]), chunk([], 'MALFORMED_FUNCTION_CALL'));
    const events = await chat();
    expect(events.at(-1)).toMatchObject({
      __typename: 'ChatFailed',
      error: { code: 'PROVIDER_UNAVAILABLE' },
      usage: usage(1),
    });
    expect(timesCalled()).toBe(1);
  });
});
