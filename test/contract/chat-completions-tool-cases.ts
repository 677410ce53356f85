import { ChunkEvents, type ChunkForm } from '../../demo/stand-in/chat-completions-events.mjs';
import { customChunks } from '../../demo/stand-in/custom.mjs';
import { deepseekChunks } from '../../demo/stand-in/deepseek.mjs';
import { groqChunks } from '../../demo/stand-in/groq.mjs';
import { mistralChunks } from '../../demo/stand-in/mistral.mjs';
import { openrouterChunks } from '../../demo/stand-in/openrouter.mjs';
import { xaiChunks } from '../../demo/stand-in/xai.mjs';
import { said, searchTool, type Body, type ToolCase } from './chat-adapter-tool-cases.js';

const { name, description, parameters } = searchTool;

const REASONING = 'Search. Größe first.';
const FIRST_ARGUMENTS = '{"query":"gr\\u00f6ßte Katze 🐈 \\"heute\\""}';
const SECOND_ARGUMENTS = '{"query":"Hunde","count":2}';

/**
 * @param message how a turn's text and reasoning are said again
 * @param plainMessage what a turn has beside its text where its reasoning is not known
 */
function toolCase(
  chunks: ChunkForm,
  ids: readonly [string, string],
  message: Body,
  more: Pick<ToolCase, 'firstCall' | 'ending'>,
  plainMessage: Body = {},
): ToolCase {
  const form = { ...chunks, areCallsWhole: false };
  return {
    auto: { tools: [{ type: 'function', function: { name, description, parameters } }], tool_choice: 'auto' },
    none: { tool_choice: 'none' },
    required: { tool_choice: 'required' },
    named: { tool_choice: { type: 'function', function: { name } } },
    plain: [
      {
        role: 'assistant',
        content: 'I look it up.',
        ...plainMessage,
        tool_calls: ['{"query":"cats"}', '{}'].map((text, index) => ({
          id: `call0000${String(index + 1)}`,
          type: 'function',
          function: { name, arguments: text },
        })),
      },
      { role: 'tool', tool_call_id: 'call00001', content: 'Of cats' },
      { role: 'tool', tool_call_id: 'call00002', content: 'Of dogs' },
    ],
    conversation: 'messages',
    ids,
    turn: [
      {
        role: 'assistant',
        ...message,
        tool_calls: [FIRST_ARGUMENTS, SECOND_ARGUMENTS].map((text, index) => ({
          id: ids[index],
          type: 'function',
          function: { name, arguments: text },
        })),
      },
    ],
    results: [
      { role: 'tool', tool_call_id: ids[0], content: 'Found: 日本' },
      { role: 'tool', tool_call_id: ids[1], content: '{"error":"The search failed."}' },
    ],
    cuts: (
      [
        ['length', 'LENGTH'],
        ['content_filter', 'CONTENT_FILTER'],
        ['something_new', 'OTHER'],
      ] as const
    ).map(([reason, finish]) => [/"finish_reason":"tool_calls"/, `"finish_reason":"${reason}"`, finish]),
    script({ name: called, text, id }) {
      const events = new ChunkEvents(form, 'model');
      const begin = events.begin() + events.text('First words');
      const call = events.beginCall(called, id) + (text && events.argumentsDelta(text)) + events.endCall();
      return { begin, call, end: events.end(1) };
    },
    endless: new ChunkEvents(form, 'model').argumentsDelta('x'.repeat(10_000)),
    ...more,
  };
}

const OPENROUTER_HEAD =
  'data: {"id":"gen-1790000000-a1","provider":"OpenAI","model":"openai/gpt-5.4-mini","object":"chat.completion.chunk","created":1790000000,"choices":[{"index":0,"delta":{"role":"assistant","content":';
const GROQ_HEAD =
  'data: {"id":"chatcmpl-b610d559","object":"chat.completion.chunk","created":1790000000,"model":"openai/gpt-oss-20b","system_fingerprint":"fp_f8b414701e","choices":[{"index":0,"delta":{';
const XAI_HEAD =
  'data: {"id":"f0f0f217-c24d","object":"chat.completion.chunk","created":1790000000,"model":"grok-4.3","choices":[{"index":0,"delta":{';
const DEEPSEEK_HEAD =
  'data: {"id":"cac7192e-e619","object":"chat.completion.chunk","created":1790000000,"model":"deepseek-v4-flash","system_fingerprint":"fp_eaab8d114b","choices":[{"index":0,"delta":{';
const MISTRAL_HEAD =
  'data: {"id":"5319bd0299614c67","object":"chat.completion.chunk","created":1790000000,"model":"mistral-large-4","choices":[{"index":0,"delta":{';
const CUSTOM_HEAD =
  'data: {"id":"chatcmpl-local01","object":"chat.completion.chunk","created":1790000000,"model":"local-model","choices":[{"index":0,"delta":{';

export const openrouterTools = toolCase(
  openrouterChunks,
  ['call_OR1', 'call_OR2'],
  {
    content: said,
    reasoning_details: [
      {
        type: 'reasoning.text',
        text: REASONING,
        signature: 'EqoBCkgIARABGAIiQL8+/or=',
        format: 'anthropic-claude-v1',
        index: 0,
      },
    ],
  },
  {
    firstCall: `${OPENROUTER_HEAD}null,"tool_calls":[{"index":0,"id"`,
    ending: `${OPENROUTER_HEAD}""},"finish_reason":"`,
  },
);

export const groqTools = toolCase(
  groqChunks,
  ['fc_groq01', 'fc_groq02'],
  { content: said, reasoning: REASONING },
  { firstCall: `${GROQ_HEAD}"tool_calls"`, ending: `${GROQ_HEAD}},"logprobs":null,"finish_reason":"` },
);

export const xaiTools = toolCase(
  xaiChunks,
  ['call_79382389', 'call_79382390'],
  { content: said, reasoning_content: REASONING },
  { firstCall: `${XAI_HEAD}"tool_calls"`, ending: `${XAI_HEAD}},"finish_reason":"` },
  { reasoning_content: '' },
);

export const deepseekTools = toolCase(
  deepseekChunks,
  ['call_00_DS1', 'call_01_DS2'],
  { content: said, reasoning_content: REASONING },
  {
    firstCall: `${DEEPSEEK_HEAD}"tool_calls":[{"index":0,"id"`,
    ending: `${DEEPSEEK_HEAD}"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"`,
  },
  { reasoning_content: '' },
);

export const mistralTools = toolCase(
  mistralChunks,
  ['gSIMJiOkT', 'hTJNKjPlU'],
  {
    content: [
      { type: 'thinking', thinking: [{ type: 'text', text: REASONING }] },
      { type: 'text', text: said },
    ],
  },
  {
    firstCall: `${MISTRAL_HEAD}"content":null,"tool_calls"`,
    ending: `${MISTRAL_HEAD}"content":""},"finish_reason":"`,
  },
);

export const customTools = toolCase(
  customChunks,
  ['call_local1', 'call_local2'],
  { content: said },
  { firstCall: `${CUSTOM_HEAD}"tool_calls"`, ending: `${CUSTOM_HEAD}},"finish_reason":"` },
);
