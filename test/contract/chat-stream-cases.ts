import { namedEvent, plainEvent } from '../../demo/stand-in/sse.mjs';
import { anthropic } from '../../src/providers/chat/anthropic/anthropic.provider.js';
import { google } from '../../src/providers/chat/google/google.provider.js';
import { openai } from '../../src/providers/chat/openai/openai.provider.js';
import type { FinishReason, ToolCall } from '../../src/providers/chat/contract.js';
import { chatCompletionsStreamCases } from './chat-completions-stream-cases.js';

/** One answer as it comes over the wire, and what it is. */
export interface StreamCase {
  readonly name: string;
  readonly body: string;
  readonly text?: string;
  readonly reasoning?: string;
  readonly finish?: FinishReason;
  /** In place of `finish`. */
  readonly code?: string;
  /** Input and output tokens; null for none. */
  readonly usage?: readonly [number, number] | null;
  /** Offers a tool; the calls that are handed on. */
  readonly calls?: readonly Pick<ToolCall, 'name' | 'input'>[];
}

type Fields = Readonly<Record<string, unknown>>;

// OpenAI

const response = (fields: Fields, type = 'response.completed'): string =>
  namedEvent({ type, response: { object: 'response', ...fields } });
const openaiUsage = { input_tokens: 3, output_tokens: 5 };
const done = (fields: Fields = {}): string =>
  response({ status: 'completed', output: [], usage: openaiUsage, ...fields });
const at = (type: string, index: number, fields: Fields): string =>
  namedEvent({ type: `response.${type}`, output_index: index, ...fields });
const part = (type: string, index: number, fields: Fields): string =>
  at(type, index, { content_index: 0, ...fields });
const delta = (text: string, index = 0): string => part('output_text.delta', index, { delta: text });
const message = (...texts: string[]): Fields => ({
  type: 'message',
  role: 'assistant',
  content: texts.map((text) => ({ type: 'output_text', text })),
});
const thought = (...texts: string[]): Fields => ({
  type: 'reasoning',
  summary: texts.map((text) => ({ type: 'summary_text', text })),
});
const refusal = { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] };
const functionCall = (args: string): Fields => ({
  type: 'function_call',
  call_id: 'call_1',
  name: 'web_search',
  arguments: args,
});
const CATS = [{ name: 'web_search', input: { query: 'cats' } }];
const CATS_TEXT = '{"query":"cats"}';

