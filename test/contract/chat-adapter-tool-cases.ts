import { MessageEvents } from '../../demo/stand-in/anthropic-events.mjs';
import { CandidateEvents } from '../../demo/stand-in/google-events.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import type { FinishReason, ToolDefinition } from '../../src/providers/chat/contract.js';

export type Body = Readonly<Record<string, unknown>>;

/** One answer with a call, in the pieces that a test cuts it into. */
export interface ScriptedCall {
  readonly begin: string;
  /** The call itself. */
  readonly call: string;
  readonly end: string;
}

/** How one provider's wire speaks of tools. */
export interface ToolCase {
  /** What {@link searchTool} adds to a request. */
  readonly auto: Body;
  readonly none: Body;
  readonly required: Body;
  /** The choice of `web_search`. */
  readonly named: Body;
  /** How a turn is said of which no more is known than its text, two calls, of which one has no arguments, and results. */
  readonly plain: readonly unknown[];
  /** The field of the body that holds the conversation. */
  readonly conversation: string;
  /** The ids in tool-calls.sse. */
  readonly ids: readonly [string, string];
  /** How the turn of tool-calls.sse is said again. */
  readonly turn: readonly unknown[];
  /** How a result of the first call and a failure of the second are sent. */
  readonly results: readonly unknown[];
  /** The event of tool-calls.sse that begins the first call starts with this. */
  readonly firstCall: string;
  /** The event that ends tool-calls.sse starts with this. What stands behind it may be missing. */
  readonly ending: string;
  /** What tool-calls.sse finishes with when a piece of it is another: its calls stay behind. */
  readonly cuts: readonly (readonly [piece: RegExp, replacement: string, FinishReason])[];
  /** @param text the arguments as the model writes them; empty for none */
  readonly script: (call: { name: string; text: string; id?: string }) => ScriptedCall;
  /** What a model sends that never comes to the end of a call. */
  readonly endless: string;
}

export const searchTool: ToolDefinition = {
  name: 'web_search',
  description: 'Searches the web.',
  parameters: {
    type: 'object',
    properties: { query: { type: 'string' }, count: { type: 'integer' } },
    required: ['query'],
    additionalProperties: false,
  },
  inputName: 'webSearch',
};

const { name, description, parameters } = searchTool;

/** What tool-calls.sse says, and calls. */
export const said = 'Ich sehe nach: 日本.';
export const inputs = [{ query: 'größte Katze 🐈 "heute"' }, { query: 'Hunde', count: 2 }] as const;
export const contents = ['Found: 日本', 'The search failed.'] as const;

const FIRST_ARGUMENTS = '{"query":"gr\\u00f6ßte Katze 🐈 \\"heute\\""}';

export const openaiTools: ToolCase = {
  auto: {
    tools: [{ type: 'function', name, description, parameters, strict: false }],
    tool_choice: 'auto',
    include: ['reasoning.encrypted_content'],
  },
  none: { tool_choice: 'none' },
  required: { tool_choice: 'required' },
  named: { tool_choice: { type: 'function', name } },
  plain: [
    { role: 'assistant', content: 'I look it up.' },
    { type: 'function_call', call_id: 'call00001', name, arguments: '{"query":"cats"}' },
    { type: 'function_call', call_id: 'call00002', name, arguments: '{}' },
    { type: 'function_call_output', call_id: 'call00001', output: 'Of cats' },
    { type: 'function_call_output', call_id: 'call00002', output: 'Of dogs' },
  ],
  conversation: 'input',
  ids: ['call_Q1xA', 'call_Q2xB'],
  turn: [
    {
      id: 'rs_7c03e5',
      type: 'reasoning',
      encrypted_content: 'gAAAAABpAGzYmnJT3PFRME8HwUP6hlkv==',
      summary: [{ type: 'summary_text', text: '**Search** Größe first.' }],
    },
    {
      id: 'msg_7c03e5',
      type: 'message',
      status: 'completed',
      content: [{ type: 'output_text', annotations: [], logprobs: [], text: said }],
      role: 'assistant',
    },
    {
      id: 'fc_7c03e5a',
      type: 'function_call',
      status: 'completed',
      arguments: FIRST_ARGUMENTS,
      call_id: 'call_Q1xA',
      name,
    },
    {
      id: 'fc_7c03e5b',
      type: 'function_call',
      status: 'completed',
      arguments: '{"query":"Hunde","count":2}',
      call_id: 'call_Q2xB',
      name,
    },
  ],
  results: [
    { type: 'function_call_output', call_id: 'call_Q1xA', output: 'Found: 日本' },
    { type: 'function_call_output', call_id: 'call_Q2xB', output: '{"error":"The search failed."}' },
  ],
  firstCall:
    'event: response.output_item.added\ndata: {"type":"response.output_item.added","sequence_number":17',
  ending: 'event: response.completed',
  cuts: (
    [
      ['max_output_tokens', 'LENGTH'],
      ['content_filter', 'CONTENT_FILTER'],
      ['something_new', 'OTHER'],
    ] as const
  ).map(([reason, finish]) => [
    /event: response\.completed[^]*?"incomplete_details":null/,
    `event: response.incomplete\ndata: {"type":"response.incomplete","response":{"incomplete_details":{"reason":"${reason}"}`,
    finish,
  ]),
  script({ name, text, id }) {
    const events = new ResponseEvents({ model: 'gpt-5.4-mini' });
    const begin = events.begin() + events.beginText() + events.textDelta('First words') + events.endText();
    const call = events.beginCall(name, id) + (text && events.argumentsDelta(text)) + events.endCall();
    return { begin, call, end: events.end(1) };
  },
  endless: new ResponseEvents({}).argumentsDelta('x'.repeat(10_000)),
};

