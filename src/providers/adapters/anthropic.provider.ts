import type Anthropic from '@anthropic-ai/sdk';
import type {
  MessageCreateParamsStreaming,
  RawMessageStreamEvent,
  ThinkingConfigParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type { Stream } from '@anthropic-ai/sdk/streaming';
import type { ProviderSettings } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import type { OutboundHttp } from '../../outbound/outbound-http.js';
import { ProviderTruncatedError, type UpstreamError } from '../../outbound/upstream-error.js';
import { toUpstreamError, type FailureTable } from '../../outbound/upstream-failure.js';
import { adapterFailure, answerOf } from '../adapter-failure.js';
import { ClosingStream } from '../closing-stream.js';
import {
  defineChatProvider,
  type ChatAdapter,
  type ChatPart,
  type ChatRequest,
  type FinishReason,
  type ReasoningEffort,
} from '../contract.js';
import { fetchLimits, packageClient, requestHeaders } from '../package-client.js';
import { meaningOf, type InputName, type TellingTexts } from '../telling-texts.js';
import { textPart } from '../text-part.js';
import { usageParts } from '../token-usage.js';
import { endOfTurn } from '../tool-turn.js';
import { valueAt } from '../value-at.js';
import { AnthropicTurn, toToolOptions, toTurns } from './anthropic-tools.js';

/** Anthropic's Messages API, through its package: https://platform.claude.com/docs/en/api/messages */
export const anthropic = defineChatProvider({
  id: 'ANTHROPIC',
  kind: 'CHAT',
  displayName: 'Anthropic',
  description: "Anthropic's Claude models, through its Messages API.",
  environment: {
    apiKey: 'ANTHROPIC_API_KEY',
    endpoints: {
      api: { variable: 'ANTHROPIC_BASE_URL', default: 'https://api.anthropic.com', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'ANTHROPIC_DEFAULT_MODEL', default: 'claude-haiku-5-5' },
  },
  keyPrefixes: { public: ['sk-ant-api03-', 'sk-ant-'], unmistakable: ['sk-ant-'] },
  createAdapter: (settings, http) => new AnthropicAdapter(settings, http),
});

/** The version whose events are read here; pinned, for an environment variable of the package could change it. */
const API_VERSION = '2026-10-21';

/** The API wants a limit with each request. Every current model allows this one. */
const DEFAULT_MAX_TOKENS = 16_384;

/** Models before 4.6 think within a number of tokens; later ones take an effort, and refuse the number. */
const THINKS_WITHIN_A_BUDGET = /^claude-(3|(opus|sonnet|haiku)-4(-[0-5])?(-\d{8})?$)/;
const MIN_BUDGET_TOKENS = 1024;
const budgets: Readonly<Record<ReasoningEffort, number>> = { LOW: 2048, MEDIUM: 6144, HIGH: 12_288 };
const efforts = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;

/** Kinds of failure that the API tells by nothing but a sentence in a 400. The sentence is looked at and let go. */
const tellingMessages: TellingTexts<string> = [
  [/\bcredit balance is too low\b/i, 'billing_error'],
  [/\breached your specified API usage limits\b/i, 'billing_error'],
  [/\borganization has been disabled\b/i, 'organization_on_hold'],
];

const failures: FailureTable = {
  codes: {
    authentication_error: 'keyRejected',
    permission_error: 'keyRejected',
    organization_on_hold: 'keyRejected',
    billing_error: 'keyExhausted',
    contract_spend_limit_reached: 'keyExhausted',
    enforced_spend_limit_reached: 'keyExhausted',
    linked_organization_spend_limit_reached: 'keyExhausted',
    linked_organization_billing_unavailable: 'keyExhausted',
    not_found_error: 'unknownModel',
    rate_limit_error: 'rateLimited',
    invalid_request_error: 'badRequest',
    request_too_large: 'badRequest',
    timeout_error: 'timeout',
    api_error: 'unavailable',
    overloaded_error: 'unavailable',
    forbidden: 'notServedHere',
  },
};

const inputs: TellingTexts<InputName> = [
  [/\btemperature\b/, 'temperature'],
  [/\bmax_tokens\b/, 'maxOutputTokens'],
  [/\b(thinking|effort|output_config)\b/, 'reasoningEffort'],
  [/\b(tools|tool_choice)\b/, 'webSearch'],
  [/\b(messages|system|prompt)\b/, 'messages'],
  [/\bmodel\b/, 'model'],
];

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'STOP',
  stop_sequence: 'STOP',
  tool_use: 'STOP',
  max_tokens: 'LENGTH',
  model_context_window_exceeded: 'LENGTH',
  refusal: 'CONTENT_FILTER',
};

class AnthropicAdapter implements ChatAdapter {
  #client: Promise<Anthropic> | null = null;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly http: OutboundHttp,
  ) {}

  async *stream(request: ChatRequest, key: Secret, signal: AbortSignal): AsyncGenerator<ChatPart, void> {
    try {
      signal.throwIfAborted();
      const events = await this.#open(request, key, signal);
      const turn = request.tools ? new AnthropicTurn() : null;
      const tokens = new TokenCounter();
      let reason: FinishReason = 'OTHER';
      for await (const event of events) {
        turn?.add(event);
        if (event.type === 'content_block_delta') {
          const part = toDelta(event.delta);
          if (part) yield part;
        } else if (event.type === 'message_start') {
          for (const part of tokens.add(event.message.usage)) yield part;
        } else if (event.type === 'message_delta') {
          reason = finishReasons[event.delta.stop_reason ?? ''] ?? 'OTHER';
          for (const part of tokens.add(event.usage)) yield part;
        } else if (event.type === 'message_stop') {
          events.complete();
          for (const part of endOfTurn(reason, turn)) yield part;
          return;
        }
      }
      throw new ProviderTruncatedError();
    } catch (error) {
      throw adapterFailure(error, signal, toFailure);
    }
  }

  async #open(
    request: ChatRequest,
    key: Secret,
    signal: AbortSignal,
  ): Promise<ClosingStream<RawMessageStreamEvent>> {
    const client = await (this.#client ??= this.#makeClient());
    // Not `messages.create`: it writes warnings about models to the console, past every log level.
    const response = await client.post<Stream<RawMessageStreamEvent>>('/v1/messages', {
      body: toBody(request),
      headers: requestHeaders({
        authorization: `Bearer ${key.reveal()}`,
        'anthropic-version': API_VERSION,
      }),
      stream: true,
      signal,
    });
    return new ClosingStream(response, signal, () => response.controller.abort());
  }

  async #makeClient(): Promise<Anthropic> {
    const { default: Client } = await import('@anthropic-ai/sdk');
    return new Client({
      ...packageClient,
      baseURL: this.settings.endpoints.api,
      fetch: this.http.fetchWith(this.settings, fetchLimits(['authorization', 'anthropic-version'])),
      authToken: null,
      webhookKey: null,
      openTelemetry: false,
    });
  }
}