const openaiCases: readonly StreamCase[] = [
  ...(
    [
      ['completed', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'LENGTH'],
      [
        'completed',
        { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
        'CONTENT_FILTER',
      ],
      ['completed', { status: 'incomplete', incomplete_details: null }, 'OTHER'],
      ['completed', { status: 'incomplete' }, 'OTHER'],
      ['completed', { incomplete_details: { reason: 'max_output_tokens' } }, 'LENGTH'],
      ['completed', { status: 'completed', incomplete_details: null }, 'STOP'],
      ['completed', { status: 'something_new' }, 'STOP'],
      ['completed', { status: 'constructor', incomplete_details: { reason: 'constructor' } }, 'OTHER'],
      ['completed', {}, 'STOP'],
      ['incomplete', { status: 'completed' }, 'OTHER'],
    ] as const
  ).map(([name, fields, finish]) => ({
    name: `response.${name} with ${JSON.stringify(fields)}`,
    body: delta('One ') + response({ ...fields, usage: openaiUsage }, `response.${name}`),
    text: 'One ',
    finish,
    usage: [3, 5] as const,
  })),
  ...(
    [
      ['completed', { status: 'failed', error: { code: 'server_error' } }, 'PROVIDER_UNAVAILABLE'],
      ['completed', { status: 'failed', error: { code: 'rate_limit_exceeded' } }, 'PROVIDER_RATE_LIMITED'],
      ['completed', { status: 'failed', error: null }, 'PROVIDER_UNAVAILABLE'],
      ['incomplete', { status: 'failed' }, 'PROVIDER_UNAVAILABLE'],
      ['failed', { status: 'completed' }, 'PROVIDER_UNAVAILABLE'],
      ['completed', { status: 'cancelled' }, 'PROVIDER_TRUNCATED'],
    ] as const
  ).map(([name, fields, code]) => ({
    name: `response.${name} with ${JSON.stringify(fields)}`,
    body: delta('One ') + response({ ...fields, usage: openaiUsage }, `response.${name}`),
    text: 'One ',
    code,
    usage: [3, 5] as const,
  })),
  {
    name: 'an end that says no more than its name',
    body: delta('One') + namedEvent({ type: 'response.completed' }),
    text: 'One',
    usage: null,
  },
  {
    name: 'only [DONE] at its end',
    body: `${delta('One')}data: [DONE]\n\n`,
    text: 'One',
    code: 'PROVIDER_TRUNCATED',
  },
  { name: '[DONE] before its end', body: `${delta('One')}data: [DONE]\n\n${done()}`, text: 'One' },
  {
    name: 'a type in the name of its events only',
    body: [delta('One'), done()].join('').replaceAll(/"type":"response[^"]*",/g, ''),
    text: 'One',
  },
  ...(
    [
      ['output_text.done', part('output_text.done', 0, { text: 'Hello' })],
      ['content_part.added', part('content_part.added', 0, { part: { type: 'output_text', text: 'Hello' } })],
      ['content_part.done', part('content_part.done', 0, { part: { type: 'output_text', text: 'Hello' } })],
      ['output_item.added', at('output_item.added', 0, { item: message('Hello') })],
      ['output_item.done', at('output_item.done', 0, { item: message('Hello') })],
      ['response.completed', ''],
    ] as const
  ).map(([name, event]) => ({
    name: `its text only in ${name}`,
    body: event + done({ output: [message('Hello')] }),
    text: 'Hello',
  })),
  {
    name: 'its text in all places',
    body:
      at('output_item.added', 0, { item: message() }) +
      part('content_part.added', 0, { part: { type: 'output_text', text: 'He' } }) +
      delta('ll') +
      delta('o') +
      part('output_text.done', 0, { text: 'Hello' }) +
      part('content_part.done', 0, { part: { type: 'output_text', text: 'Hello' } }) +
      at('output_item.done', 0, { item: message('Hello') }) +
      done({ output: [message('Hello')] }),
    text: 'Hello',
  },
  {
    name: 'more text in each place than before',
    body:
      delta('a') +
      part('output_text.done', 0, { text: 'ab' }) +
      part('content_part.done', 0, { part: { type: 'output_text', text: 'abc' } }) +
      at('output_item.done', 0, { item: message('abcd') }) +
      done({ output: [message('abcde')] }),
    text: 'abcde',
  },
  {
    name: 'a whole text that is not what its pieces were',
    body:
      delta('a  b') + part('output_text.done', 0, { text: 'a b c' }) + done({ output: [message('a b c')] }),
    text: 'a  b',
  },
  {
    name: 'two parts of one message, of which one comes in pieces',
    body: delta('One') + done({ output: [message('One', ' two')] }),
    text: 'One two',
  },
  {
    name: 'other indices in the end than before',
    body:
      delta('First.\n') + delta('Second.', 2) + done({ output: [message('First.\n'), message('Second.')] }),
    text: 'First.\nSecond.',
  },
  {
    name: 'its texts in another order in the end',
    body: delta('B', 1) + delta('A\n', 0) + done({ output: [message('A\n'), message('B')] }),
    text: 'B\n\nA\n',
  },
  {
    name: 'the rest of a text in the end only, under another index',
    body: delta('Hel') + done({ output: [thought(), message('Hello world')] }),
    text: 'Hello world',
  },
  {
    name: 'a second message in the end only, under the index that the first one had',
    body: delta('One.', 1) + done({ output: [message('One.'), message('Two.')] }),
    text: 'One.\n\nTwo.',
  },
  {
    name: 'a whole text under another index than its pieces',
    body:
      delta('Hel') +
      at('output_item.done', 1, { item: message('Hello') }) +
      at('output_item.done', 1, { item: message('Hello') }) +
      done({ output: [message('Hello')] }),
    text: 'Hello',
  },
  {
    name: 'beginnings of two messages, and the rest in the end under other indices',
    body: delta('On') + delta('Tw', 2) + done({ output: [message('One.'), message('Two.')] }),
    text: 'On\n\nTw\n\ne.\n\no.',
  },
  {
    name: 'no indices',
    body:
      namedEvent({ type: 'response.output_text.delta', delta: 'Hel' }) +
      namedEvent({ type: 'response.output_text.done', text: 'Hello' }) +
      done({ output: [thought('Hm.'), message('Hello')] }),
    text: 'Hello',
    reasoning: 'Hm.',
  },
  ...(
    [
      ['refusal.done', part('refusal.done', 0, { refusal: 'No.' })],
      ['content_part.done', part('content_part.done', 0, { part: refusal.content[0] })],
      ['output_item.done', at('output_item.done', 0, { item: refusal })],
      ['response.completed', ''],
      [
        'all places',
        part('refusal.delta', 0, { delta: 'No.' }) + part('refusal.done', 0, { refusal: 'No.' }),
      ],
    ] as const
  ).map(([name, event]) => ({
    name: `a refusal in ${name}`,
    body: event + done({ output: [refusal] }),
    text: 'No.',
    finish: 'CONTENT_FILTER' as const,
  })),
  ...(
    [
      [
        'reasoning_summary_text.done',
        at('reasoning_summary_text.done', 0, { summary_index: 0, text: 'Hm.' }) +
          at('reasoning_summary_text.done', 0, { summary_index: 1, text: 'Oh.' }),
      ],
      [
        'reasoning_summary_part.done',
        ['Hm.', 'Oh.']
          .map((text, index) =>
            at('reasoning_summary_part.done', 0, {
              summary_index: index,
              part: { type: 'summary_text', text },
            }),
          )
          .join(''),
      ],
      ['output_item.done', at('output_item.done', 0, { item: thought('Hm.', 'Oh.') })],
      ['response.completed', ''],
    ] as const
  ).map(([name, event]) => ({
    name: `its reasoning only in ${name}`,
    body: event + delta('Hello', 1) + done({ output: [thought('Hm.', 'Oh.'), message('Hello')] }),
    text: 'Hello',
    reasoning: 'Hm.\n\nOh.',
  })),
  {
    name: 'reasoning that is no summary only in reasoning_text.done',
    body: part('reasoning_text.done', 0, { text: 'Hm.' }) + delta('Hello', 1) + done(),
    text: 'Hello',
    reasoning: 'Hm.',
  },
  {
    name: 'two messages',
    body: delta('This comes first.') + delta('The', 1) + delta(' answer', 1) + done(),
    text: 'This comes first.\n\nThe answer',
  },
  {
    name: 'two messages, the first with a line break at its end',
    body: delta('This comes first.\n ') + delta('The answer', 1) + done(),
    text: 'This comes first.\n The answer',
  },
  {
    name: 'two messages, the second with a line break at its beginning',
    body: delta('This comes first.') + delta('\nThe answer', 1) + done(),
    text: 'This comes first.\nThe answer',
  },
  {
    name: 'two messages, the first with nothing in it',
    body: delta('', 0) + at('output_item.done', 0, { item: message('') }) + delta('The answer', 1) + done(),
    text: 'The answer',
  },
  ...[undefined, null, {}, { input_tokens: 3 }, { input_tokens: 3, output_tokens: null }, 'none', []].map(
    (usage) => ({
      name: `${JSON.stringify(usage)} as usage`,
      body: delta('One') + done({ usage }),
      text: 'One',
      usage: null,
    }),
  ),
  {
    name: 'details of usage that are null',
    body:
      delta('One') +
      done({ usage: { ...openaiUsage, input_tokens_details: null, output_tokens_details: null } }),
    text: 'One',
    usage: [3, 5],
  },
  {
    name: 'a count before its end only',
    body:
      response({ usage: { input_tokens: 3, output_tokens: 0 } }, 'response.in_progress') +
      delta('One') +
      done({ usage: { input_tokens: null, output_tokens: 5 } }),
    text: 'One',
    usage: [3, 5],
  },
  {
    name: 'usage before its end only',
    body: response({ usage: openaiUsage }, 'response.in_progress') + delta('One') + done({ usage: null }),
    text: 'One',
    usage: [3, 5],
  },
  ...(
    [
      ['output_item.done', at('output_item.done', 0, { item: functionCall(CATS_TEXT) })],
      ['response.completed', ''],
      [
        'output_item.done, with its arguments in their own events',
        at('function_call_arguments.delta', 0, { delta: '{"query":' }) +
          at('function_call_arguments.delta', 0, { delta: '"cats"}' }) +
          at('output_item.done', 0, { item: functionCall('') }),
      ],
      [
        'output_item.done, with its arguments whole in their own event',
        at('function_call_arguments.done', 0, { arguments: CATS_TEXT }) +
          at('output_item.done', 0, { item: functionCall('') }),
      ],
    ] as const
  ).map(([name, event]) => ({
    name: `a call in ${name}`,
    body: event + done({ output: [functionCall(CATS_TEXT)] }),
    text: '',
    calls: CATS,
  })),
  {
    name: 'a second call in the end only',
    body:
      at('output_item.done', 0, { item: functionCall(CATS_TEXT) }) +
      done({ output: [functionCall(CATS_TEXT), { ...functionCall('{"query":"dogs"}'), call_id: 'call_2' }] }),
    text: '',
    calls: [...CATS, { name: 'web_search', input: { query: 'dogs' } }],
  },
  {
    name: 'a call under another id in the end',
    body:
      at('output_item.done', 0, { item: functionCall(CATS_TEXT) }) +
      done({ output: [{ ...functionCall(CATS_TEXT), call_id: 'call_2' }] }),
    text: '',
    calls: CATS,
  },
];

// Anthropic

const start = (fields: Fields = {}): string =>
  namedEvent({
    type: 'message_start',
    message: {
      type: 'message',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 3, output_tokens: 1 },
      ...fields,
    },
  });
