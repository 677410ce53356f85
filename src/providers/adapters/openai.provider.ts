import type OpenAI from 'openai';
import type {
  ResponseCompletedEvent,
  ResponseCreateParamsStreaming,
  ResponseFailedEvent,
  ResponseIncompleteEvent,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses';
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
} from '../contract.js';
import { fetchLimits, packageClient, requestHeaders } from '../package-client.js';
import { meaningOf, type InputName, type TellingTexts } from '../telling-texts.js';
import { textPart } from '../text-part.js';
import { usageParts } from '../token-usage.js';
import { endOfTurn } from '../tool-turn.js';
import { valueAt } from '../value-at.js';
import { OpenAiTurn, toItems, toToolOptions } from './openai-tools.js';

/** OpenAI's Responses API, through its package: https://platform.openai.com/docs/api-reference/responses */
export const openai = defineChatProvider({
  id: 'OPENAI',
  kind: 'CHAT',
  displayName: 'OpenAI',
  description: "OpenAI's models, through its Responses API.",
  environment: {
    apiKey: 'OPENAI_API_KEY',
    endpoints: {
      api: { variable: 'OPENAI_BASE_URL', default: 'https://api.openai.com', acceptedSuffix: '/v1' },
    },
    defaultModel: { variable: 'OPENAI_DEFAULT_MODEL', default: 'gpt-5.4-mini' },
  },
  keyPrefixes: {
    public: ['sk-proj-', 'sk-svcacct-', 'sk-'],
    unmistakable: ['sk-proj-', 'sk-svcacct-'],
  },
  createAdapter: (settings, http) => new OpenAiAdapter(settings, http),
});

const roles = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const;
const efforts = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;

const failures: FailureTable = {
  codes: {
    invalid_api_key: 'keyRejected',
    account_deactivated: 'keyRejected',
    insufficient_quota: 'keyExhausted',
    billing_hard_limit_reached: 'keyExhausted',
    billing_not_active: 'keyExhausted',
    model_not_found: 'unknownModel',
    rate_limit_exceeded: 'rateLimited',
    unsupported_country_region_territory: 'notServedHere',
    context_length_exceeded: 'badRequest',
    invalid_prompt: 'badRequest',
    bio_policy: 'badRequest',
    data_residency_mismatch: 'badRequest',
    server_error: 'unavailable',
  },
};

/** Inside a stream no status says whose fault it is: there the error's type does, where its code is unknown. */
const streamFailures: FailureTable = { codes: { ...failures.codes, invalid_request_error: 'badRequest' } };

const inputs: TellingTexts<InputName> = [
  [/^temperature\b/, 'temperature'],
  [/^max_output_tokens\b/, 'maxOutputTokens'],
  [/^reasoning\b/, 'reasoningEffort'],
  [/^(tools|tool_choice|include)\b/, 'webSearch'],
  [/^model\b/, 'model'],
  [/^(input|instructions)\b/, 'messages'],
];

const incompleteReasons: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'LENGTH',
  content_filter: 'CONTENT_FILTER',
};

class OpenAiAdapter implements ChatAdapter {
  #client: Promise<OpenAI> | null = null;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly http: OutboundHttp,
  ) {}

  async *stream(request: ChatRequest, key: Secret, signal: AbortSignal): AsyncGenerator<ChatPart, void> {
    try {
      signal.throwIfAborted();
      const events = await this.#open(request, key, signal);
      const turn = request.tools ? new OpenAiTurn() : null;
      let isRefused = false;
      for await (const event of events) {
        const part = toDelta(event);
        if (part) yield part;
        turn?.add(event);
        isRefused ||= event.type === 'response.refusal.delta';
        if (event.type === 'error') throw toFailure(event);
        if (!isClosing(event)) continue;
        events.complete();
        for (const part of usageOf(event.response.usage)) yield part;
        if (event.type === 'response.failed') throw toFailure(event.response.error);
        const reason = isRefused ? 'CONTENT_FILTER' : finishReasonOf(event);
        for (const part of endOfTurn(reason, turn)) yield part;
        return;
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
  ): Promise<ClosingStream<ResponseStreamEvent>> {
    const client = await (this.#client ??= this.#makeClient());
    const headers = requestHeaders({ authorization: `Bearer ${key.reveal()}` });
    const response = await client.responses.create(toBody(request), { headers, signal });
    return new ClosingStream(response, signal, () => response.controller.abort());
  }

  async #makeClient(): Promise<OpenAI> {
    const { default: Client } = await import('openai');
    return new Client({
      ...packageClient,
      baseURL: `${this.settings.endpoints.api}/v1`,
      fetch: this.http.fetchWith(this.settings, fetchLimits(['authorization'])),
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
    });
  }
}

function toBody(request: ChatRequest): ResponseCreateParamsStreaming {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools } = request;
  return {
    model,
    input: [
      ...messages.map(({ role, content }) => ({ role: roles[role], content })),
      ...(tools?.steps ?? []).flatMap(toItems),
    ],
    stream: true,
    store: false,
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
    ...(reasoningEffort && { reasoning: { effort: efforts[reasoningEffort], summary: 'auto' } }),
    ...(tools && toToolOptions(model, tools)),
  };
}

type ClosingEvent = ResponseCompletedEvent | ResponseIncompleteEvent | ResponseFailedEvent;

const closingTypes = new Set<string>(['response.completed', 'response.incomplete', 'response.failed']);

const isClosing = (event: ResponseStreamEvent): event is ClosingEvent => closingTypes.has(event.type);

const deltas: ReadonlyMap<string, 'text' | 'reasoning'> = new Map([
  ['response.output_text.delta', 'text'],
  ['response.refusal.delta', 'text'],
  ['response.reasoning_summary_text.delta', 'reasoning'],
  ['response.reasoning_text.delta', 'reasoning'],
]);

function toDelta(event: ResponseStreamEvent): ChatPart | null {
  const type = deltas.get(event.type);
  if (type && 'delta' in event) return textPart(type, event.delta);
  const beginsParagraph = event.type === 'response.reasoning_summary_part.added' && event.summary_index > 0;
  return beginsParagraph ? textPart('reasoning', '\n\n') : null;
}

function finishReasonOf({ type, response }: ClosingEvent): FinishReason {
  if (type === 'response.completed') return 'STOP';
  return incompleteReasons[response.incomplete_details?.reason ?? ''] ?? 'OTHER';
}

function usageOf(usage: ResponseUsage | undefined): ChatPart[] {
  return usageParts({
    input: valueAt(usage, 'input_tokens'),
    output: valueAt(usage, 'output_tokens'),
    reasoning: valueAt(usage, 'output_tokens_details', 'reasoning_tokens'),
    cachedInput: valueAt(usage, 'input_tokens_details', 'cached_tokens'),
  });
}

/** @param failure an error of the package, or what the API says of itself inside a stream */
function toFailure(failure: unknown): UpstreamError {
  const answer = answerOf(failure);
  return toUpstreamError(
    {
      ...answer,
      codes: [valueAt(failure, 'code'), valueAt(failure, 'type')],
      parameter: meaningOf([valueAt(failure, 'param')], inputs),
    },
    answer.status === null ? streamFailures : failures,
  );
}