function toBody(request: ChatRequest): MessageCreateParamsStreaming {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools } = request;
  // The API takes instructions beside the conversation: those from the middle of it join the first ones.
  const system = messages.filter(({ role, content }) => role === 'SYSTEM' && content !== '');
  const turns = messages.filter(({ role }) => role !== 'SYSTEM');
  return {
    model,
    max_tokens: maxOutputTokens ?? DEFAULT_MAX_TOKENS,
    messages: [
      ...turns.map(
        ({ role, content }) => ({ role: role === 'USER' ? 'user' : 'assistant', content }) as const,
      ),
      ...(tools?.steps ?? []).flatMap(toTurns),
    ],
    stream: true,
    ...(system.length > 0 && { system: system.map(({ content }) => content).join('\n\n') }),
    ...(temperature !== undefined && { temperature }),
    ...(reasoningEffort && toThinking(request, reasoningEffort)),
    ...(tools && toToolOptions(tools)),
  };
}

function toThinking(
  { model, maxOutputTokens = DEFAULT_MAX_TOKENS }: ChatRequest,
  effort: ReasoningEffort,
): Pick<MessageCreateParamsStreaming, 'thinking' | 'output_config'> {
  if (!THINKS_WITHIN_A_BUDGET.test(model)) {
    return {
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: efforts[effort] },
    };
  }
  // The budget counts towards `max_tokens` and must stay below it.
  const budget = Math.max(MIN_BUDGET_TOKENS, Math.min(budgets[effort], maxOutputTokens - 1));
  const thinking: ThinkingConfigParam = { type: 'enabled', budget_tokens: budget };
  return { thinking };
}

function toDelta(delta: unknown): ChatPart | null {
  return textPart('text', valueAt(delta, 'text')) ?? textPart('reasoning', valueAt(delta, 'thinking'));
}

/** The counts of a message that are read. */
const counts = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens_details',
] as const;

/** Totals of a message. Its last event repeats the input's tokens, or leaves them out. */
class TokenCounter {
  readonly #seen: Partial<Record<(typeof counts)[number], unknown>> = {};

  add(usage: unknown): ChatPart[] {
    for (const name of counts) this.#seen[name] = valueAt(usage, name) ?? this.#seen[name];
    const { input_tokens: input, output_tokens: output } = this.#seen;
    const cached = Number(this.#seen.cache_read_input_tokens ?? 0);
    const written = Number(this.#seen.cache_creation_input_tokens ?? 0);
    return usageParts({
      // The API counts what it reads from and writes to its cache apart.
      input: Number(input) + cached + written,
      output,
      reasoning: valueAt(this.#seen.output_tokens_details, 'thinking_tokens'),
      cachedInput: this.#seen.cache_read_input_tokens,
    });
  }
}

/** @param failure an error of the package; its `error` is the API's body */
function toFailure(failure: unknown): UpstreamError {
  const error = valueAt(failure, 'error', 'error');
  const message = valueAt(error, 'message');
  return toUpstreamError(
    {
      ...answerOf(failure),
      codes: [
        meaningOf([message], tellingMessages),
        valueAt(error, 'details', 'error_code'),
        valueAt(error, 'type'),
      ],
      parameter: meaningOf([message], inputs),
    },
    failures,
  );
}
