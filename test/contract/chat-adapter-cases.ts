import { anthropicErrors, anthropicStreamErrors } from '../../demo/stand-in/anthropic-errors.mjs';
import type { Reply } from '../../demo/stand-in/behaviours.mjs';
import { googleErrors, googleStreamErrors } from '../../demo/stand-in/google-errors.mjs';
import { openaiErrors, openaiStreamErrors } from '../../demo/stand-in/openai-errors.mjs';
import { namedEvent, plainEvent } from '../../demo/stand-in/sse.mjs';
import { anthropic } from '../../src/providers/chat/anthropic/anthropic.provider.js';
import { google } from '../../src/providers/chat/google/google.provider.js';
import { openai } from '../../src/providers/chat/openai/openai.provider.js';
import type {
  ChatMessage,
  ChatProviderEntry,
  ChatRequest,
  FinishReason,
  TokenUsage,
} from '../../src/providers/chat/contract.js';
import {
  anthropicTools,
  googleTools,
  openaiTools,
  type Body,
  type ToolCase,
} from './chat-adapter-tool-cases.js';
import { chatCompletionsCases } from './chat-completions-cases.js';

type EchoingError = 'badKey' | 'exhausted' | 'rateLimit';

/** What one provider's wire looks like, for the suite that all of them pass. */
export interface ChatCase {
  readonly entry: ChatProviderEntry;
  readonly model: string;
  readonly path: string;
  readonly keyHeader: string;
  readonly keyScheme: string;
  /** The headers beside the key's that are sent, without those of HTTP itself. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a request with one message and nothing else sends. */
  readonly minimal: Body;
  /** What an option changes in that. */
  readonly options: readonly (readonly [Partial<ChatRequest>, Body])[];
  /** What {@link conversation} changes in that. */
  readonly conversation: Body;
  /** What {@link conversation} changes where it is to be cached, if that is anything else. */
  readonly cachedConversation?: Body;
  /** What answer.sse says. */
  readonly reasoning: string;
  readonly usage: TokenUsage;
  /** What answer.sse finishes with when a piece of it is another. */
  readonly finishes: readonly (readonly [piece: string, replacement: string, FinishReason])[];
  /** Answers of the API that echo the key. */
  readonly errors: Readonly<Record<EchoingError, (key: string | null) => Reply>>;
  /** What {@link errors}' `rateLimit` says. */
  readonly retryAfterMs: number | null;
  /** Who answers is unknown: of a failure only the status counts. */
  readonly isStatusOnly?: true;
  /** Further refusals, and the code that each becomes. */
  readonly furtherErrors: readonly (readonly [code: string, Reply])[];
  /** Refusals of an input, and our name of it. */
  readonly badRequests: readonly (readonly [field: keyof ChatRequest | null, Reply])[];
  /** Failures after the first words, made with a message that holds the key. */
  readonly streamErrors: readonly (readonly [code: string, event: (message: string) => string])[];
  /** What the API calls its error, and the code that it becomes where no status says more. */
  readonly reportedErrors: readonly (readonly [code: string, error: Body])[];
  /** How a stream reports a rate limit, with a sentence that says until when; null: a stream's failures are all the same. */
  readonly rateLimitReported: ((message: string) => string) | null;
  /** Refusals of what a request has by our own choice, what such a request is, and what is left out then. */
  readonly refusedAdditions: readonly (readonly [
    Reply,
    Partial<ChatRequest>,
    refused: readonly string[],
    sent: Body,
    resent: Body,
  ])[];
  /** An event, not the last, with which the provider refuses to answer; null: what refuses is text, or an end. */
  readonly refusal: string | null;
  /** One event with this text. */
  readonly textEvent: (text: string) => string;
  /** The event that closes answer.sse begins with this. */
  readonly closing: string;
  readonly malformedEvent: string;
  readonly tools: ToolCase;
  /** Variables that the provider's package reads. */
  readonly packageVariables: Readonly<Record<string, string>>;
}

export const conversation: readonly ChatMessage[] = [
  { role: 'SYSTEM', content: 'Be brief.' },
  { role: 'USER', content: 'Hello' },
  { role: 'USER', content: 'Is anybody there?' },
  { role: 'ASSISTANT', content: 'Yes.' },
  { role: 'SYSTEM', content: 'Answer in German.' },
  { role: 'USER', content: 'Größe? 日本 👩‍💻' },
];

const usage: TokenUsage = {
  inputTokens: 21,
  outputTokens: 57,
  reasoningTokens: 34,
  cachedInputTokens: 8,
  cacheWriteInputTokens: 3,
};

const unreachable = 'http://127.0.0.1:9';

