import { drip, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { groqErrors } from '../../demo/stand-in/groq.mjs';
import { openrouterStreamErrors } from '../../demo/stand-in/openrouter.mjs';
import { dataEvent } from '../../demo/stand-in/sse.mjs';
import type { ChatPart, ChatProviderEntry, ToolStep } from '../../src/providers/chat/contract.js';
import { custom } from '../../src/providers/chat/custom/custom.provider.js';
import { deepseek } from '../../src/providers/chat/deepseek/deepseek.provider.js';
import { groq } from '../../src/providers/chat/groq/groq.provider.js';
import { mistral } from '../../src/providers/chat/mistral/mistral.provider.js';
import { openrouter } from '../../src/providers/chat/openrouter/openrouter.provider.js';
import { xai } from '../../src/providers/chat/xai/xai.provider.js';
import { collect, failureOf } from '../support/collect.js';
import { HELLO, joined, useAdapter } from './chat-adapter-harness.js';
import { searchTool } from './chat-adapter-tool-cases.js';

const COMMENT = ': OPENROUTER PROCESSING\n\n';
const DONE = 'data: [DONE]\n\n';

const chunk = (delta: object, finish_reason: string | null = null): string =>
  dataEvent({ choices: [{ index: 0, delta, finish_reason }] });
const withTools = (...steps: ToolStep[]) => ({
  messages: [...HELLO, ...steps],
  tools: { definitions: [searchTool], choice: 'AUTO' as const },
});

function stepOf(parts: readonly ChatPart[]): ToolStep {
  const part = parts.find(({ type }) => type === 'toolCalls') as Extract<ChatPart, { type: 'toolCalls' }>;
  const results = part.calls.map(({ id: callId, name }) => ({
    callId,
    name,
    content: 'Found.',
    isError: false,
  }));
  const step = { role: 'CALLS', turn: { transcript: part.transcript }, results };
  return JSON.parse(JSON.stringify(step)) as ToolStep;
}

describe('a call with the signature of a thought', () => {
  const { stream, answerWith, standIn } = useAdapter(custom, 'gemini-3.1-flash-lite');

  it('is said again with it, where the server has one beside the call: Google refuses it without', async () => {
    const extra_content = { google: { thought_signature: 'CpcB' } };
    const call = { index: 0, id: 'a', function: { name: 'web_search', arguments: '{}' }, extra_content };
    void answerWith(replay([chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), DONE]));
    await collect(stream(withTools(stepOf(await collect(stream(withTools()))))));
    expect(standIn().requests.at(-1)!.body.messages[1].tool_calls).toEqual([
      { id: 'a', type: 'function', function: { name: 'web_search', arguments: '{}' }, extra_content },
    ]);
  });
});

describe('comments in an answer of OpenRouter', () => {
  const { stream, answerWith, fixture } = useAdapter(openrouter, 'openai/gpt-5.4-mini');

  it('are signs of life: no silence has passed between them', async () => {
    const answer = [...Array<string>(12).fill(COMMENT), (await fixture('answer')).toString('utf8')];
    void answerWith(drip(answer, 50));
    const parts = await collect(stream({}, undefined, { idleTimeoutMs: 400 }));
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'STOP' });
  });

  it('are no part of it: what fails behind them has not begun', async () => {
    void answerWith(replay([COMMENT, COMMENT, openrouterStreamErrors.error(429, 'Try again in 2s.')]));
    const seen: ChatPart[] = [];
    const reading = (async () => {
      for await (const part of stream()) seen.push(part);
    })();
    expect(await failureOf(reading)).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', retryAfterMs: 2000 });
    expect(seen).toEqual([]);
  });

  it('alone are no answer', async () => {
    void answerWith(replay([COMMENT, COMMENT]));
    expect(await failureOf(stream())).toMatchObject({ code: 'PROVIDER_TRUNCATED' });
  });
});

