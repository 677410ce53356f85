import { END_OF_STREAM, type ServerSentEvent } from '../../../outbound/server-sent-event-parser.js';
import {
  ProviderDownError,
  ProviderTruncatedError,
  ProviderUnavailableError,
  type UpstreamError,
} from '../../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, FinishReason } from '../contract.js';
import { dataOf } from '../event-data.js';
import { errorIn } from '../reported-error.js';
import { endOfTurn } from '../tool-turn.js';
import { valueAt } from '../value-at.js';
import type { ChatCompletionsTraits } from './chat-completions.js';
import { partsOfDelta } from './chat-completions-delta.js';
import { ChatCompletionsTurn } from './chat-completions-tools.js';
import { ChatCompletionsTokens } from './chat-completions-usage.js';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'STOP'],
  ['tool_calls', 'STOP'],
  ['function_call', 'STOP'],
  ['length', 'LENGTH'],
  ['model_length', 'LENGTH'],
  ['content_filter', 'CONTENT_FILTER'],
]);

/** Reasons that are failures: OpenRouter's and Mistral's, and DeepSeek's where it has no machine left. */
const failedReasons: ReadonlyMap<string, new () => UpstreamError> = new Map([
  ['error', ProviderUnavailableError],
  ['insufficient_system_resource', ProviderDownError],
]);

/**
 * The chunks of Chat Completions: https://platform.openai.com/docs/api-reference/chat-streaming
 *
 * | What      | Where it may stand                                                                                    |
 * | --------- | ----------------------------------------------------------------------------------------------------- |
 * | the end   | `[DONE]`, `error` or `x_groq.error`, or the end of the body where a reason came before: without any   |
 * |           | it is PROVIDER_TRUNCATED. Some servers keep the connection open: a silence after a reason ends it.    |
 * | reason    | `choices[0].finish_reason` of any chunk; the last that is one counts. Without any, [DONE] is OTHER.   |
 * |           | `error` and `insufficient_system_resource` are failures.                                              |
 * | text      | `choices[0].delta.content`, a text or a list of parts (Mistral). Of a server that does not stream,    |
 * |           | `choices[0].message` in its place.                                                                    |
 * | a refusal | `choices[0].delta.refusal`: text, and the reason is CONTENT_FILTER                                    |
 * | reasoning | `choices[0].delta.reasoning_content` or `.reasoning`, of which some send both, or a part `thinking`   |
 * | calls     | `choices[0].delta.tool_calls`, in pieces or whole, with an index or without                           |
 * | usage     | any chunk, also one with choices, in `usage` or in `x_groq.usage`. It may be missing, null, or partly |
 * |           | null: the last value of each count is the one.                                                        |
 *
 * All else may be missing, and comments may stand anywhere: a sign of life, and no more.
 */
export class ChatCompletionsDecoder implements ChatDecoder {
  readonly #turn: ChatCompletionsTurn | null;
  readonly #tokens: ChatCompletionsTokens;
  #reason: FinishReason | null = null;
  #hasRefusal = false;

  constructor(
    request: ChatRequest,
    private readonly traits: Pick<ChatCompletionsTraits, 'sayAgain' | 'toFailure' | 'reportsCost'>,
  ) {
    this.#tokens = new ChatCompletionsTokens(traits.reportsCost === true);
    this.#turn = request.tools ? new ChatCompletionsTurn(traits.sayAgain) : null;
  }

  get mayEnd(): boolean {
    return this.#reason !== null;
  }

  get isRefused(): boolean {
    return this.#hasRefusal || this.#reason === 'CONTENT_FILTER';
  }

  push(event: ServerSentEvent): Iterable<ChatPart> {
    if (event.data.trim() === END_OF_STREAM) return this.#close(this.#reason ?? 'OTHER');
    const data = dataOf(event);
    const groq = valueAt(data, 'x_groq');
    const error = errorIn(data, event.type) ?? (groq === undefined ? undefined : errorIn(groq));
    if (error !== undefined) throw this.traits.toFailure(error, null, null);
    const choice = valueAt(data, 'choices', '0');
    const delta = valueAt(choice, 'delta') ?? valueAt(choice, 'message');
    const refusal = valueAt(delta, 'refusal');
    this.#hasRefusal ||= typeof refusal === 'string' && refusal !== '';
    const usage = valueAt(data, 'usage') ?? valueAt(groq, 'usage');
    const parts = partsOfDelta(delta);
    this.#turn?.add(delta, parts);
    if (usage !== undefined && usage !== null) parts.push(...this.#tokens.add(usage));
    const Failure = this.#readReason(valueAt(choice, 'finish_reason'));
    return Failure ? failingAfter(parts, new Failure()) : parts;
  }

  end(): readonly ChatPart[] {
    if (this.#reason === null) throw new ProviderTruncatedError();
    return this.#close(this.#reason);
  }

  #close(reason: FinishReason): readonly ChatPart[] {
    return endOfTurn(this.#hasRefusal ? 'CONTENT_FILTER' : reason, this.#turn);
  }

  /** @returns the failure that the reason stands for */
  #readReason(reason: unknown): (new () => UpstreamError) | undefined {
    if (typeof reason !== 'string' || reason === '') return undefined;
    this.#reason = finishReasons.get(reason) ?? 'OTHER';
    return failedReasons.get(reason);
  }
}

function* failingAfter(parts: readonly ChatPart[], failure: UpstreamError): Generator<ChatPart, void> {
  yield* parts;
  throw failure;
}
