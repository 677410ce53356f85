import { isJsonObject } from '../../../common/is-json-object.js';
import type { ServerSentEvent } from '../../../outbound/server-sent-event-parser.js';
import { ProviderTruncatedError } from '../../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, FinishReason } from '../contract.js';
import { dataOf, typeOf } from '../event-data.js';
import { errorIn } from '../reported-error.js';
import { LastCounts, usageParts } from '../token-usage.js';
import { endOfTurn } from '../tool-turn.js';
import { listAt, valueAt } from '../value-at.js';
import { toFailure } from './openai-failures.js';
import { OpenAiTexts } from './openai-texts.js';
import { OpenAiTurn } from './openai-tools.js';

const incompleteReasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['max_output_tokens', 'LENGTH'],
  ['content_filter', 'CONTENT_FILTER'],
]);

/** The later ones are the worse ones. */
const statuses = ['completed', 'incomplete', 'cancelled', 'failed'] as const;
type Status = (typeof statuses)[number];

/** Events that close an answer, and how it stands then where its `status` does not say worse. */
const closings: ReadonlyMap<unknown, Status> = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.failed', 'failed'],
]);

/**
 * The events of the Responses API: https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * | What       | Where it may stand                                                                                   |
 * | ---------- | ---------------------------------------------------------------------------------------------------- |
 * | the end    | the first of `response.completed`, `.incomplete`, `.failed` and `error`. Of the event's name and the  |
 * |            | `status` in it the worse one counts: gateways send `response.completed` for what was cut or failed.  |
 * |            | `incomplete_details` is a cut, too. Cancelled is PROVIDER_TRUNCATED, and so is a body that ends      |
 * |            | without any of them; `[DONE]` says nothing.                                                          |
 * | text       | `response.output_text.delta`, or only in `.done`, in the part that `response.content_part.added` or  |
 * |            | `.done` has, in the item of `response.output_item.added` or `.done`, or in the answer that closes    |
 * | a refusal  | `response.refusal.delta`, and in the same places: text, and the reason is CONTENT_FILTER             |
 * | reasoning  | `response.reasoning_summary_text.delta`, `response.reasoning_text.delta`, and in the same places     |
 * | calls      | `response.output_item.done`, their arguments also in `response.function_call_arguments.delta` and    |
 * |            | `.done`, or only in the answer that closes                                                           |
 * | usage      | any event with a `response`; mostly the one that closes. It may be missing, null, or partly null.    |
 *
 * All else may be missing: indices (then there is one item, or one part), `output`, `status`, and any event but the last.
 */
export class OpenAiDecoder implements ChatDecoder {
  readonly mayEnd = false;
  readonly #texts = new OpenAiTexts();
  readonly #turn: OpenAiTurn | null;
  readonly #tokens = new OpenAiTokens();

  constructor(request: ChatRequest) {
    this.#turn = request.tools ? new OpenAiTurn() : null;
  }

  get isRefused(): boolean {
    return this.#texts.isRefused;
  }

  push(event: ServerSentEvent): Iterable<ChatPart> {
    const data = dataOf(event);
    const type = typeOf(event, data);
    const error = errorIn(data, event.type);
    if (error) throw toFailure(error, null, null);
    const response = valueAt(data, 'response');
    const closing = closings.get(type);
    // Nearly every event is a piece of a text, and no more.
    const isText = response === undefined && !closing && !this.#turn;
    return isText ? this.#texts.push(data, type) : this.#partsIn(data, type, response, closing);
  }

  *#partsIn(
    data: unknown,
    type: unknown,
    response: unknown,
    closing: Status | undefined,
  ): Generator<ChatPart, void> {
    yield* closing ? this.#texts.close(listAt(response, 'output')) : this.#texts.push(data, type);
    this.#turn?.add(data, type);
    // Also of an answer that failed: it was paid for.
    yield* this.#tokens.add(valueAt(response, 'usage'));
    if (closing) yield* this.#close(response, closing);
  }

  end(): never {
    throw new ProviderTruncatedError();
  }

  #close(response: unknown, named: Status): ChatPart[] {
    const status = worseOf(named, response);
    if (status === 'failed') throw toFailure(valueAt(response, 'error'), null, null);
    if (status === 'cancelled') throw new ProviderTruncatedError();
    this.#turn?.complete(listAt(response, 'output'));
    const reason = status === 'completed' ? 'STOP' : reasonOf(response);
    return endOfTurn(this.#texts.isRefused ? 'CONTENT_FILTER' : reason, this.#turn);
  }
}

function worseOf(named: Status, response: unknown): Status {
  const reported = statuses.indexOf(valueAt(response, 'status') as Status);
  const cut = statuses.indexOf(
    isJsonObject(valueAt(response, 'incomplete_details')) ? 'incomplete' : 'completed',
  );
  return statuses[Math.max(statuses.indexOf(named), reported, cut)] ?? named;
}

function reasonOf(response: unknown): FinishReason {
  return incompleteReasons.get(valueAt(response, 'incomplete_details', 'reason')) ?? 'OTHER';
}

/** The last value of each count: what a later event leaves out, or gives as null, stays as it was. */
class OpenAiTokens {
  readonly #counts = new LastCounts([
    'input_tokens',
    'output_tokens',
    'output_tokens_details',
    'input_tokens_details',
  ]);

  add(usage: unknown): ChatPart[] {
    if (!this.#counts.add(usage)) return [];
    const details = this.#counts.get('input_tokens_details');
    return usageParts({
      input: this.#counts.get('input_tokens'),
      output: this.#counts.get('output_tokens'),
      reasoning: valueAt(this.#counts.get('output_tokens_details'), 'reasoning_tokens'),
      cachedInput: valueAt(details, 'cached_tokens'),
      cacheWriteInput: valueAt(details, 'cache_write_tokens'),
    });
  }
}