const block = (content_block: Fields, index = 0): string =>
  namedEvent({ type: 'content_block_start', index, content_block });
const piece = (fields: Fields, index = 0): string =>
  namedEvent({ type: 'content_block_delta', index, delta: fields });
const textDelta = (text: string, index = 0): string => piece({ type: 'text_delta', text }, index);
const messageDelta = (fields: Fields, usage: unknown = { output_tokens: 5 }): string =>
  namedEvent({ type: 'message_delta', delta: fields, usage });
const stop = namedEvent({ type: 'message_stop' });
const ended = messageDelta({ stop_reason: 'end_turn' }) + stop;
const hello = block({ type: 'text', text: '' }) + textDelta('Hello');

const anthropicCases: readonly StreamCase[] = [
  {
    name: 'text in the beginning of its block',
    body: start() + block({ type: 'text', text: 'Hello' }) + textDelta(' world') + ended,
    text: 'Hello world',
    usage: [3, 5],
  },
  {
    name: 'text in the beginning of its block only',
    body: start() + block({ type: 'text', text: 'Hello' }) + ended,
    text: 'Hello',
  },
  {
    name: 'thinking in the beginning of its block',
    body:
      start() +
      block({ type: 'thinking', thinking: 'Hm' }) +
      piece({ type: 'thinking_delta', thinking: '.' }) +
      block({ type: 'text', text: 'Hello' }, 1) +
      ended,
    text: 'Hello',
    reasoning: 'Hm.',
  },
  {
    name: 'text in the beginning of its message only',
    body: start({ content: [{ type: 'text', text: 'Hello' }] }) + ended,
    text: 'Hello',
  },
  {
    name: 'text in the beginning of its message, and of its block again',
    body:
      start({ content: [{ type: 'text', text: 'Hello' }] }) + block({ type: 'text', text: 'Hello' }) + ended,
    text: 'Hello',
  },
  {
    name: 'a block in the beginning of its message, and another one after it',
    body:
      start({ content: [{ type: 'text', text: 'Hello' }] }) +
      block({ type: 'text', text: ' world' }, 1) +
      ended,
    text: 'Hello world',
  },
  {
    name: 'several blocks of text, which are one',
    body: start() + hello + block({ type: 'text', text: '' }, 1) + textDelta(' world', 1) + ended,
    text: 'Hello world',
  },
  ...[undefined, null, {}, { output_tokens: null }, 'none', []].map((usage) => ({
    name: `${JSON.stringify(usage)} as usage of its end`,
    body:
      start() +
      hello +
      namedEvent({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }) +
      stop,
    text: 'Hello',
    usage: [3, 1] as const,
  })),
  ...[undefined, null, {}, { input_tokens: null }].map((usage) => ({
    name: `${JSON.stringify(usage)} as usage of its beginning`,
    body: start({ usage }) + hello + ended,
    text: 'Hello',
    usage: null,
  })),
  {
    name: 'all of its usage in the end',
    body:
      start({ usage: null }) +
      hello +
      messageDelta({ stop_reason: 'end_turn' }, { input_tokens: 4, output_tokens: 6 }) +
      stop,
    text: 'Hello',
    usage: [4, 6],
  },
  {
    name: 'null for what it had counted before',
    body:
      start() +
      hello +
      messageDelta({ stop_reason: 'end_turn' }, { input_tokens: null, output_tokens: 6 }) +
      stop,
    text: 'Hello',
    usage: [3, 6],
  },
  ...(
    [
      ['a second message_delta without a reason', [{ stop_reason: 'max_tokens' }, {}], 'LENGTH'],
      ['a second message_delta with null', [{ stop_reason: 'max_tokens' }, { stop_reason: null }], 'LENGTH'],
      [
        'a second message_delta with another',
        [{ stop_reason: 'end_turn' }, { stop_reason: 'refusal' }],
        'CONTENT_FILTER',
      ],
      ['no reason', [{}], 'OTHER'],
      ['a reason like no other', [{ stop_reason: 'constructor' }], 'OTHER'],
    ] as const
  ).map(([name, deltas, finish]) => ({
    name,
    body: start() + hello + deltas.map((fields) => messageDelta(fields)).join('') + stop,
    text: 'Hello',
    finish,
  })),
  {
    name: 'a message_delta that holds nothing',
    body: start() + hello + namedEvent({ type: 'message_delta' }) + ended,
    text: 'Hello',
  },
  {
    name: 'its reason in its beginning only',
    body: start({ stop_reason: 'max_tokens' }) + hello + messageDelta({}) + stop,
    text: 'Hello',
    finish: 'LENGTH',
  },
  {
    name: 'no message_stop',
    body: start() + hello + messageDelta({ stop_reason: 'end_turn' }),
    text: 'Hello',
    code: 'PROVIDER_TRUNCATED',
  },
  { name: 'its beginning twice', body: start() + start() + hello + ended, text: 'Hello' },
  {
    name: 'a second try after a first one',
    body:
      start() +
      block({ type: 'tool_use', id: 'toolu_0', name: 'web_search', input: {} }) +
      piece({ type: 'input_json_delta', partial_json: '{"query":"ca' }) +
      block({ type: 'tool_use', id: 'toolu_1', name: 'web_search', input: {} }, 1) +
      start() +
      block({ type: 'tool_use', id: 'toolu_2', name: 'web_search', input: {} }) +
      piece({ type: 'input_json_delta', partial_json: CATS_TEXT }) +
      messageDelta({ stop_reason: 'tool_use' }) +
      stop,
    text: '',
    calls: CATS,
  },
  {
    name: 'the input of a call in the beginning of its block',
    body:
      start() +
      block({ type: 'tool_use', id: 'toolu_1', name: 'web_search', input: { query: 'cats' } }) +
      messageDelta({ stop_reason: 'tool_use' }) +
      stop,
    text: '',
    calls: CATS,
  },
  {
    name: 'a type in the name of its events only',
    body: (start() + hello + ended).replaceAll(/"type":"(message|content_block)_[a-z]+",?/g, ''),
    text: 'Hello',
  },
];

