import { parseJson } from '../../outbound/read-json.js';
import type { ServerSentEvent } from '../../outbound/server-sent-event-parser.js';
import { ProviderTruncatedError } from '../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, ChatTools, FinishReason } from '../contract.js';
import { textParts } from '../text-part.js';
import { usageParts } from '../token-usage.js';
import { endOfTurn } from '../tool-turn.js';
import { listAt, valueAt } from '../value-at.js';
import { toFailure } from './google-failures.js';
import { GoogleTurn, insistsOnCall } from './google-tools.js';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'STOP',
  MAX_TOKENS: 'LENGTH',
  SAFETY: 'CONTENT_FILTER',
  RECITATION: 'CONTENT_FILTER',
  BLOCKLIST: 'CONTENT_FILTER',
  PROHIBITED_CONTENT: 'CONTENT_FILTER',
  SPII: 'CONTENT_FILTER',
};

export class GoogleDecoder implements ChatDecoder {
  readonly #turn: GoogleTurn | null;
  readonly #tools: ChatTools | undefined;
  #reason: FinishReason | null = null;

  constructor({ tools }: ChatRequest) {
    this.#tools = tools;
    this.#turn = tools ? new GoogleTurn() : null;
  }

  get mayEnd(): boolean {
    return this.#reason !== null;
  }

  push({ data }: ServerSentEvent): readonly ChatPart[] {
    const answer = parseJson(data);
    const error = valueAt(answer, 'error');
    if (error !== undefined) throw toFailure(error, null, null);
    this.#turn?.add(answer);
    this.#reason = finishReasonOf(answer, this.#tools) ?? this.#reason;
    return [...deltasOf(answer), ...usageOf(answer)];
  }

  end(): readonly ChatPart[] {
    if (this.#reason === null) throw new ProviderTruncatedError();
    return endOfTurn(this.#reason, this.#turn);
  }
}

function deltasOf(answer: unknown): ChatPart[] {
  return listAt(answer, 'candidates', '0', 'content', 'parts').flatMap((part) =>
    textParts(valueAt(part, 'thought') === true ? 'reasoning' : 'text', valueAt(part, 'text')),
  );
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
