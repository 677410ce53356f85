import { customErrors, customStreamErrors } from '../../demo/stand-in/custom.mjs';
import { deepseekErrors, deepseekStreamErrors } from '../../demo/stand-in/deepseek.mjs';
import { groqErrors, groqStreamErrors } from '../../demo/stand-in/groq.mjs';
import { mistralErrors, mistralStreamErrors } from '../../demo/stand-in/mistral.mjs';
import { openrouterErrors, openrouterStreamErrors } from '../../demo/stand-in/openrouter.mjs';
import { dataEvent } from '../../demo/stand-in/sse.mjs';
import { xaiErrors, xaiStreamErrors } from '../../demo/stand-in/xai.mjs';
import type { FinishReason, TokenUsage } from '../../src/providers/chat/contract.js';
import { custom } from '../../src/providers/chat/custom/custom.provider.js';
import { deepseek } from '../../src/providers/chat/deepseek/deepseek.provider.js';
import { groq } from '../../src/providers/chat/groq/groq.provider.js';
import { mistral } from '../../src/providers/chat/mistral/mistral.provider.js';
import { openrouter } from '../../src/providers/chat/openrouter/openrouter.provider.js';
import { xai } from '../../src/providers/chat/xai/xai.provider.js';
import type { ChatCase } from './chat-adapter-cases.js';
import type { Body } from './chat-adapter-tool-cases.js';
import {
  customTools,
  deepseekTools,
  groqTools,
  mistralTools,
  openrouterTools,
  xaiTools,
} from './chat-completions-tool-cases.js';

const usage: TokenUsage = {
  inputTokens: 21,
  outputTokens: 57,
  reasoningTokens: 34,
  cachedInputTokens: 8,
  cacheWriteInputTokens: null,
};

const usageAsked = { stream_options: { include_usage: true } };

/** The same for all of them. */
const common = {
  keyHeader: 'authorization',
  keyScheme: 'Bearer ',
  headers: {},
  reasoning: 'A greeting in two languages. Short is für alle best.',
  usage,
  refusal: chunkWith({}, 'content_filter'),
  textEvent: (content: string) => chunkWith({ content }, null),
  malformedEvent: 'data: {"choices":\n\n',
  conversation: {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello\n\nIs anybody there?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'system', content: 'Answer in German.' },
      { role: 'user', content: 'Größe? 日本 👩‍💻' },
    ],
  },
} as const;

/** A message that a cache is to hold the conversation as far as. */
function markedText(role: string, text: string): object {
  return { role, content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] };
}

function chunkWith(delta: object, finish_reason: string | null): string {
  return dataEvent({ choices: [{ index: 0, delta, finish_reason }] });
}

function minimal(model: string, more: Body = {}): Body {
  return { model, messages: [{ role: 'user', content: 'Hello' }], stream: true, ...more };
}

const finishes = (
  ...more: readonly (readonly [string, FinishReason])[]
): readonly (readonly [string, string, FinishReason])[] =>
  (
    [
      ['stop', 'STOP'],
      ['length', 'LENGTH'],
      ['content_filter', 'CONTENT_FILTER'],
      ['something_new', 'OTHER'],
      ...more,
    ] as const
  ).map(([reason, finish]) => ['"finish_reason":"stop"', `"finish_reason":"${reason}"`, finish] as const);

/** Variables that packages for these providers read. */
const variablesOf = (id: string): Readonly<Record<string, string>> => ({
  [`${id}_API_KEY`]: 'sk-of-the-environment',
  [`${id}_BASE_URL`]: 'http://127.0.0.1:9',
  OPENAI_API_KEY: 'sk-of-the-environment',
  OPENAI_BASE_URL: 'http://127.0.0.1:9',
  OPENAI_CUSTOM_HEADERS: 'authorization: Bearer other\nx-custom: of-the-environment',
  HTTPS_PROXY: 'http://127.0.0.1:9',
});