// Google

const chunk = (parts: readonly Fields[], finishReason?: string, fields: Fields = {}): string =>
  plainEvent({ candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }], ...fields });
const says = (text: string, finishReason?: string, fields: Fields = {}): string =>
  chunk([{ text }], finishReason, fields);
const counted = (input: number | null, output: number | null): Fields => ({
  usageMetadata: { promptTokenCount: input, candidatesTokenCount: output },
});
const googleCall = (fields: Fields, finishReason?: string): string =>
  chunk([{ functionCall: fields }], finishReason);

const googleCases: readonly StreamCase[] = [
  {
    name: 'a reason in each chunk',
    body:
      says('One ', 'STOP', counted(3, 1)) +
      says('two ', 'STOP', counted(3, 2)) +
      says('three', 'STOP', counted(3, 3)),
    text: 'One two three',
    usage: [3, 3],
  },
  {
    name: 'a reason in its first chunk only',
    body: says('One ', 'STOP', counted(3, 1)) + says('two'),
    text: 'One two',
  },
  ...['dat', 'data: ', 'data: {"candidates":[{"content":{"parts":[{"text":"tw', says('two').trimEnd()].map(
    (cut) => ({
      name: `${cut} at its end, after a reason`,
      body: says('One ', 'STOP') + cut,
      text: 'One ',
      code: 'PROVIDER_TRUNCATED',
    }),
  ),
  {
    name: 'an end of the stream that nothing ends',
    body: `${says('One', 'STOP')}data: [DONE]`,
    text: 'One',
  },
  {
    name: 'another reason in the end',
    body: says('One ', 'STOP', counted(3, 1)) + says('two', 'MAX_TOKENS', counted(3, 2)),
    text: 'One two',
    finish: 'LENGTH',
    usage: [3, 2],
  },
  {
    name: 'no reason',
    body: says('One', undefined, counted(3, 1)),
    text: 'One',
    code: 'PROVIDER_TRUNCATED',
    usage: [3, 1],
  },
  { name: 'an empty reason', body: says('One', '', counted(3, 1)), text: 'One', code: 'PROVIDER_TRUNCATED' },
  { name: 'a reason of null', body: says('One', null as never), text: 'One', code: 'PROVIDER_TRUNCATED' },
  {
    name: 'FINISH_REASON_UNSPECIFIED',
    body: says('One', 'FINISH_REASON_UNSPECIFIED'),
    text: 'One',
    code: 'PROVIDER_TRUNCATED',
  },
  {
    name: 'an unspecified reason after one',
    body: says('One', 'MAX_TOKENS') + says('', 'FINISH_REASON_UNSPECIFIED'),
    text: 'One',
    finish: 'LENGTH',
  },
  { name: 'a reason like no other', body: says('One', 'constructor'), text: 'One', finish: 'OTHER' },
  {
    name: 'a block of the prompt',
    body: plainEvent({ promptFeedback: { blockReason: 'SAFETY' }, ...counted(3, null) }),
    text: '',
    finish: 'CONTENT_FILTER',
    usage: [3, 0],
  },
  {
    name: 'a block of the prompt that is none',
    body: plainEvent({ promptFeedback: { blockReason: 'BLOCK_REASON_UNSPECIFIED' } }),
    text: '',
    code: 'PROVIDER_TRUNCATED',
  },
  { name: 'no usage', body: says('One', 'STOP'), text: 'One', usage: null },
  { name: 'null as usage', body: says('One', 'STOP', { usageMetadata: null }), text: 'One', usage: null },
  {
    name: 'usage without counts',
    body: says('One', 'STOP', { usageMetadata: { trafficType: 'ON_DEMAND' } }),
    text: 'One',
    usage: null,
  },
  {
    name: 'usage that is partly null',
    body: says('One', undefined, counted(3, 2)) + says('', 'STOP', counted(3, null)),
    text: 'One',
    usage: [3, 2],
  },
  {
    name: 'usage after its reason',
    body: says('One', 'STOP') + plainEvent({ ...counted(3, 2) }),
    text: 'One',
    usage: [3, 2],
  },
  {
    name: 'usage before its reason only',
    body: says('One', undefined, counted(3, 2)) + says('', 'STOP'),
    text: 'One',
    usage: [3, 2],
  },
  { name: 'an error of null', body: says('One', 'STOP', { error: null }), text: 'One' },
  {
    name: 'no candidates',
    body: says('One', 'STOP') + plainEvent({ candidates: [] }) + plainEvent({ candidates: null }),
    text: 'One',
  },
  {
    name: 'several parts, which are one',
    body: chunk([{ text: 'One' }, { text: ' two' }], 'STOP'),
    text: 'One two',
  },
  {
    name: 'thoughts and text in one chunk',
    body: chunk([{ text: 'Hm.', thought: true }, { text: 'One' }], 'STOP'),
    text: 'One',
    reasoning: 'Hm.',
  },
  {
    name: 'a call after its reason',
    body: says('', 'STOP') + googleCall({ name: 'web_search', args: { query: 'cats' } }),
    text: '',
    calls: CATS,
  },
  {
    name: 'a call whose arguments come in pieces',
    body:
      googleCall({ name: 'web_search', willContinue: true }) +
      googleCall({
        partialArgs: [{ jsonPath: '$.query', stringValue: 'ca', willContinue: true }],
        willContinue: true,
      }) +
      googleCall({ partialArgs: [{ jsonPath: '$.query', stringValue: 'ts' }], willContinue: true }) +
      googleCall({}) +
      googleCall({ name: 'web_search', willContinue: true }) +
      googleCall({ partialArgs: [{ jsonPath: "$.filters[0]['of']", numberValue: 1 }] }) +
      says('', 'STOP'),
    text: '',
    calls: [...CATS, { name: 'web_search', input: { filters: [{ of: 1 }] } }],
  },
  ...['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MALFORMED_RESPONSE'].map(
    (reason) => ({
      name: reason,
      body: plainEvent({ candidates: [{ finishReason: reason, index: 0 }], ...counted(3, 2) }),
      text: '',
      code: 'PROVIDER_UNAVAILABLE',
      usage: [3, 2] as const,
    }),
  ),
];

export const streamCases = [
  { entry: openai, model: 'gpt-5.4-mini', cases: openaiCases },
  { entry: anthropic, model: 'claude-haiku-5-5', cases: anthropicCases },
  { entry: google, model: 'gemini-3.1-flash-lite', cases: googleCases },
  ...chatCompletionsStreamCases,
] as const;
