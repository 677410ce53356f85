import { parseJson } from '../../outbound/read-json.js';
import type { ServerSentEvent } from '../../outbound/server-sent-event-parser.js';
import { ProviderTruncatedError } from '../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, FinishReason } from '../contract.js';
import { textParts } from '../text-part.js';
import { endOfTurn } from '../tool-turn.js';
import { valueAt } from '../value-at.js';
import { toFailure } from './anthropic-failures.js';
import { AnthropicTurn } from './anthropic-tools.js';
import { TokenCounter } from './anthropic-usage.js';

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'STOP',
  stop_sequence: 'STOP',
  tool_use: 'STOP',
  max_tokens: 'LENGTH',
  model_context_window_exceeded: 'LENGTH',
  refusal: 'CONTENT_FILTER',
};

export class AnthropicDecoder implements ChatDecoder {
  readonly mayEnd = false;
  readonly #turn: AnthropicTurn | null;
  readonly #tokens = new TokenCounter();
  #reason: FinishReason = 'OTHER';

  constructor(request: ChatRequest) {
    this.#turn = request.tools ? new AnthropicTurn() : null;
  }

  push({ data }: ServerSentEvent): readonly ChatPart[] {
    const event = parseJson(data);
    this.#turn?.add(event);
    switch (valueAt(event, 'type')) {
      case 'error':
        throw toFailure(valueAt(event, 'error'), null, null);
      case 'message_start':
        return this.#tokens.add(valueAt(event, 'message', 'usage'));
      case 'content_block_delta':
        return toDelta(valueAt(event, 'delta'));
      case 'message_delta':
        this.#reason = finishReasons[valueAt(event, 'delta', 'stop_reason') as string] ?? 'OTHER';
        return this.#tokens.add(valueAt(event, 'usage'));
      case 'message_stop':
        return endOfTurn(this.#reason, this.#turn);
      default:
        return [];
    }
  }

  end(): never {
    throw new ProviderTruncatedError();
  }
}

function toDelta(delta: unknown): ChatPart[] {
  return [
    ...textParts('text', valueAt(delta, 'text')),
    ...textParts('reasoning', valueAt(delta, 'thinking')),
  ];
}
