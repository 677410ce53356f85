import { dataEvent } from '../../demo/stand-in/sse.mjs';
import { custom } from '../../src/providers/chat/custom/custom.provider.js';
import { deepseek } from '../../src/providers/chat/deepseek/deepseek.provider.js';
import { groq } from '../../src/providers/chat/groq/groq.provider.js';
import { mistral } from '../../src/providers/chat/mistral/mistral.provider.js';
import { openrouter } from '../../src/providers/chat/openrouter/openrouter.provider.js';
import { xai } from '../../src/providers/chat/xai/xai.provider.js';
import type { StreamCase } from './chat-stream-cases.js';

type Fields = Readonly<Record<string, unknown>>;

const DONE = 'data: [DONE]\n\n';
const CATS_TEXT = '{"query":"cats"}';
const CATS = [{ name: 'web_search', input: { query: 'cats' } }];
const DOGS = { name: 'web_search', input: { query: 'dogs' } };

const chunk = (delta: unknown, finish_reason?: unknown, fields: Fields = {}): string =>
  dataEvent({ choices: [{ index: 0, delta, finish_reason }], ...fields });
const says = (content: string, reason?: unknown, fields: Fields = {}): string =>
  chunk({ content }, reason, fields);
const counted = (
  prompt_tokens: number | null,
  completion_tokens: number | null,
  more: Fields = {},
): Fields => ({
  usage: { prompt_tokens, completion_tokens, ...more },
});
const calls = (...tool_calls: Fields[]): string => chunk({ tool_calls });
const call = (args: unknown, more: Fields = {}): Fields => ({
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'web_search', arguments: args },
  ...more,
});
const ended = chunk({}, 'tool_calls') + DONE;

