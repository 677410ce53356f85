import type { Content, GenerateContentRequest, GenerationConfig } from '@google/generative-ai';
import type { ProviderSettings } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import type { OutboundHttp, OutboundResponse } from '../../outbound/outbound-http.js';
import { parseJson, readJson } from '../../outbound/read-json.js';
import { retryAfterMs, secondsToRetryAfterMs } from '../../outbound/retry-after.js';
import {
  ProviderTruncatedError,
  ProviderUnavailableError,
  type UpstreamError,
} from '../../outbound/upstream-error.js';
import { toUpstreamError, type FailureTable } from '../../outbound/upstream-failure.js';
import { adapterFailure } from '../adapter-failure.js';
import { ClosingStream } from '../closing-stream.js';
import {
  defineChatProvider,
  type ChatAdapter,
  type ChatPart,
  type ChatRequest,
  type ChatTools,
  type FinishReason,
  type ReasoningEffort,
  type ToolStep,
} from '../contract.js';
import { MAX_EVENT_BYTES, requestHeaders } from '../package-client.js';
import { readServerSentEvents } from '../server-sent-events.js';
import { meaningOf, type InputName, type TellingTexts } from '../telling-texts.js';
import { textPart } from '../text-part.js';
import { usageParts } from '../token-usage.js';
import { endOfTurn } from '../tool-turn.js';
import { listAt, valueAt } from '../value-at.js';
import { GoogleTurn, insistsOnCall, toToolOptions, toTurns, type ToolOptions } from './google-tools.js';

/**
 * Google's Gemini API: https://ai.google.dev/api/generate-content. The package brings the types; it does not keep
 * this server's rules for streams (docs/adr/0005-streams-of-the-providers.md), so the stream is read here.
 */
export const google = defineChatProvider({
  id: 'GOOGLE',
  kind: 'CHAT',
  displayName: 'Google',
  description: "Google's Gemini models, through the Gemini API.",
  environment: {
    apiKey: 'GOOGLE_GENERATIVE_AI_API_KEY',
    endpoints: {
      api: {
        variable: 'GOOGLE_BASE_URL',
        default: 'https://generativelanguage.googleapis.com',
        acceptedSuffix: '/v1beta',
      },
    },
    defaultModel: { variable: 'GOOGLE_DEFAULT_MODEL', default: 'gemini-3.1-flash-lite' },
  },
  keyPrefixes: { public: ['AIza'], unmistakable: ['AIza'] },
  createAdapter: (settings, http) => new GoogleAdapter(settings, http),
});

const MAX_ERROR_BYTES = 65_536;

/** Models of the second generation think within a number of tokens; later ones take a level, and refuse the number. */
const THINKS_WITHIN_A_BUDGET = /^gemini-2\b/;
const budgets: Readonly<Record<ReasoningEffort, number>> = { LOW: 1024, MEDIUM: 8192, HIGH: 24_576 };
const levels = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;

/** Kinds of failure that the API tells by nothing but a sentence or a name. They are looked at and let go. */
const tellingTexts: TellingTexts<string> = [
  [/\bAPI key (not valid|not found|expired)\b/i, 'API_KEY_INVALID'],
  [/\bprepayment credits are depleted\b/i, 'BILLING_DISABLED'],
  [/PerDay/, 'DAY_QUOTA_EXCEEDED'],
];

const failures: FailureTable = {
  codes: {
    API_KEY_INVALID: 'keyRejected',
    UNAUTHENTICATED: 'keyRejected',
    BILLING_DISABLED: 'keyExhausted',
    DAY_QUOTA_EXCEEDED: 'keyExhausted',
    NOT_FOUND: 'unknownModel',
    RESOURCE_EXHAUSTED: 'rateLimited',
    PERMISSION_DENIED: 'keyRejected',
    // "User location is not supported": the API has no other use of it here.
    FAILED_PRECONDITION: 'notServedHere',
    INVALID_ARGUMENT: 'badRequest',
    OUT_OF_RANGE: 'badRequest',
    DEADLINE_EXCEEDED: 'timeout',
    INTERNAL: 'unavailable',
    UNAVAILABLE: 'unavailable',
  },
};