export const chatCases: readonly ChatCase[] = [
  {
    entry: openai,
    tools: openaiTools,
    model: 'gpt-5.4-mini',
    path: '/v1/responses',
    keyHeader: 'authorization',
    keyScheme: 'Bearer ',
    headers: {},
    minimal: {
      model: 'gpt-5.4-mini',
      input: [{ role: 'user', content: 'Hello' }],
      stream: true,
      store: false,
    },
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_output_tokens: 64 }],
      [{ reasoningEffort: 'LOW' }, { reasoning: { effort: 'low', summary: 'auto' } }],
      [{ reasoningEffort: 'HIGH' }, { reasoning: { effort: 'high', summary: 'auto' } }],
    ],
    conversation: {
      input: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello\n\nIs anybody there?' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'system', content: 'Answer in German.' },
        { role: 'user', content: 'Größe? 日本 👩‍💻' },
      ],
    },
    reasoning: '**Greeting** A greeting in two languages.\n\n**Length** Short is für alle best.',
    usage,
    finishes: [
      ['response.completed', 'response.completed', 'STOP'],
      ...(
        [
          ['max_output_tokens', 'LENGTH'],
          ['content_filter', 'CONTENT_FILTER'],
          ['something_new', 'OTHER'],
        ] as const
      ).map(
        ([reason, finish]) =>
          [
            /event: response\.completed[^]*?"incomplete_details":null/.source,
            `event: response.incomplete\ndata: {"type":"response.incomplete","response":{"incomplete_details":{"reason":"${reason}"}`,
            finish,
          ] as const,
      ),
    ],
    errors: {
      badKey: openaiErrors.badKey,
      exhausted: openaiErrors.quota,
      rateLimit: openaiErrors.rateLimit,
    },
    retryAfterMs: 20_000,
    furtherErrors: [
      ['UNKNOWN_MODEL', openaiErrors.unknownModel('gpt-0')],
      ['PROVIDER_UNAVAILABLE', openaiErrors.region()],
      ['PROVIDER_UNAVAILABLE', openaiErrors.overloaded()],
    ],
    badRequests: [
      ['temperature', openaiErrors.badParameter('temperature')],
      ['maxOutputTokens', openaiErrors.badParameter('max_output_tokens')],
      ['reasoningEffort', openaiErrors.badParameter('reasoning.effort')],
      ['messages', openaiErrors.badParameter('input[0].content')],
      ['tools', openaiErrors.badParameter('tools')],
      [null, openaiErrors.badParameter('something.new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => openaiStreamErrors.error('server_error', message)],
      ['PROVIDER_RATE_LIMITED', (message) => openaiStreamErrors.error('rate_limit_exceeded', message)],
      ['KEY_EXHAUSTED', (message) => openaiStreamErrors.nestedError('insufficient_quota', message)],
      ['PROVIDER_UNAVAILABLE', (message) => openaiStreamErrors.failed('server_error', message)],
      ['PROVIDER_RATE_LIMITED', (message) => openaiStreamErrors.failed('rate_limit_exceeded', message)],
      ['PROVIDER_UNAVAILABLE', (message) => openaiStreamErrors.failed('something_new', message)],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { code: 'invalid_api_key', type: 'invalid_request_error' }],
      ['KEY_EXHAUSTED', { code: 'insufficient_quota', type: 'insufficient_quota' }],
      ['PROVIDER_RATE_LIMITED', { code: 'rate_limit_exceeded', type: 'tokens' }],
      ['PROVIDER_RATE_LIMITED', { code: 429, type: 'TooManyRequests' }],
      ['PROVIDER_UNAVAILABLE', { code: 'server_is_overloaded', type: 'service_unavailable_error' }],
      ['PROVIDER_UNAVAILABLE', { code: 'something_new', type: 'something_else' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { code: 'cyber_policy', type: 'invalid_request' }],
      ['PROVIDER_BAD_REQUEST', { code: 'something_policy', type: 'server_error' }],
      ['PROVIDER_BAD_REQUEST', { code: 'something_new', type: 'invalid_request' }],
      ['PROVIDER_BAD_REQUEST', { code: null, type: 'invalid_request_error' }],
    ],
    rateLimitReported: (message) => openaiStreamErrors.failed('rate_limit_exceeded', message),
    refusedAdditions: [
      ...[
        openaiErrors.unverified('reasoning.summary'),
        openaiErrors.unverified(undefined),
        openaiErrors.badParameter('reasoning.summary'),
        { ...openaiErrors.unverified('reasoning.summary'), status: 403 },
      ].map(
        (refusal) =>
          [
            refusal,
            { reasoningEffort: 'HIGH' },
            ['reasoning'],
            { reasoning: { effort: 'high', summary: 'auto' } },
            { reasoning: { effort: 'high' } },
          ] as const,
      ),
      [
        openaiErrors.badParameter('include'),
        { tools: { definitions: [], choice: 'AUTO' } },
        ['include'],
        { include: ['reasoning.encrypted_content'] },
        {},
      ],
    ],
    refusal: null,
    textEvent: (delta) =>
      namedEvent({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta }),
    closing: 'event: response.completed',
    malformedEvent: 'event: response.output_text.delta\ndata: {"type":\n\n',
    packageVariables: {
      OPENAI_API_KEY: 'sk-of-the-environment',
      OPENAI_ADMIN_KEY: 'sk-admin-of-the-environment',
      OPENAI_BASE_URL: unreachable,
      OPENAI_ORG_ID: 'org-of-the-environment',
      OPENAI_PROJECT_ID: 'proj-of-the-environment',
      OPENAI_WEBHOOK_SECRET: 'whsec-of-the-environment',
      OPENAI_CUSTOM_HEADERS: 'authorization: Bearer other\nuser-agent: other\nx-custom: of-the-environment',
      OPENAI_LOG: 'debug',
    },
  },
  {
    entry: anthropic,
    tools: anthropicTools,
    model: 'claude-haiku-5-5',
    path: '/v1/messages',
    keyHeader: 'authorization',
    keyScheme: 'Bearer ',
    headers: { 'anthropic-version': '2026-10-21' },
    minimal: {
      model: 'claude-haiku-5-5',
      max_tokens: 16_384,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    },
    options: [
      [{ temperature: 0 }, { temperature: 0 }],
      [{ maxOutputTokens: 64 }, { max_tokens: 64 }],
      [
        { reasoningEffort: 'LOW' },
        { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'low' } },
      ],
      [
        { model: 'claude-haiku-4-5', reasoningEffort: 'HIGH' },
        { model: 'claude-haiku-4-5', thinking: { type: 'enabled', budget_tokens: 12_288 } },
      ],
      [
        { model: 'claude-sonnet-4-5-20250929', reasoningEffort: 'HIGH', maxOutputTokens: 4096 },
        {
          model: 'claude-sonnet-4-5-20250929',
          max_tokens: 4096,
          thinking: { type: 'enabled', budget_tokens: 4095 },
        },
      ],
    ],
    cachedConversation: {
      system: [
        { type: 'text', text: 'Be brief.\n\nAnswer in German.', cache_control: { type: 'ephemeral' } },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'text', text: 'Is anybody there?' },
          ],
        },
        { role: 'assistant', content: 'Yes.' },
        {
          role: 'user',
          content: [{ type: 'text', text: 'Größe? 日本 👩‍💻', cache_control: { type: 'ephemeral' } }],
        },
      ],
    },
    conversation: {
      system: 'Be brief.\n\nAnswer in German.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'text', text: 'Is anybody there?' },
          ],
        },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: 'Größe? 日本 👩‍💻' },
      ],
    },
    reasoning: 'A greeting in two languages. Short is für alle best.',
    usage,
    finishes: (
      [
        ['end_turn', 'STOP'],
        ['stop_sequence', 'STOP'],
        ['max_tokens', 'LENGTH'],
        ['model_context_window_exceeded', 'LENGTH'],
        ['refusal', 'CONTENT_FILTER'],
        ['something_new', 'OTHER'],
      ] as const
    ).map(([reason, finish]) => ['"stop_reason":"end_turn"', `"stop_reason":"${reason}"`, finish] as const),
    errors: {
      badKey: anthropicErrors.badKey,
      exhausted: anthropicErrors.credit,
      rateLimit: anthropicErrors.rateLimit,
    },
    retryAfterMs: 17_000,
    furtherErrors: [
      ['KEY_EXHAUSTED', anthropicErrors.billing()],
      ['KEY_EXHAUSTED', anthropicErrors.spendLimit()],
      ['KEY_REJECTED', anthropicErrors.permission()],
      ['UNKNOWN_MODEL', anthropicErrors.unknownModel('claude-0')],
      ['PROVIDER_UNAVAILABLE', anthropicErrors.overloaded()],
    ],
    badRequests: [
      ['temperature', anthropicErrors.badParameter('temperature')],
      ['maxOutputTokens', anthropicErrors.badParameter('max_tokens')],
      ['reasoningEffort', anthropicErrors.badParameter('thinking.type')],
      ['messages', anthropicErrors.badParameter('messages.0.content')],
      ['tools', anthropicErrors.badParameter('tools.0.custom.name')],
      [null, anthropicErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => anthropicStreamErrors.error('overloaded_error', message)],
      ['PROVIDER_UNAVAILABLE', (message) => anthropicStreamErrors.error('api_error', message)],
      ['PROVIDER_RATE_LIMITED', (message) => anthropicStreamErrors.error('rate_limit_error', message)],
      ['KEY_EXHAUSTED', (message) => anthropicStreamErrors.error('billing_error', message)],
      ['PROVIDER_UNAVAILABLE', (message) => anthropicStreamErrors.error('something_new', message)],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { type: 'authentication_error' }],
      ['KEY_EXHAUSTED', { type: 'billing_error' }],
      ['PROVIDER_RATE_LIMITED', { type: 'rate_limit_error' }],
      ['PROVIDER_UNAVAILABLE', { type: 'overloaded_error' }],
      ['PROVIDER_UNAVAILABLE', { type: 'something_new' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { type: 'invalid_request_error' }],
      ['PROVIDER_BAD_REQUEST', { type: 'invalid_request' }],
      ['PROVIDER_BAD_REQUEST', { type: 'api_error', details: { error_code: 'usage_policy' } }],
      ['PROVIDER_BAD_REQUEST', { type: 'usage_policy_violation' }],
      ['PROVIDER_BAD_REQUEST', { type: 'api_error', message: 'Output blocked by content filtering policy' }],
    ],
    rateLimitReported: (message) => anthropicStreamErrors.error('rate_limit_error', message),
    refusedAdditions: [
      [
        anthropicErrors.badParameter('thinking.adaptive.display'),
        { reasoningEffort: 'HIGH' },
        ['thinking', 'output_config'],
        { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
        { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      ],
    ],
    refusal: namedEvent({ type: 'message_delta', delta: { stop_reason: 'refusal' } }),
    textEvent: (text) =>
      namedEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    closing: 'event: message_stop',
    malformedEvent: 'event: content_block_delta\ndata: {"type":\n\n',
    packageVariables: {
      ANTHROPIC_API_KEY: 'sk-ant-of-the-environment',
      ANTHROPIC_AUTH_TOKEN: 'token-of-the-environment',
      ANTHROPIC_BASE_URL: unreachable,
      ANTHROPIC_PROFILE: 'profile-of-the-environment',
      ANTHROPIC_IDENTITY_TOKEN: 'identity-of-the-environment',
      ANTHROPIC_ORGANIZATION_ID: 'org-of-the-environment',
      ANTHROPIC_WEBHOOK_SIGNING_KEY: 'whsec-of-the-environment',
      ANTHROPIC_CUSTOM_HEADERS:
        'authorization: Bearer other\nx-api-key: other\nanthropic-version: 2023-06-01\nanthropic-beta: of-the-environment',
      ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE: 'content',
      ANTHROPIC_LOG: 'debug',
    },
  },
  {
    entry: google,
    tools: googleTools,
    model: 'gemini-3.1-flash-lite',
    path: '/v1beta/models/gemini-3.1-flash-lite:streamGenerateContent?alt=sse',
    keyHeader: 'x-goog-api-key',
    keyScheme: '',
    headers: {},
    minimal: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }], generationConfig: {} },
    options: [
      [{ temperature: 0 }, { generationConfig: { temperature: 0 } }],
      [{ maxOutputTokens: 64 }, { generationConfig: { maxOutputTokens: 64 } }],
      [
        { reasoningEffort: 'LOW' },
        { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'low' } } },
      ],
      [
        { model: 'gemini-2.5-flash', reasoningEffort: 'HIGH' },
        { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 24_576 } } },
      ],
    ],
    conversation: {
      systemInstruction: { role: 'system', parts: [{ text: 'Be brief.' }, { text: 'Answer in German.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hello' }, { text: 'Is anybody there?' }] },
        { role: 'model', parts: [{ text: 'Yes.' }] },
        { role: 'user', parts: [{ text: 'Größe? 日本 👩‍💻' }] },
      ],
    },
    reasoning: 'A greeting in two languages. Short is für alle best.',
    // It tells of no writes.
    usage: { ...usage, cacheWriteInputTokens: null },
    finishes: (
      [
        ['STOP', 'STOP'],
        ['MAX_TOKENS', 'LENGTH'],
        ['SAFETY', 'CONTENT_FILTER'],
        ['RECITATION', 'CONTENT_FILTER'],
        ['PROHIBITED_CONTENT', 'CONTENT_FILTER'],
        ['SOMETHING_NEW', 'OTHER'],
      ] as const
    ).map(([reason, finish]) => ['"finishReason":"STOP"', `"finishReason":"${reason}"`, finish] as const),
    errors: {
      badKey: googleErrors.badKey,
      exhausted: googleErrors.quota,
      rateLimit: googleErrors.rateLimit,
    },
    retryAfterMs: 23_500,
    furtherErrors: [
      ['KEY_REJECTED', googleErrors.permission()],
      ['UNKNOWN_MODEL', googleErrors.unknownModel('gemini-0')],
      ['PROVIDER_UNAVAILABLE', googleErrors.region()],
      ['PROVIDER_UNAVAILABLE', googleErrors.overloaded()],
      ['PROVIDER_UNAVAILABLE', { status: 500, body: [{ error: { code: 500, status: 'INTERNAL' } }] }],
    ],
    badRequests: [
      ['temperature', googleErrors.badParameter('generation_config.temperature')],
      ['maxOutputTokens', googleErrors.badParameter('generation_config.max_output_tokens')],
      ['reasoningEffort', googleErrors.badParameter('generation_config.thinking_config.thinking_level')],
      ['messages', googleErrors.badParameter('contents[0].parts')],
      ['tools', googleErrors.badParameter('tools[0].function_declarations[0].name')],
      [null, googleErrors.badParameter('something_new')],
    ],
    streamErrors: [
      ['PROVIDER_UNAVAILABLE', (message) => googleStreamErrors.error(503, 'UNAVAILABLE', message)],
      ['PROVIDER_RATE_LIMITED', (message) => googleStreamErrors.error(429, 'RESOURCE_EXHAUSTED', message)],
      ['PROVIDER_UNAVAILABLE', (message) => googleStreamErrors.error(500, 'SOMETHING_NEW', message)],
    ],
    reportedErrors: [
      ['KEY_REJECTED', { code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] }],
      ['KEY_REJECTED', { code: 403, status: 'SOMETHING_NEW' }],
      ['PROVIDER_RATE_LIMITED', { code: 429, status: 'RESOURCE_EXHAUSTED' }],
      ['PROVIDER_UNAVAILABLE', { code: 503, status: 'UNAVAILABLE' }],
      ['PROVIDER_UNAVAILABLE', { code: 499, status: 'CANCELLED' }],
      ['PROVIDER_UNAVAILABLE', { code: 409, status: 'ABORTED' }],
      ['PROVIDER_UNAVAILABLE', { status: 'CANCELLED' }],
      ['PROVIDER_UNAVAILABLE', { status: 'SOMETHING_NEW' }],
      ['PROVIDER_UNAVAILABLE', {}],
      ['PROVIDER_BAD_REQUEST', { code: 400, status: 'INVALID_ARGUMENT' }],
      ['PROVIDER_BAD_REQUEST', { code: 403, status: 'X', details: [{ reason: 'CONTENT_POLICY_VIOLATION' }] }],
    ],
    rateLimitReported: (message) => googleStreamErrors.error(429, 'RESOURCE_EXHAUSTED', message),
    refusedAdditions: [
      [
        googleErrors.badParameter('generation_config.thinking_config.include_thoughts'),
        { reasoningEffort: 'HIGH' },
        ['generationConfig'],
        { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'high' } } },
        { generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } },
      ],
    ],
    refusal: plainEvent({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }),
    textEvent: (text) =>
      plainEvent({ candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }] }),
    closing: 'data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature"',
    malformedEvent: 'data: {"candidates":\r\n\r\n',
    packageVariables: {
      GOOGLE_API_KEY: 'AIza-of-the-environment',
      GEMINI_API_KEY: 'AIza-of-the-environment',
      GOOGLE_GEMINI_BASE_URL: unreachable,
      HTTPS_PROXY: unreachable,
      HTTP_PROXY: unreachable,
    },
  },
  ...chatCompletionsCases,
];

/** What an answer means whose JSON says nothing that is known. */
export const statusCases: readonly (readonly [status: number, code: string])[] = [
  [400, 'PROVIDER_BAD_REQUEST'],
  [401, 'KEY_REJECTED'],
  [403, 'KEY_REJECTED'],
  [404, 'UNKNOWN_MODEL'],
  [408, 'PROVIDER_TIMEOUT'],
  [409, 'PROVIDER_UNAVAILABLE'],
  [413, 'PROVIDER_BAD_REQUEST'],
  [429, 'PROVIDER_RATE_LIMITED'],
  [499, 'PROVIDER_UNAVAILABLE'],
  [500, 'PROVIDER_UNAVAILABLE'],
  [502, 'PROVIDER_UNAVAILABLE'],
  [503, 'PROVIDER_UNAVAILABLE'],
  [529, 'PROVIDER_UNAVAILABLE'],
];
