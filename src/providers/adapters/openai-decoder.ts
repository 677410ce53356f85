import { parseJson } from '../../outbound/read-json.js';
import type { ServerSentEvent } from '../../outbound/server-sent-event-parser.js';
import { ProviderTruncatedError } from '../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, FinishReason } from '../contract.js';
import { textParts } from '../text-part.js';
import { usageParts } from '../token-usage.js';
import { endOfTurn } from '../tool-turn.js';
import { valueAt } from '../value-at.js';
import { toFailure } from './openai-failures.js';
import { OpenAiTurn } from './openai-tools.js';

const incompleteReasons: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'LENGTH',
  content_filter: 'CONTENT_FILTER',
};

const closingTypes = new Set<unknown>(['response.completed', 'response.incomplete', 'response.failed']);

const deltas: ReadonlyMap<unknown, 'text' | 'reasoning'> = new Map([
  ['response.output_text.delta', 'text'],
  ['response.refusal.delta', 'text'],
  ['response.reasoning_summary_text.delta', 'reasoning'],
  ['response.reasoning_text.delta', 'reasoning'],
]);

/** What some gateways end a stream with. It is no JSON. */
const END_OF_STREAM = '[DONE]';

export class OpenAiDecoder implements ChatDecoder {
  readonly mayEnd = false;
  readonly #turn: OpenAiTurn | null;
  #isRefused = false;

  constructor(request: ChatRequest) {
    this.#turn = request.tools ? new OpenAiTurn() : null;
  }

  push({ data }: ServerSentEvent): readonly ChatPart[] {
    if (data === END_OF_STREAM) return [];
    const event = parseJson(data);
    const type = valueAt(event, 'type');
    const error = valueAt(event, 'error');
    if (error || type === 'error') throw toFailure(error ?? event, null, null);
    this.#turn?.add(event);
    this.#isRefused ||= type === 'response.refusal.delta';
    return closingTypes.has(type) ? this.#close(type, valueAt(event, 'response')) : toDeltas(event, type);
  }

  end(): never {
    throw new ProviderTruncatedError();
  }

  #close(type: unknown, response: unknown): ChatPart[] {
    if (type === 'response.failed') throw toFailure(valueAt(response, 'error'), null, null);
    const reason = this.#isRefused ? 'CONTENT_FILTER' : finishReasonOf(type, response);
    return [...usageOf(valueAt(response, 'usage')), ...endOfTurn(reason, this.#turn)];
  }
}

function toDeltas(event: unknown, type: unknown): ChatPart[] {
  const kind = deltas.get(type);
  if (kind) return textParts(kind, valueAt(event, 'delta'));
  const beginsParagraph =
    type === 'response.reasoning_summary_part.added' && Number(valueAt(event, 'summary_index')) > 0;
  return beginsParagraph ? textParts('reasoning', '\n\n') : [];
}

function finishReasonOf(type: unknown, response: unknown): FinishReason {
  if (type === 'response.completed') return 'STOP';
  const reason = valueAt(response, 'incomplete_details', 'reason');
  return (typeof reason === 'string' && incompleteReasons[reason]) || 'OTHER';
}

function usageOf(usage: unknown): ChatPart[] {
  return usageParts({
    input: valueAt(usage, 'input_tokens'),
    output: valueAt(usage, 'output_tokens'),
    reasoning: valueAt(usage, 'output_tokens_details', 'reasoning_tokens'),
    cachedInput: valueAt(usage, 'input_tokens_details', 'cached_tokens'),
  });
}
