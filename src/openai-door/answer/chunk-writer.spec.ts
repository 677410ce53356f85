import type { ChatEvent } from '../../chat/run/chat-event.js';
import { ChunkWriter } from './chunk-writer.js';

const CHAT_ID = '0199b000-0000-7000-8000-000000000000';
const event = (name: string, more: object = {}): ChatEvent =>
  ({ __typename: name, chatId: CHAT_ID, seq: 1, ...more }) as unknown as ChatEvent;
const usage = { inputTokens: 3, outputTokens: 4, reasoningTokens: 1, cachedInputTokens: null };

const write = (includesUsage: boolean, ...events: ChatEvent[]) => {
  const writer = new ChunkWriter(includesUsage);
  const text = events.map((each) => writer.write(each)).join('');
  const lines = text.split('\n\n').filter((line) => line !== '');
  return { writer, chunks: lines.map((line) => JSON.parse(line.slice('data: '.length))) };
};

describe('ChunkWriter', () => {
  it('writes calls with their numbers, and at the end what goes back with them', () => {
    const { chunks, writer } = write(
      false,
      event('ChatStarted', { model: 'm' }),
      event('ToolCallsRequested', {
        transcript: 'sealed',
        calls: [
          { id: 'a', name: 'one', arguments: { x: 1 } },
          { id: 'b', name: 'two', arguments: 'no JSON' },
        ],
      }),
      event('ChatCompleted', { finishReason: 'TOOL_CALLS', usage }),
    );
    expect(chunks.map(({ choices }) => choices[0])).toEqual([
      {
        index: 0,
        delta: { role: 'assistant', content: '', refusal: null },
        logprobs: null,
        finish_reason: null,
      },
      {
        index: 0,
        delta: {
          tool_calls: [
            { index: 0, id: 'a', type: 'function', function: { name: 'one', arguments: '{"x":1}' } },
            { index: 1, id: 'b', type: 'function', function: { name: 'two', arguments: 'no JSON' } },
          ],
        },
        logprobs: null,
        finish_reason: null,
      },
      { index: 0, delta: { keystream_transcript: 'sealed' }, logprobs: null, finish_reason: 'tool_calls' },
    ]);
    expect(writer.isComplete).toBe(true);
    expect(chunks[0]).toMatchObject({
      id: `chatcmpl-${CHAT_ID}`,
      created: Math.floor(0x0199b0000000 / 1_000),
      model: 'm',
    });
    expect(chunks[0]).not.toHaveProperty('usage');
  });

  it('says what was used where that is asked for and known, and names the model that answered last', () => {
    const events = [
      event('ChatStarted', { model: 'm' }),
      event('ProviderSwitched', { model: 'n' }),
      event('TextDelta', { text: 'a' }),
    ];
    const { chunks } = write(true, ...events, event('ChatCompleted', { finishReason: 'STOP', usage }));
    expect(chunks.map(({ model }) => model)).toEqual(['n', 'n', 'n', 'n']);
    expect(chunks.map((chunk) => chunk.usage)).toEqual([
      ...[null, null, null],
      {
        prompt_tokens: 3,
        completion_tokens: 4,
        total_tokens: 7,
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    ]);
    expect(chunks[3].choices).toEqual([]);
    expect(
      write(true, ...events, event('ChatCompleted', { finishReason: 'STOP', usage: null })).chunks,
    ).toHaveLength(3);
  });

  it.each([
    ['STOP', 'stop'],
    ['LENGTH', 'length'],
    ['CONTENT_FILTER', 'content_filter'],
    ['TOOL_LIMIT', 'stop'],
    ['OTHER', 'stop'],
  ])('ends an empty answer, too: %s is %s', (finishReason, expected) => {
    const { chunks } = write(
      false,
      event('ChatStarted', { model: 'm' }),
      event('ChatCompleted', { finishReason, usage }),
    );
    expect(chunks.map(({ choices }) => choices[0].finish_reason)).toEqual([null, expected]);
  });

  it('writes nothing of a failure: that is no chunk', () => {
    const { chunks, writer } = write(true, event('ChatStarted', { model: 'm' }), event('ChatFailed'));
    expect([chunks, writer.isComplete]).toEqual([[], false]);
  });
});