export const anthropicTools: ToolCase = {
  auto: { tools: [{ name, description, input_schema: parameters }], tool_choice: { type: 'auto' } },
  none: { tool_choice: { type: 'none' } },
  required: { tool_choice: { type: 'any' } },
  named: { tool_choice: { type: 'tool', name } },
  plain: [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look it up.' },
        { type: 'tool_use', id: 'call00001', name, input: { query: 'cats' } },
        { type: 'tool_use', id: 'call00002', name, input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call00001', content: 'Of cats' },
        { type: 'tool_result', tool_use_id: 'call00002', content: 'Of dogs' },
      ],
    },
  ],
  conversation: 'messages',
  ids: ['toolu_01A', 'toolu_01B'],
  turn: [
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Search. Größe first.', signature: 'EqoBCkgIARABGAIiQL8+/tool=' },
        { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
        { type: 'text', text: said },
        { type: 'tool_use', id: 'toolu_01A', name, input: inputs[0] },
        { type: 'tool_use', id: 'toolu_01B', name, input: inputs[1] },
      ],
    },
  ],
  results: [
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_01A', content: 'Found: 日本' },
        { type: 'tool_result', tool_use_id: 'toolu_01B', content: 'The search failed.', is_error: true },
      ],
    },
  ],
  firstCall: 'event: content_block_start\ndata: {"type":"content_block_start","index":3',
  ending: 'event: message_stop',
  cuts: (
    [
      ['max_tokens', 'LENGTH'],
      ['refusal', 'CONTENT_FILTER'],
      ['pause_turn', 'OTHER'],
    ] as const
  ).map(([reason, finish]) => [/"stop_reason":"tool_use"/, `"stop_reason":"${reason}"`, finish]),
  script({ name, text, id }) {
    const events = new MessageEvents('claude-haiku-5-5');
    const begin = events.begin(1) + events.beginText() + events.textDelta('First words') + events.endText();
    const call = events.beginCall(name, id) + events.argumentsDelta(text) + events.endCall();
    return { begin, call, end: events.end() };
  },
  endless: endlessInput(),
};

/** Deltas of the block with index 1, which {@link ToolCase.script} opens. */
function endlessInput(): string {
  const events = new MessageEvents('claude-haiku-5-5');
  events.endText();
  return events.argumentsDelta('x'.repeat(10_000));
}

const isJson = (text: string): boolean => text.endsWith('}');

export const googleTools: ToolCase = {
  auto: {
    tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] }],
    toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
  },
  none: { toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
  required: { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
  named: { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [name] } } },
  plain: [
    {
      role: 'model',
      parts: [
        { text: 'I look it up.' },
        {
          functionCall: { name, args: { query: 'cats' } },
          thoughtSignature: 'skip_thought_signature_validator',
        },
        { functionCall: { name, args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name, response: { output: 'Of cats' } } },
        { functionResponse: { name, response: { output: 'Of dogs' } } },
      ],
    },
  ],
  conversation: 'contents',
  ids: ['n4k0x9a1', 'n4k0x9a2'],
  turn: [
    {
      role: 'model',
      parts: [
        { text: 'Search.', thought: true },
        { text: ' Größe first.', thought: true },
        { text: 'Ich sehe' },
        { text: ' nach: 日' },
        { text: '本.' },
        {
          functionCall: { name, args: inputs[0], id: 'n4k0x9a1' },
          thoughtSignature: 'CsgBAXLI2nz+tool=',
        },
        { functionCall: { name, args: inputs[1], id: 'n4k0x9a2' } },
      ],
    },
  ],
  results: [
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'n4k0x9a1', name, response: { output: 'Found: 日本' } } },
        { functionResponse: { id: 'n4k0x9a2', name, response: { error: 'The search failed.' } } },
      ],
    },
  ],
  firstCall: 'data: {"candidates":[{"content":{"parts":[{"functionCall"',
  ending: 'data: {"candidates":[{"content":{"parts":[{"text":""}',
  cuts: (
    [
      ['MAX_TOKENS', 'LENGTH'],
      ['SAFETY', 'CONTENT_FILTER'],
      ['SOMETHING_NEW', 'OTHER'],
    ] as const
  ).map(([reason, finish]) => [/"finishReason":"STOP"/, `"finishReason":"${reason}"`, finish]),
  script({ name, text, id }) {
    const events = new CandidateEvents('gemini-3.1-flash-lite', 1);
    // Arguments come as JSON within JSON: what is none can only be another type.
    const args = text === '' ? {} : { args: isJson(text) ? (JSON.parse(text) as unknown) : text };
    const begin = events.text('First words');
    return {
      begin,
      call: events.call({ name, ...args, ...(id !== undefined && { id }) }, 'CsgB'),
      end: events.end(),
    };
  },
  endless: new CandidateEvents('gemini-3.1-flash-lite', 1).call({
    name,
    args: { query: 'x'.repeat(10_000) },
    id: 'n4k0x9a1',
  }),
};
