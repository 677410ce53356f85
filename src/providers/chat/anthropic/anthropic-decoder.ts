import type { ServerSentEvent } from '../../../outbound/server-sent-event-parser.js';
import { ProviderTruncatedError } from '../../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, FinishReason } from '../contract.js';
import { dataOf, typeOf } from '../event-data.js';
import { textParts } from '../text-part.js';
import { errorIn } from '../reported-error.js';
import { endOfTurn } from '../tool-turn.js';
import { indexAt, listAt, valueAt } from '../value-at.js';
import { toFailure } from './anthropic-failures.js';
import { ForcedAnswer, isForced } from './anthropic-schemas.js';
import { AnthropicTurn } from './anthropic-tools.js';
import { TokenCounter } from './anthropic-usage.js';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'STOP'],
  ['stop_sequence', 'STOP'],
  ['tool_use', 'STOP'],
  ['max_tokens', 'LENGTH'],
  ['model_context_window_exceeded', 'LENGTH'],
  ['refusal', 'CONTENT_FILTER'],
]);

/**
 * The events of the Messages API: https://platform.claude.com/docs/en/build-with-claude/streaming
 *
 * | What      | Where it may stand                                                                                    |
 * | --------- | ----------------------------------------------------------------------------------------------------- |
 * | the end   | `message_stop`, or `error`. A body that ends without them is PROVIDER_TRUNCATED.                      |
 * | reason    | `stop_reason` of `message_delta`, of which several may come, or of `message_start`; the last that is  |
 * |           | one counts. Without any it is OTHER.                                                                  |
 * | text,     | the block that `content_block_start` opens, which mostly is empty, and each `content_block_delta`     |
 * | reasoning | after it. What `message_start` holds, which by the document is nothing, is a beginning like any, but  |
 * |           | where the same block is opened later.                                                                 |
 * | answer    | of a model that has to call a tool for it: the input of the call                                      |
 * | calls     | `tool_use` blocks; their input in `input_json_delta`, or whole in the block that is opened            |
 * | usage     | `message_start` and each `message_delta`. Each count may be missing or null: its last one counts.     |
 *
 * Another `message_start` begins the message anew: gateways send it twice, and splice a second try to a first. `ping` and
 * unknown events may stand anywhere.
 */
export class AnthropicDecoder implements ChatDecoder {
  readonly mayEnd = false;
  readonly #turn: AnthropicTurn | null;
  /** Null where the answer is the model's text. */
  readonly #forced: ForcedAnswer | null;
  readonly #tokens = new TokenCounter();
  /** Blocks that the message began with and that were not opened yet, by their index. */
  #held = new Map<number | undefined, unknown>();
  #reason: FinishReason = 'OTHER';

  constructor(request: ChatRequest) {
    this.#turn = request.tools ? new AnthropicTurn() : null;
    this.#forced = request.responseSchema && isForced(request.model) ? new ForcedAnswer() : null;
  }

  get isRefused(): boolean {
    return this.#reason === 'CONTENT_FILTER';
  }

  *push(event: ServerSentEvent): Generator<ChatPart, void> {
    const data = dataOf(event);
    const error = errorIn(data, event.type);
    if (error) throw toFailure(error, null, null);
    const index = indexAt(data, 'index');
    switch (typeOf(event, data)) {
      case 'message_start':
        this.#turn?.restart();
        this.#held = new Map(listAt(data, 'message', 'content').entries());
        this.#readReason(valueAt(data, 'message'));
        yield* this.#tokens.add(valueAt(data, 'message', 'usage'));
        break;
      case 'content_block_start':
        this.#held.delete(index);
        yield* this.#open(index, valueAt(data, 'content_block'));
        break;
      case 'content_block_delta':
        this.#turn?.continue(index, valueAt(data, 'delta'));
        yield* this.#toParts(valueAt(data, 'delta'));
        break;
      case 'message_delta':
        this.#readReason(valueAt(data, 'delta'));
        yield* this.#tokens.add(valueAt(data, 'usage'));
        break;
      case 'message_stop':
        yield* this.#release(Infinity);
        if (this.#forced) yield* textParts('text', this.#forced.end());
        yield* endOfTurn(this.#reason, this.#turn);
        break;
    }
  }

  end(): never {
    throw new ProviderTruncatedError();
  }

  *#open(index: number | undefined, block: unknown): Generator<ChatPart, void> {
    yield* this.#release(Number(index));
    this.#turn?.begin(index, block);
    yield* this.#toParts(block);
  }

  /** Releases the blocks that were held and stand before an index. */
  *#release(before: number): Generator<ChatPart, void> {
    for (const [index, block] of this.#held) {
      if (Number(index) >= before) return;
      this.#held.delete(index);
      this.#turn?.begin(index, block);
      yield* this.#toParts(block);
    }
  }

  /** @param piece a block as far as it goes, or a delta of one */
  #toParts(piece: unknown): ChatPart[] {
    return [...toParts(piece), ...(this.#forced ? textParts('text', this.#forced.textIn(piece)) : [])];
  }

  #readReason(delta: unknown): void {
    const reason = valueAt(delta, 'stop_reason');
    if (typeof reason === 'string') this.#reason = finishReasons.get(reason) ?? 'OTHER';
  }
}

function toParts(piece: unknown): ChatPart[] {
  return [
    ...textParts('text', valueAt(piece, 'text')),
    ...textParts('reasoning', valueAt(piece, 'thinking')),
  ];
}