const inputs: TellingTexts<InputName> = [
  [/temperature/i, 'temperature'],
  [/max_?output_?tokens/i, 'maxOutputTokens'],
  [/thinking/i, 'reasoningEffort'],
  [/\btools?\b|\btool_?config\b|\bfunction.?(calling|declarations)\b/i, 'webSearch'],
  [/\b(contents?|system_?instruction|token count)\b/i, 'messages'],
  [/\bmodel\b/i, 'model'],
];

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'STOP',
  MAX_TOKENS: 'LENGTH',
  SAFETY: 'CONTENT_FILTER',
  RECITATION: 'CONTENT_FILTER',
  BLOCKLIST: 'CONTENT_FILTER',
  PROHIBITED_CONTENT: 'CONTENT_FILTER',
  SPII: 'CONTENT_FILTER',
};

class GoogleAdapter implements ChatAdapter {
  constructor(
    private readonly settings: ProviderSettings,
    private readonly http: OutboundHttp,
  ) {}

  async *stream(request: ChatRequest, key: Secret, signal: AbortSignal): AsyncGenerator<ChatPart, void> {
    try {
      const { status, headers, body } = await this.#open(request, key, signal);
      if (status >= 400) throw await toFailure(status, headers, body);
      const texts = readServerSentEvents(body, MAX_EVENT_BYTES);
      const events = new ClosingStream(texts, signal, () => void body.return?.());
      const turn = request.tools ? new GoogleTurn() : null;
      let reason: FinishReason | null = null;
      for await (const text of events) {
        const answer = parseJson(text);
        const error = valueAt(answer, 'error');
        if (error !== undefined) throw errorToFailure(error, statusOf(error), null);
        for (const part of deltasOf(answer)) yield part;
        turn?.add(answer);
        const usage = usageOf(answer);
        for (const part of usage) yield part;
        reason ??= finishReasonOf(answer, request.tools);
        if (reason === null || usage.length === 0) continue;
        events.complete();
        break;
      }
      if (reason === null) throw new ProviderTruncatedError();
      for (const part of endOfTurn(reason, turn)) yield part;
    } catch (error) {
      throw adapterFailure(error, signal, () => new ProviderUnavailableError());
    }
  }

  #open(request: ChatRequest, key: Secret, signal: AbortSignal): Promise<OutboundResponse> {
    const model = encodeURIComponent(request.model.replace(/^models\//, ''));
    return this.http.request({
      method: 'POST',
      url: `${this.settings.endpoints.api}/v1beta/models/${model}:streamGenerateContent?alt=sse`,
      headers: requestHeaders({ 'content-type': 'application/json', 'x-goog-api-key': key.reveal() }),
      body: JSON.stringify(toBody(request)),
      signal,
      firstByteTimeoutMs: this.settings.firstByteTimeoutMs,
      idleTimeoutMs: this.settings.idleTimeoutMs,
    });
  }
}

/** The package's type is older than thinking: https://ai.google.dev/gemini-api/docs/thinking */
interface ThinkingConfig {
  readonly includeThoughts: boolean;
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: (typeof levels)[ReasoningEffort];
}

type Body = Omit<GenerateContentRequest, keyof ToolOptions> & Partial<ToolOptions>;

function toBody(request: ChatRequest): Body {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools } = request;
  const instructions = messages.filter(({ role, content }) => role === 'SYSTEM' && content !== '');
  const generationConfig: GenerationConfig & { thinkingConfig?: ThinkingConfig } = {
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(reasoningEffort && { thinkingConfig: toThinking(model, reasoningEffort) }),
  };
  return {
    contents: toContents(messages, tools?.steps ?? []),
    generationConfig,
    // The API takes instructions beside the conversation: those from the middle of it join the first ones.
    ...(instructions.length > 0 && {
      systemInstruction: { role: 'system', parts: instructions.map(({ content: text }) => ({ text })) },
    }),
    ...(tools && toToolOptions(tools)),
  };
}