describe('a call without an id', () => {
  const { standIn, stream, answerWith } = useAdapter(mistral, 'mistral-large-4');

  it('gets one of the only form that Mistral takes, and keeps it', async () => {
    const calls = ['cats', 'dogs'].map((query, index) => ({
      index,
      function: { name: 'web_search', arguments: JSON.stringify({ query }) },
    }));
    void answerWith(replay([chunk({ tool_calls: calls }, 'tool_calls'), DONE]));
    const step = stepOf(await collect(stream(withTools())));
    const ids = step.results.map(({ callId }) => callId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    await collect(stream(withTools(step)));
    const [, said, ...results] = standIn().requests.at(-1)!.body.messages;
    expect(said.tool_calls.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(results.map(({ tool_call_id: id }: { tool_call_id: string }) => id)).toEqual(ids);
  });
});

describe('a call whose arguments are no object', () => {
  const { standIn, stream, answerWith } = useAdapter(groq, 'openai/gpt-oss-20b');

  it.each(['{"query":', '[1]', '7', ''])('is said again with none: %j', async (text) => {
    const call = { index: 0, id: 'call_1', function: { name: 'web_search', arguments: text } };
    void answerWith(replay([chunk({ tool_calls: [call] }, 'tool_calls'), DONE]));
    await collect(stream(withTools(stepOf(await collect(stream(withTools()))))));
    const said = standIn().requests.at(-1)!.body.messages[1];
    expect(said.tool_calls[0].function).toEqual({ name: 'web_search', arguments: '{}' });
  });
});

describe.each<[ChatProviderEntry, string, object, object]>([
  [openrouter, 'openai/gpt-5.4-mini', { content: '' }, { content: '' }],
  [groq, 'openai/gpt-oss-20b', { content: '', reasoning: 'Hm.' }, { content: '' }],
  [xai, 'grok-4.3', { content: '', reasoning_content: 'Hm.' }, { content: '', reasoning_content: '' }],
  [
    deepseek,
    'deepseek-v4-flash',
    { content: '', reasoning_content: 'Hm.' },
    { content: '', reasoning_content: '' },
  ],
  [
    mistral,
    'mistral-large-4',
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] },
    { content: '' },
  ],
  [custom, 'local-model', { content: '' }, { content: '' }],
])('a turn of $displayName that says nothing beside its call', (entry, model, withThought, without) => {
  const { standIn, stream, answerWith } = useAdapter(entry, model);
  const call = { index: 0, id: 'callcall1', function: { name: 'web_search', arguments: '{}' } };

  it.each([
    ['with a thought', { reasoning: 'Hm.' }, withThought],
    ['without one', {}, without],
  ])('is said again %s', async (_name, thought, expected) => {
    void answerWith(replay([chunk(thought), chunk({ tool_calls: [call] }, 'tool_calls'), DONE]));
    const parts = await collect(stream(withTools()));
    await collect(stream(withTools(stepOf(parts))));
    const { role, tool_calls: calls, ...said } = standIn().requests.at(-1)!.body.messages[1];
    expect([role, calls]).toEqual([
      'assistant',
      [{ id: 'callcall1', type: 'function', function: { name: 'web_search', arguments: '{}' } }],
    ]);
    expect(said).toEqual(expected);
  });
});

describe('the reasoning of a turn of OpenRouter', () => {
  const { standIn, stream, answerWith } = useAdapter(openrouter, 'openai/gpt-5.4-mini');

  it('goes back as it came: its texts joined, signed and sealed pieces untouched', async () => {
    const details = [
      { type: 'reasoning.text', text: 'A', signature: null, format: 'f', index: 0 },
      { type: 'reasoning.text', text: 'B', signature: null, format: 'f', index: 0 },
      { type: 'reasoning.text', text: '', signature: 'c2ln', format: 'f', index: 0 },
      { type: 'reasoning.encrypted', data: 'x1', id: 'r1', index: 1 },
      { type: 'reasoning.encrypted', data: 'x2', id: 'r2', index: 1 },
      { type: 'reasoning.summary', summary: 'S', index: 2 },
      { type: 'reasoning.text', text: 'C', index: 3 },
      { type: 'reasoning.text', text: 'D', index: 4 },
    ];
    const call = { index: 0, id: 'call_1', function: { name: 'web_search', arguments: '{}' } };
    const odd = [null, 'text', 7, []];
    void answerWith(
      replay([
        ...[...details, ...odd].map((detail) => chunk({ reasoning: '', reasoning_details: [detail] })),
        chunk({ tool_calls: [call] }, 'tool_calls'),
        DONE,
      ]),
    );
    await collect(stream(withTools(stepOf(await collect(stream(withTools()))))));
    expect(standIn().requests.at(-1)!.body.messages[1].reasoning_details).toEqual([
      { type: 'reasoning.text', text: 'AB', signature: 'c2ln', format: 'f', index: 0 },
      ...details.slice(3),
    ]);
  });
});

describe('a server that refuses to be asked for usage', () => {
  const { standIn, stream, answerWith } = useAdapter(xai, 'grok-4.3');

  it('answers all the same', async () => {
    const detail = [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs …' }];
    void answerWith(reply({ status: 422, body: { detail } }));
    const parts = await collect(stream());
    expect(joined('text', parts)).not.toBe('');
    expect(standIn().requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false]);
  });
});

describe('a call that Groq could not say', () => {
  const { stream, answerWith } = useAdapter(groq, 'openai/gpt-oss-20b');

  it('is an outage that may be over at once', async () => {
    void answerWith(reply(groqErrors.toolUseFailed()));
    const failure = await failureOf(stream(withTools()));
    expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryable: true, retryAfterMs: 0 });
  });
});