/** What the decoder of the dialect reads, of whatever provider. */
const dialectCases: readonly StreamCase[] = [
  { name: 'a reason and [DONE]', body: says('One') + chunk({}, 'stop') + DONE, text: 'One' },
  { name: 'a reason and no [DONE]', body: says('One') + chunk({}, 'stop'), text: 'One' },
  { name: 'a reason beside its text', body: says('One', 'stop'), text: 'One' },
  { name: '[DONE] and no reason', body: says('One') + DONE, text: 'One', finish: 'OTHER' },
  { name: 'neither a reason nor [DONE]', body: says('One'), text: 'One', code: 'PROVIDER_TRUNCATED' },
  { name: 'a reason of null', body: says('One', null), text: 'One', code: 'PROVIDER_TRUNCATED' },
  { name: 'an empty reason', body: says('One', ''), text: 'One', code: 'PROVIDER_TRUNCATED' },
  { name: 'a reason like no other', body: says('One', 'constructor') + DONE, text: 'One', finish: 'OTHER' },
  {
    name: 'another reason after one',
    body: says('One', 'stop') + chunk({}, 'length') + DONE,
    text: 'One',
    finish: 'LENGTH',
  },
  {
    name: 'null after its reason',
    body: says('One', 'length') + chunk({}, null) + DONE,
    text: 'One',
    finish: 'LENGTH',
  },
  {
    name: 'text behind [DONE], which is none of it',
    body: `${says('One', 'stop')}${DONE}${says('two')}`,
    text: 'One',
  },
  ...['dat', 'data: ', 'data: {"choices":[{"delta":{"content":"tw', 'data: [DO'].map((cut) => ({
    name: `${cut} at its end, after a reason`,
    body: says('One', 'stop') + cut,
    text: 'One',
    code: 'PROVIDER_TRUNCATED',
  })),
  { name: 'a [DONE] that nothing ends', body: `${says('One', 'stop')}data: [DONE]`, text: 'One' },
  {
    name: 'a reason that is a failure',
    body: says('One') + says(' two', 'error', counted(3, 5)) + DONE,
    text: 'One two',
    code: 'PROVIDER_UNAVAILABLE',
    usage: [3, 5],
  },
  {
    name: 'a reason that says that no machine is left',
    body: says('One') + chunk({}, 'insufficient_system_resource') + DONE,
    text: 'One',
    code: 'PROVIDER_UNAVAILABLE',
  },
  {
    name: 'a failure beside choices',
    body: says('One') + chunk({ content: '' }, 'error', { error: { code: 429, message: 'Slow down.' } }),
    text: 'One',
    code: 'PROVIDER_RATE_LIMITED',
  },
  {
    name: 'a sentence in x_groq that says why it stops',
    body:
      says('One') + chunk({}, null, { x_groq: { id: 'req_0', error: 'The model stopped early.' } }) + DONE,
    text: 'One',
    code: 'PROVIDER_UNAVAILABLE',
  },
  {
    name: 'an error of null in x_groq',
    body: says('One', 'stop', { x_groq: { error: null } }) + DONE,
    text: 'One',
  },
  { name: 'an error of null', body: says('One', 'stop', { error: null }) + DONE, text: 'One' },
  {
    name: 'comments between its chunks',
    body: `: OPENROUTER PROCESSING\n\n${says('One')}: OPENROUTER PROCESSING\n\n${says(' two', 'stop')}${DONE}`,
    text: 'One two',
  },
  ...['reasoning', 'reasoning_content'].map((field) => ({
    name: `its thoughts in ${field}`,
    body: chunk({ content: '', [field]: 'Hm.' }) + says('One', 'stop') + DONE,
    text: 'One',
    reasoning: 'Hm.',
  })),
  {
    name: 'its thoughts under both names',
    body: chunk({ reasoning: 'Hm.', reasoning_content: 'Hm.' }) + says('One', 'stop') + DONE,
    text: 'One',
    reasoning: 'Hm.',
  },
  {
    name: 'its thoughts under an empty name and another',
    body: chunk({ reasoning: 'Hm.', reasoning_content: '' }) + says('One', 'stop') + DONE,
    text: 'One',
    reasoning: 'Hm.',
  },
  {
    name: 'thoughts and text in one chunk',
    body: chunk({ reasoning_content: 'Hm.', content: 'One' }, 'stop') + DONE,
    text: 'One',
    reasoning: 'Hm.',
  },
  {
    name: 'its content as a list',
    body:
      chunk({
        content: [
          {
            type: 'thinking',
            thinking: [
              { type: 'text', text: 'H' },
              { type: 'text', text: 'm.' },
            ],
          },
        ],
      }) +
      chunk({ content: [{ type: 'thinking', thinking: ' Oh.' }] }) +
      chunk(
        { content: [{ type: 'text', text: 'One' }, { type: 'reference', reference_ids: [1] }, 'odd', null] },
        'stop',
      ) +
      DONE,
    text: 'One',
    reasoning: 'Hm. Oh.',
  },
  {
    name: 'a refusal',
    body: chunk({ refusal: 'No' }) + chunk({ refusal: '.' }) + chunk({}, 'stop') + DONE,
    text: 'No.',
    finish: 'CONTENT_FILTER',
  },
  {
    name: 'a whole message in one event',
    body: dataEvent({
      choices: [{ index: 0, message: { role: 'assistant', content: 'One' }, finish_reason: 'stop' }],
      ...counted(3, 5),
    }),
    text: 'One',
    usage: [3, 5],
  },
  {
    name: 'chunks without choices',
    body:
      dataEvent({ choices: [], prompt_filter_results: [] }) +
      dataEvent({ choices: null }) +
      dataEvent({}) +
      says('One', 'stop') +
      DONE,
    text: 'One',
  },
  {
    name: 'odd deltas',
    body: [null, [], 'text', 7, { content: 7 }, { content: null, tool_calls: null }]
      .map((delta) => chunk(delta))
      .concat(says('One', 'stop'), DONE)
      .join(''),
    text: 'One',
  },

  { name: 'no usage', body: says('One', 'stop') + DONE, text: 'One', usage: null },
  ...[null, {}, { prompt_tokens: 3 }, { prompt_tokens: 3, completion_tokens: null }, 'none', []].map(
    (usage) => ({
      name: `${JSON.stringify(usage)} as usage`,
      body: says('One', 'stop', { usage }) + DONE,
      text: 'One',
      usage: null,
    }),
  ),
  {
    name: 'usage in a chunk of its own',
    body: says('One', 'stop') + dataEvent({ choices: [], ...counted(3, 5) }) + DONE,
    text: 'One',
    usage: [3, 5],
  },
  {
    name: 'usage in its last chunk with choices',
    body: says('One') + chunk({}, 'stop', counted(3, 5)) + DONE,
    text: 'One',
    usage: [3, 5],
  },
  {
    name: 'usage in each chunk',
    body: says('One', null, counted(3, 1)) + says(' two', 'stop', counted(3, 2)) + DONE,
    text: 'One two',
    usage: [3, 2],
  },
  {
    name: 'usage that is partly null in the end',
    body: says('One', null, counted(3, 5)) + chunk({}, 'stop', counted(null, 6)) + DONE,
    text: 'One',
    usage: [3, 6],
  },
  {
    name: 'usage in x_groq',
    body: says('One') + chunk({}, 'stop', { x_groq: counted(3, 5) }) + DONE,
    text: 'One',
    usage: [3, 5],
  },
  {
    name: 'its thoughts counted apart',
    body:
      says(
        'One',
        'stop',
        counted(3, 5, { total_tokens: 18, completion_tokens_details: { reasoning_tokens: 10 } }),
      ) + DONE,
    text: 'One',
    usage: [3, 15],
  },
  {
    name: 'its thoughts counted with the rest',
    body:
      says(
        'One',
        'stop',
        counted(3, 15, { total_tokens: 18, completion_tokens_details: { reasoning_tokens: 10 } }),
      ) + DONE,
    text: 'One',
    usage: [3, 15],
  },

  {
    name: 'a call in pieces',
    body:
      calls(call('')) +
      calls({ index: 0, function: { arguments: '{"query":' } }) +
      calls({ index: 0, function: { arguments: '"cats"}' } }) +
      ended,
    text: '',
    calls: CATS,
  },
  { name: 'a whole call', body: calls(call(CATS_TEXT)) + ended, text: '', calls: CATS },
  {
    name: 'a whole call beside its reason',
    body: chunk({ content: null, tool_calls: [call(CATS_TEXT, { index: undefined })] }, 'tool_calls') + DONE,
    text: '',
    calls: CATS,
  },
  {
    name: 'a call whose reason is stop',
    body: calls(call(CATS_TEXT)) + chunk({}, 'stop') + DONE,
    text: '',
    calls: CATS,
  },
  {
    name: 'a call, and [DONE] without a reason',
    body: calls(call(CATS_TEXT)) + DONE,
    text: '',
    finish: 'OTHER',
    calls: [],
  },
  {
    name: 'a call in a whole message',
    body:
      dataEvent({ choices: [{ message: { tool_calls: [call(CATS_TEXT)] }, finish_reason: 'tool_calls' }] }) +
      DONE,
    text: '',
    calls: CATS,
  },
  ...[undefined, null, '', ' ', '{}'].map((args) => ({
    name: `${JSON.stringify(args)} as arguments`,
    body: calls(call(args)) + ended,
    text: '',
    calls: [{ name: 'web_search', input: {} }],
  })),
  {
    name: 'arguments that are an object',
    body: calls(call({ query: 'cats' })) + ended,
    text: '',
    calls: CATS,
  },
  ...[undefined, null, ''].map((id) => ({
    name: `${JSON.stringify(id)} as ids of two calls`,
    body: calls(call(CATS_TEXT, { id }), call('{"query":"dogs"}', { id, index: 1 })) + ended,
    text: '',
    calls: [...CATS, DOGS],
  })),
  {
    name: 'two whole calls with neither ids nor indices',
    body:
      calls(
        call(CATS_TEXT, { id: undefined, index: undefined }),
        call('{"query":"dogs"}', { id: undefined, index: undefined }),
      ) + ended,
    text: '',
    calls: [...CATS, DOGS],
  },
  {
    name: 'two whole calls with the same index',
    body: calls(call(CATS_TEXT)) + calls(call('{"query":"dogs"}', { id: 'call_2' })) + ended,
    text: '',
    calls: [...CATS, DOGS],
  },
  {
    name: 'two calls in pieces that take turns',
    body:
      calls(call('{"query":'), call('{"query":', { id: 'call_2', index: 1 })) +
      calls({ index: 1, function: { arguments: '"dogs"}' } }) +
      calls({ index: 0, function: { arguments: '"cats"}' } }) +
      ended,
    text: '',
    calls: [...CATS, DOGS],
  },
  {
    name: 'a call in pieces without an index',
    body:
      calls(call('{"query":', { index: undefined })) + calls({ function: { arguments: '"cats"}' } }) + ended,
    text: '',
    calls: CATS,
  },
  {
    name: 'its id and its name in each piece',
    body: calls(call('{"query":')) + calls(call('"cats"}')) + ended,
    text: '',
    calls: CATS,
  },
  {
    name: 'an empty name in a later piece',
    body:
      calls(call('')) +
      calls(call(CATS_TEXT, { id: undefined, function: { name: '', arguments: CATS_TEXT } })) +
      ended,
    text: '',
    calls: CATS,
  },
];

/** Of what an endpoint of a user says of a failure, nothing counts. */
const customCases = dialectCases.map((streamCase) =>
  streamCase.code === 'PROVIDER_RATE_LIMITED' ? { ...streamCase, code: 'PROVIDER_UNAVAILABLE' } : streamCase,
);

export const chatCompletionsStreamCases = [
  { entry: openrouter, model: 'openai/gpt-5.4-mini', cases: dialectCases },
  { entry: groq, model: 'openai/gpt-oss-20b', cases: dialectCases },
  { entry: xai, model: 'grok-4.3', cases: dialectCases },
  { entry: deepseek, model: 'deepseek-v4-flash', cases: dialectCases },
  { entry: mistral, model: 'mistral-large-4', cases: dialectCases },
  { entry: custom, model: 'local-model', cases: customCases },
] as const;