export const chatCompletionsCases: readonly ChatCase[] = [
  {
    ...common,
    entry: openrouter,
    tools: openrouterTools,
    model: 'openai/gpt-5.4-mini',
    path: '/v1/chat/completions',
    minimal: minimal('openai/gpt-5.4-mini'),
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_tokens: 64 }],
      [{ reasoningEffort: 'LOW' }, { reasoning: { effort: 'low' } }],
      ...['anthropic/claude-haiku-4.5', '~anthropic/claude-haiku-latest', 'qwen/qwen3-max'].map(
        (model) =>
          [
            { model, promptCache: 'AUTO' },
            { model, messages: [markedText('user', 'Hello')] },
          ] as const,
      ),
      ...['openai/gpt-5.4', 'google/gemini-2.5-pro', 'other/anthropic/x'].map(
        (model) => [{ model, promptCache: 'AUTO' }, { model }] as const,
      ),
      [
        {
          model: 'anthropic/claude-haiku-4.5',
          promptCache: 'AUTO',
          messages: [
            { role: 'SYSTEM', content: 'Be brief.' },
            { role: 'USER', content: 'Hello' },
            { role: 'ASSISTANT', content: 'Yes.' },
            { role: 'USER', content: 'Who?' },
          ],
        },
        {
          model: 'anthropic/claude-haiku-4.5',
          messages: [
            markedText('system', 'Be brief.'),
            { role: 'user', content: 'Hello' },
            { role: 'assistant', content: 'Yes.' },
            markedText('user', 'Who?'),
          ],
        },
      ],
      [
        { model: 'deepseek/deepseek-v4-pro', reasoningEffort: 'HIGH' },
        { model: 'deepseek/deepseek-v4-pro', reasoning: { effort: 'high' } },
      ],
    ],
    usage: { ...usage, cacheWriteInputTokens: 3, cost: { amount: '0.0001365', currency: 'USD' } },
    finishes: finishes(),
    errors: {
      badKey: openrouterErrors.badKey,
      exhausted: openrouterErrors.credit,
      rateLimit: openrouterErrors.rateLimit,
    },
    retryAfterMs: 19_000,
    furtherErrors: [
      ['KEY_EXHAUSTED', openrouterErrors.keyLimit()],
      ['UNKNOWN_MODEL', openrouterErrors.unknownModel('openai/gpt-0')],
      ['UNKNOWN_MODEL', openrouterErrors.noEndpoint('openai/gpt-0')],
      ['PROVIDER_BAD_REQUEST', openrouterErrors.moderated()],
      ['PROVIDER_BAD_REQUEST', openrouterErrors.guardrail()],
      ['PROVIDER_BAD_REQUEST', openrouterErrors.missingResult()],
      // What the model's provider refuses the router says nothing of the user's key.
      ['PROVIDER_UNAVAILABLE', openrouterErrors.refusedRouter(401)],
      ['PROVIDER_UNAVAILABLE', openrouterErrors.refusedRouter(402)],
      ['PROVIDER_UNAVAILABLE', openrouterErrors.refusedRouter(403)],
      ['PROVIDER_RATE_LIMITED', openrouterErrors.refusedRouter(429)],
      ['PROVIDER_UNAVAILABLE', openrouterErrors.down()],
    ],
    badRequests: [
      ['temperature', openrouterErrors.badParameter('temperature')],
      ['maxOutputTokens', openrouterErrors.badParameter('max_tokens')],
      ['reasoningEffort', openrouterErrors.badParameter('reasoning.effort')],
      ['messages', openrouterErrors.badParameter('messages')],
      ['tools', openrouterErrors.badParameter('tools')],
      ['tools', openrouterErrors.noToolEndpoint()],
      [null, openrouterErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => openrouterStreamErrors.error('server_error', message)],
      ['PROVIDER_UNAVAILABLE', (message) => openrouterStreamErrors.error(502, message)],
      ['PROVIDER_UNAVAILABLE', (message) => openrouterStreamErrors.error('something_new', message)],
      ['PROVIDER_RATE_LIMITED', (message) => openrouterStreamErrors.error(429, message)],
      ['KEY_EXHAUSTED', (message) => openrouterStreamErrors.error(402, message)],
      ['PROVIDER_UNAVAILABLE', () => chunkWith({ content: '' }, 'error')],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { code: 401 }],
      ['KEY_EXHAUSTED', { code: 402 }],
      ['KEY_EXHAUSTED', { code: '402', type: 'upstream_error' }],
      ['PROVIDER_RATE_LIMITED', { code: 429, metadata: { provider_name: 'Example' } }],
      ['PROVIDER_UNAVAILABLE', { code: 401, metadata: { provider_name: 'Example' } }],
      ['PROVIDER_UNAVAILABLE', { code: 502, metadata: { provider_name: 'Example' } }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { code: 403, metadata: { reasons: ['violence'], provider_name: 'OpenAI' } }],
      ['PROVIDER_BAD_REQUEST', { code: 'content_policy_violation' }],
    ],
    rateLimitReported: (message) => openrouterStreamErrors.error(429, message),
    refusedAdditions: [],
    closing:
      'data: {"id":"gen-1790000000-a1","provider":"OpenAI","model":"openai/gpt-5.4-mini","object":"chat.completion.chunk","created":1790000000,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"',
    packageVariables: variablesOf('OPENROUTER'),
  },
  {
    ...common,
    entry: groq,
    tools: groqTools,
    model: 'openai/gpt-oss-20b',
    path: '/v1/chat/completions',
    minimal: minimal('openai/gpt-oss-20b', usageAsked),
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_completion_tokens: 64 }],
      [{ reasoningEffort: 'LOW' }, { reasoning_effort: 'low' }],
      [{ model: 'llama-3.3-70b-versatile', reasoningEffort: 'HIGH' }, { model: 'llama-3.3-70b-versatile' }],
      [
        { model: 'qwen/qwen3-32b', reasoningEffort: 'HIGH' },
        { model: 'qwen/qwen3-32b', reasoning_format: 'parsed' },
      ],
      [{ model: 'qwen/qwen3-32b' }, { model: 'qwen/qwen3-32b', reasoning_format: 'parsed' }],
    ],
    finishes: finishes(['function_call', 'STOP']),
    errors: { badKey: groqErrors.badKey, exhausted: groqErrors.spent, rateLimit: groqErrors.rateLimit },
    retryAfterMs: 8000,
    furtherErrors: [
      ['KEY_REJECTED', groqErrors.restricted()],
      ['UNKNOWN_MODEL', groqErrors.unknownModel('llama-0')],
      ['UNKNOWN_MODEL', groqErrors.decommissioned('llama-0')],
      ['PROVIDER_BAD_REQUEST', groqErrors.tooLarge()],
      ['PROVIDER_BAD_REQUEST', groqErrors.missingResult()],
      ['PROVIDER_UNAVAILABLE', groqErrors.flexCapacity()],
    ],
    badRequests: [
      ['temperature', groqErrors.badParameter('temperature')],
      ['maxOutputTokens', groqErrors.badParameter('max_completion_tokens')],
      ['reasoningEffort', groqErrors.badParameter('reasoning_effort')],
      ['messages', groqErrors.badParameter('messages')],
      ['tools', groqErrors.badParameter('tools')],
      [null, groqErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => groqStreamErrors.error('server_error', message, 'internal')],
      ['PROVIDER_UNAVAILABLE', (message) => groqStreamErrors.error('tool_use_failed', message)],
      ['PROVIDER_UNAVAILABLE', (message) => groqStreamErrors.error('something_new', message, 'new')],
      ['PROVIDER_BAD_REQUEST', (message) => groqStreamErrors.error('something_new', message)],
      ['PROVIDER_RATE_LIMITED', (message) => groqStreamErrors.error('rate_limit_exceeded', message)],
      ['KEY_EXHAUSTED', (message) => groqStreamErrors.error('insufficient_quota', message)],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { code: 'invalid_api_key', type: 'invalid_request_error' }],
      ['PROVIDER_RATE_LIMITED', { code: 'rate_limit_exceeded', type: 'tokens' }],
      ['PROVIDER_UNAVAILABLE', { code: 'tool_use_failed', type: 'invalid_request_error' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { code: null, type: 'invalid_request_error' }],
      ['PROVIDER_BAD_REQUEST', { code: 'content_policy_violation' }],
    ],
    rateLimitReported: (message) => groqStreamErrors.error('rate_limit_exceeded', message, 'tokens'),
    refusedAdditions: [
      [groqErrors.badParameter('stream_options'), {}, ['stream_options'], usageAsked, {}],
      [
        groqErrors.badParameter('reasoning_format'),
        { model: 'qwen/qwen3-32b' },
        ['reasoning_format'],
        { reasoning_format: 'parsed' },
        {},
      ],
    ],
    closing:
      'data: {"id":"chatcmpl-b610d559","object":"chat.completion.chunk","created":1790000000,"model":"openai/gpt-oss-20b","system_fingerprint":"fp_f8b414701e","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"',
    packageVariables: variablesOf('GROQ'),
  },
  {
    ...common,
    entry: xai,
    tools: xaiTools,
    model: 'grok-4.3',
    path: '/v1/chat/completions',
    minimal: minimal('grok-4.3', usageAsked),
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_completion_tokens: 64 }],
      [{ reasoningEffort: 'MEDIUM' }, { reasoning_effort: 'medium' }],
      [
        { model: 'grok-3-mini', reasoningEffort: 'HIGH' },
        { model: 'grok-3-mini', reasoning_effort: 'high' },
      ],
      ...(
        [
          ['grok-3-mini', 'MEDIUM'],
          ['grok-4', 'HIGH'],
          ['grok-4-fast-reasoning', 'HIGH'],
          ['grok-4.20-0309-reasoning', 'HIGH'],
          ['grok-4.30-reasoning', 'HIGH'],
          ['grok-code-fast-1', 'LOW'],
        ] as const
      ).map(([model, reasoningEffort]) => [{ model, reasoningEffort }, { model }] as const),
    ],
    finishes: finishes(),
    errors: { badKey: xaiErrors.badKey, exhausted: xaiErrors.noCredit, rateLimit: xaiErrors.rateLimit },
    retryAfterMs: 6000,
    furtherErrors: [
      ['KEY_EXHAUSTED', xaiErrors.spent()],
      ['KEY_REJECTED', xaiErrors.permission()],
      ['UNKNOWN_MODEL', xaiErrors.unknownModel('grok-0')],
      ['PROVIDER_BAD_REQUEST', xaiErrors.guidelines()],
      ['PROVIDER_BAD_REQUEST', xaiErrors.missingResult()],
      ['PROVIDER_UNAVAILABLE', xaiErrors.overloaded()],
    ],
    badRequests: [
      ['temperature', xaiErrors.badParameter('temperature')],
      ['maxOutputTokens', xaiErrors.badParameter('max_completion_tokens')],
      ['reasoningEffort', xaiErrors.badParameter('reasoning_effort')],
      ['messages', xaiErrors.badParameter('messages')],
      ['tools', xaiErrors.badParameter('tools')],
      [null, xaiErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => xaiStreamErrors.error(503, message)],
      ['PROVIDER_UNAVAILABLE', (message) => xaiStreamErrors.error('Something new happened', message)],
      ['PROVIDER_RATE_LIMITED', (message) => xaiStreamErrors.error(429, message)],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { code: 401 }],
      ['KEY_REJECTED', { message: 'Incorrect API key provided: xa***x.' }],
      ['KEY_EXHAUSTED', { message: 'Your team 0 has either used all available credits or reached …' }],
      ['PROVIDER_RATE_LIMITED', { code: 429 }],
      ['PROVIDER_UNAVAILABLE', { code: 'Something new happened' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { code: 400 }],
      ['PROVIDER_BAD_REQUEST', { message: 'Content violates usage guidelines.' }],
    ],
    rateLimitReported: (message) => xaiStreamErrors.error(429, message),
    refusedAdditions: [[xaiErrors.badParameter('stream_options'), {}, ['stream_options'], usageAsked, {}]],
    closing:
      'data: {"id":"f0f0f217-c24d","object":"chat.completion.chunk","created":1790000000,"model":"grok-4.3","choices":[{"index":0,"delta":{},"finish_reason":"',
    packageVariables: variablesOf('XAI'),
  },
  {
    ...common,
    entry: deepseek,
    tools: deepseekTools,
    model: 'deepseek-v4-flash',
    path: '/chat/completions',
    minimal: minimal('deepseek-v4-flash', usageAsked),
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_tokens: 64 }],
      [{ reasoningEffort: 'LOW' }, { thinking: { type: 'enabled' }, reasoning_effort: 'low' }],
      [
        { model: 'deepseek-pro', reasoningEffort: 'HIGH' },
        { model: 'deepseek-pro', thinking: { type: 'enabled' }, reasoning_effort: 'high' },
      ],
      [{ model: 'deepseek-reasoner', reasoningEffort: 'HIGH' }, { model: 'deepseek-reasoner' }],
      [{ model: 'deepseek-chat', reasoningEffort: 'HIGH' }, { model: 'deepseek-chat' }],
    ],
    finishes: finishes(),
    errors: {
      badKey: deepseekErrors.badKey,
      exhausted: deepseekErrors.spent,
      rateLimit: deepseekErrors.rateLimit,
    },
    retryAfterMs: 11_000,
    furtherErrors: [
      ['KEY_EXHAUSTED', deepseekErrors.balance()],
      ['UNKNOWN_MODEL', deepseekErrors.unknownModel()],
      ['PROVIDER_BAD_REQUEST', deepseekErrors.contentRisk()],
      ['PROVIDER_BAD_REQUEST', deepseekErrors.missingResult()],
      ['PROVIDER_BAD_REQUEST', deepseekErrors.missingReasoning()],
      ['PROVIDER_UNAVAILABLE', deepseekErrors.overloaded()],
    ],
    badRequests: [
      ['temperature', deepseekErrors.badParameter('temperature')],
      ['maxOutputTokens', deepseekErrors.badParameter('max_tokens')],
      ['reasoningEffort', deepseekErrors.badParameter('reasoning_effort')],
      ['messages', deepseekErrors.badParameter('messages')],
      ['tools', deepseekErrors.badParameter('tools')],
      [null, deepseekErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => deepseekStreamErrors.error('server_error', message)],
      ['PROVIDER_RATE_LIMITED', (message) => deepseekStreamErrors.error('rate_limit_error', message)],
      ['PROVIDER_UNAVAILABLE', (message) => deepseekStreamErrors.error('new', message, 'new')],
      [
        'KEY_EXHAUSTED',
        (message) => deepseekStreamErrors.error('unknown_error', `Insufficient Balance ${message}`),
      ],
      ['PROVIDER_UNAVAILABLE', () => chunkWith({ content: '' }, 'insufficient_system_resource')],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { type: 'authentication_error', code: 'invalid_request_error' }],
      ['KEY_EXHAUSTED', { message: 'Insufficient Balance', type: 'unknown_error' }],
      ['PROVIDER_RATE_LIMITED', { type: 'rate_limit_error' }],
      ['PROVIDER_UNAVAILABLE', { type: 'something_new' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { type: 'invalid_request_error', code: 'invalid_request_error' }],
      ['PROVIDER_BAD_REQUEST', { message: 'Content Exists Risk' }],
    ],
    rateLimitReported: (message) => deepseekStreamErrors.error('rate_limit_error', message),
    refusedAdditions: [
      [deepseekErrors.badParameter('stream_options'), {}, ['stream_options'], usageAsked, {}],
    ],
    closing:
      'data: {"id":"cac7192e-e619","object":"chat.completion.chunk","created":1790000000,"model":"deepseek-v4-flash","system_fingerprint":"fp_eaab8d114b","choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"',
    packageVariables: variablesOf('DEEPSEEK'),
  },
  {
    ...common,
    entry: mistral,
    tools: mistralTools,
    model: 'mistral-large-4',
    path: '/v1/chat/completions',
    minimal: minimal('mistral-large-4'),
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_tokens: 64 }],
      [{ reasoningEffort: 'LOW' }, { reasoning_effort: 'low' }],
      [
        { model: 'mistral-small-latest', reasoningEffort: 'HIGH' },
        { model: 'mistral-small-latest', reasoning_effort: 'high' },
      ],
      ...(
        [
          ['mistral-small-latest', 'LOW'],
          ['magistral-medium-latest', 'MEDIUM'],
          ['mistral-large-latest', 'HIGH'],
          ['codestral-latest', 'HIGH'],
        ] as const
      ).map(([model, reasoningEffort]) => [{ model, reasoningEffort }, { model }] as const),
    ],
    // It refuses instructions in the middle of a conversation.
    conversation: {
      messages: [
        { role: 'system', content: 'Be brief.\n\nAnswer in German.' },
        { role: 'user', content: 'Hello\n\nIs anybody there?' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: 'Größe? 日本 👩‍💻' },
      ],
    },
    finishes: finishes(['model_length', 'LENGTH']),
    errors: {
      badKey: mistralErrors.badKey,
      exhausted: mistralErrors.spent,
      rateLimit: mistralErrors.rateLimit,
    },
    retryAfterMs: 14_000,
    furtherErrors: [
      ['KEY_REJECTED', mistralErrors.unauthorized()],
      ['UNKNOWN_MODEL', mistralErrors.unknownModel('mistral-0')],
      ['PROVIDER_BAD_REQUEST', mistralErrors.messageOrder()],
      ['PROVIDER_BAD_REQUEST', mistralErrors.missingResult()],
      ['PROVIDER_UNAVAILABLE', mistralErrors.capacity()],
      ['PROVIDER_UNAVAILABLE', mistralErrors.overloaded()],
    ],
    badRequests: [
      ['temperature', mistralErrors.badParameter('temperature')],
      ['maxOutputTokens', mistralErrors.badParameter('max_tokens')],
      ['reasoningEffort', mistralErrors.badParameter('reasoning_effort')],
      ['messages', mistralErrors.badParameter('messages')],
      ['tools', mistralErrors.badParameter('tools')],
      ['temperature', mistralErrors.bareList('temperature')],
      ['temperature', mistralErrors.listAsMessage('temperature')],
      [null, mistralErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => mistralStreamErrors.error('internal_server_error', message)],
      ['PROVIDER_RATE_LIMITED', (message) => mistralStreamErrors.error('rate_limited', message, '1300')],
      ['PROVIDER_UNAVAILABLE', (message) => mistralStreamErrors.error('something_new', message)],
      ['PROVIDER_UNAVAILABLE', () => chunkWith({ content: '' }, 'error')],
    ],
    reportedErrors: [
      ['PROVIDER_RATE_LIMITED', { object: 'error', type: 'rate_limited', code: '1300' }],
      ['KEY_REJECTED', { code: 401 }],
      ['UNKNOWN_MODEL', { type: 'invalid_model', code: '1500' }],
      ['PROVIDER_UNAVAILABLE', { type: 'something_new', code: '3000' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { type: 'invalid_request_message_order', code: '3230' }],
    ],
    rateLimitReported: (message) => mistralStreamErrors.error('rate_limited', message, '1300'),
    refusedAdditions: [],
    closing:
      'data: {"id":"5319bd0299614c67","object":"chat.completion.chunk","created":1790000000,"model":"mistral-large-4","choices":[{"index":0,"delta":{"content":""},"finish_reason":"',
    packageVariables: variablesOf('MISTRAL'),
  },
  {
    ...common,
    entry: custom,
    tools: customTools,
    model: 'local-model',
    path: '/chat/completions',
    // So that no server calls itself.
    headers: { via: '1.1 keystream' },
    minimal: minimal('local-model', usageAsked),
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_tokens: 64 }],
      [{ reasoningEffort: 'LOW' }, { reasoning_effort: 'low' }],
      [
        { model: 'another/model', reasoningEffort: 'HIGH' },
        { model: 'another/model', reasoning_effort: 'high' },
      ],
    ],
    finishes: finishes(['function_call', 'STOP']),
    errors: { badKey: customErrors.badKey, exhausted: customErrors.spent, rateLimit: customErrors.rateLimit },
    retryAfterMs: null,
    isStatusOnly: true,
    furtherErrors: [
      ['KEY_REJECTED', customErrors.forbidden()],
      ['UNKNOWN_MODEL', customErrors.unknownModel('model-0')],
      ['PROVIDER_BAD_REQUEST', customErrors.missingResult()],
      ['PROVIDER_UNAVAILABLE', customErrors.overloaded()],
      ['PROVIDER_BAD_REQUEST', customErrors.says(400, 'invalid_api_key')],
      ['KEY_REJECTED', customErrors.says(401, 'model_not_found')],
      ['PROVIDER_RATE_LIMITED', customErrors.says(429, 'insufficient_quota')],
      ['PROVIDER_UNAVAILABLE', customErrors.says(500, 'content_policy_violation')],
    ],
    // Which of them it does not take would be its own word.
    badRequests: ['temperature', 'max_tokens', 'reasoning_effort', 'messages', 'tools', 'something_new'].map(
      (field) => [null, customErrors.badParameter(field)] as const,
    ),
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => customStreamErrors.error('server_error', message)],
      ['PROVIDER_UNAVAILABLE', (message) => customStreamErrors.error('rate_limit_exceeded', message)],
      ['PROVIDER_UNAVAILABLE', (message) => customStreamErrors.error(401, message)],
      ['PROVIDER_UNAVAILABLE', () => chunkWith({ content: '' }, 'error')],
    ],
    reportedErrors: [
      ['PROVIDER_UNAVAILABLE', { code: 'invalid_api_key', type: 'invalid_request_error' }],
      ['PROVIDER_UNAVAILABLE', { code: 429 }],
      ['PROVIDER_UNAVAILABLE', { code: 'content_policy_violation' }],
      ['PROVIDER_UNAVAILABLE', {}],
    ],
    rateLimitReported: null,
    refusedAdditions: [[customErrors.badParameter('stream_options'), {}, ['stream_options'], usageAsked, {}]],
    closing:
      'data: {"id":"chatcmpl-local01","object":"chat.completion.chunk","created":1790000000,"model":"local-model","choices":[{"index":0,"delta":{},"finish_reason":"',
    packageVariables: variablesOf('CUSTOM'),
  },
];
