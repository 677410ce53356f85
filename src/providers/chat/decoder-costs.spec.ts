import { processorMs } from '../../../test/support/timing.js';
import type { ChatDialect } from './chat-dialect.js';
import type { ChatRequest } from './contract.js';
import { anthropic } from './anthropic/anthropic.provider.js';
import { openai } from './openai/openai.provider.js';
import { openrouter } from './openrouter/openrouter.provider.js';

const request: ChatRequest = {
  model: 'm',
  messages: [],
  tools: { definitions: [], choice: 'AUTO' },
};

function decode(dialect: ChatDialect, events: readonly object[]): void {
  const decoder = dialect.createDecoder(request);
  for (const event of events)
    Array.from(decoder.push({ type: '', data: JSON.stringify(event), isStray: false }));
}

const numbers = [...Array(45_000).keys()];

// Of the processor: what grows with the square of the length takes many times as long.
it.each<[string, ChatDialect, object[]]>([
  [
    'an answer that closes with very many items',
    openai.dialect,
    [{ type: 'response.completed', response: { output: numbers } }],
  ],
  [
    'very many blocks that stand before others',
    anthropic.dialect,
    [
      { type: 'message_start', message: { content: numbers } },
      ...Array<object>(3_000).fill({ type: 'content_block_start', index: -1 }),
    ],
  ],
  [
    'very many calls, each begun and gone on with',
    openrouter.dialect,
    numbers.slice(0, 8_000).map((index) => ({
      choices: [
        { delta: { tool_calls: [{ index, id: `call_${index}`, function: { name: 'f', arguments: '{' } }] } },
      ],
    })),
  ],
  [
    'very many pieces of one thought',
    openrouter.dialect,
    numbers.slice(0, 8_000).map(() => ({
      choices: [{ delta: { reasoning_details: [{ type: 'reasoning.text', text: 'a', index: 0 }] } }],
    })),
  ],
])('%s costs no more than its length', (_what, dialect, events) => {
  expect(processorMs(() => [1, 2, 3, 4].forEach(() => decode(dialect, events)))).toBeLessThan(2_000);
});