/** The API's turns alternate: neighbours with one role become one turn. */
function toContents(messages: ChatRequest['messages'], steps: readonly ToolStep[]): Content[] {
  const said = messages
    .filter(({ role }) => role !== 'SYSTEM')
    .map(({ role, content: text }) => ({ role: role === 'USER' ? 'user' : 'model', parts: [{ text }] }));
  const contents: Content[] = [];
  for (const turn of [...said, ...steps.flatMap(toTurns)]) {
    const last = contents.at(-1);
    if (last?.role === turn.role) last.parts.push(...turn.parts);
    else contents.push(turn);
  }
  return contents;
}

function toThinking(model: string, effort: ReasoningEffort): ThinkingConfig {
  return THINKS_WITHIN_A_BUDGET.test(model)
    ? { includeThoughts: true, thinkingBudget: budgets[effort] }
    : { includeThoughts: true, thinkingLevel: levels[effort] };
}

function deltasOf(answer: unknown): ChatPart[] {
  return listAt(answer, 'candidates', '0', 'content', 'parts').flatMap((part) => {
    const type = valueAt(part, 'thought') === true ? 'reasoning' : 'text';
    return textPart(type, valueAt(part, 'text')) ?? [];
  });
}

function usageOf(answer: unknown): ChatPart[] {
  const usage = valueAt(answer, 'usageMetadata');
  const thoughts = valueAt(usage, 'thoughtsTokenCount');
  return usageParts({
    input: valueAt(usage, 'promptTokenCount'),
    // The API counts thoughts apart; an answer that is all thoughts has no count of candidates.
    output: usage && Number(valueAt(usage, 'candidatesTokenCount') ?? 0) + Number(thoughts ?? 0),
    reasoning: thoughts,
    cachedInput: valueAt(usage, 'cachedContentTokenCount'),
  });
}

function finishReasonOf(answer: unknown, tools: ChatTools | undefined): FinishReason | null {
  if (valueAt(answer, 'promptFeedback', 'blockReason') !== undefined) return 'CONTENT_FILTER';
  const reason = valueAt(answer, 'candidates', '0', 'finishReason');
  if (insistsOnCall(reason, tools)) return 'TOOL_LIMIT';
  return typeof reason === 'string' ? (finishReasons[reason] ?? 'OTHER') : null;
}

async function toFailure(
  status: number,
  headers: Headers,
  body: OutboundResponse['body'],
): Promise<UpstreamError> {
  // The status says enough where the body is cut, too large or no JSON.
  const answer = await readJson(body, MAX_ERROR_BYTES).catch(() => null);
  // Without `alt=sse` understood on the way, an error arrives in a list.
  const error = valueAt(answer, 'error') ?? valueAt(answer, '0', 'error');
  return errorToFailure(error, status, retryAfterMs(headers));
}

/** Rebuilds a `google.rpc.Status`: https://cloud.google.com/apis/design/errors */
function errorToFailure(error: unknown, status: number | null, retryAfter: number | null): UpstreamError {
  const details = listAt(error, 'details');
  const message = valueAt(error, 'message');
  const all = (list: string, field: string): unknown[] =>
    details.flatMap((detail) => listAt(detail, list).map((entry) => valueAt(entry, field)));
  const reasons = details.map((detail) => valueAt(detail, 'reason'));
  const delays = details.map((detail) => delayOf(valueAt(detail, 'retryDelay')));
  return toUpstreamError(
    {
      status,
      codes: [
        ...reasons,
        meaningOf([message, ...all('violations', 'quotaId')], tellingTexts),
        valueAt(error, 'status'),
      ],
      parameter: meaningOf([...all('fieldViolations', 'field'), message], inputs),
      retryAfterMs: retryAfter ?? delays.find((delay) => delay !== null) ?? null,
    },
    failures,
  );
}

/** `"23.5s"`, a `google.protobuf.Duration` in JSON. */
function delayOf(duration: unknown): number | null {
  const seconds = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1] : undefined;
  return seconds === undefined ? null : secondsToRetryAfterMs(Number(seconds));
}

function statusOf(error: unknown): number | null {
  const code = valueAt(error, 'code');
  return typeof code === 'number' ? code : null;
}
