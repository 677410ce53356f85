import type { ServerSentEvent } from '../../../outbound/server-sent-event-parser.js';
import { ProviderTruncatedError, ProviderUnavailableError } from '../../../outbound/upstream-error.js';
import type { ChatDecoder } from '../chat-dialect.js';
import type { ChatPart, ChatRequest, ChatTools, FinishReason } from '../contract.js';
import { dataOf } from '../event-data.js';
import { textParts } from '../text-part.js';
import { errorIn } from '../reported-error.js';
import { endOfTurn } from '../tool-turn.js';
import { listAt, valueAt } from '../value-at.js';
import { toFailure } from './google-failures.js';
import { GoogleTurn } from './google-tools.js';
import { GoogleTokens } from './google-usage.js';

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'STOP'],
  ['MAX_TOKENS', 'LENGTH'],
  ['SAFETY', 'CONTENT_FILTER'],
  ['RECITATION', 'CONTENT_FILTER'],
  ['BLOCKLIST', 'CONTENT_FILTER'],
  ['PROHIBITED_CONTENT', 'CONTENT_FILTER'],
  ['SPII', 'CONTENT_FILTER'],
]);

/** Reasons of a model that wanted to call something and could not say so: asked once more, it mostly can. */
const failedCalls = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MALFORMED_RESPONSE',
]);

/**
 * The events of the Gemini API, each a whole `GenerateContentResponse`:
 * https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 *
 * | What      | Where it may stand                                                                                    |
 * | --------- | ----------------------------------------------------------------------------------------------------- |
 * | the end   | the end of the body, where a reason came before: without one it is PROVIDER_TRUNCATED. Some gateways  |
 * |           | keep the connection open: a silence after a reason ends the body, too. `error` is an end at once.     |
 * | reason    | `candidates[0].finishReason` of any chunk, also of one with text, and more may come after it, as      |
 * |           | gateways set it in each. The last one counts. "If empty, the model has not stopped generating tokens" |
 * |           | and `FINISH_REASON_UNSPECIFIED` is unused. `promptFeedback.blockReason` is one, too.                  |
 * | text,     | `candidates[0].content.parts`, of any chunk, each a piece; reasoning where `thought` is true          |
 * | reasoning |                                                                                                       |
 * | calls     | `functionCall` of a part, of any chunk, whole or in pieces that say `willContinue`                    |
 * | usage     | `usageMetadata` of any chunk, with totals so far. Each count may be missing or null: its last one     |
 * |           | counts.                                                                                               |
 */
export class GoogleDecoder implements ChatDecoder {
  readonly #turn: GoogleTurn | null;
  readonly #tools: ChatTools | undefined;
  readonly #tokens = new GoogleTokens();
  #reason: string | null = null;
  #isBlocked = false;

  constructor({ tools }: ChatRequest) {
    this.#tools = tools;
    this.#turn = tools ? new GoogleTurn() : null;
  }

  get mayEnd(): boolean {
    return this.#reason !== null || this.#isBlocked;
  }

  get isRefused(): boolean {
    return this.#isBlocked || (this.#reason !== null && finishReasons.get(this.#reason) === 'CONTENT_FILTER');
  }

  *push(event: ServerSentEvent): Generator<ChatPart, void> {
    const answer = dataOf(event);
    const error = errorIn(answer, event.type);
    if (error) throw toFailure(error, null, null);
    this.#reason = nameOf(valueAt(answer, 'candidates', '0', 'finishReason')) ?? this.#reason;
    this.#isBlocked ||= nameOf(valueAt(answer, 'promptFeedback', 'blockReason')) !== null;
    yield* deltasOf(answer);
    this.#turn?.add(answer);
    yield* this.#tokens.add(valueAt(answer, 'usageMetadata'));
  }

  end(): readonly ChatPart[] {
    return endOfTurn(this.#finishReason(), this.#turn);
  }

  #finishReason(): FinishReason {
    if (this.#isBlocked) return 'CONTENT_FILTER';
    if (this.#reason === null) throw new ProviderTruncatedError();
    if (!failedCalls.has(this.#reason)) return finishReasons.get(this.#reason) ?? 'OTHER';
    if (this.#tools?.choice === 'NONE') return 'TOOL_LIMIT';
    // Nothing has to pass before the next try.
    throw new ProviderUnavailableError(0);
  }
}

/** The value of an enum, of which the first is a name for none. */
function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && !value.endsWith('_UNSPECIFIED') ? value : null;
}

function deltasOf(answer: unknown): ChatPart[] {
  return listAt(answer, 'candidates', '0', 'content', 'parts').flatMap((part) =>
    textParts(valueAt(part, 'thought') === true ? 'reasoning' : 'text', valueAt(part, 'text')),
  );
}
