import { readErrorAnswer } from '../../outbound/error-answer.js';
import type { OutboundResponse } from '../../outbound/outbound-http.js';
import { parseOrNull } from '../../outbound/read-json.js';
import type { ServerSentEvent, ServerSentEventParser } from '../../outbound/server-sent-event-parser.js';
import {
  ProviderBadRequestError,
  ProviderTimeoutError,
  ProviderTruncatedError,
  ProviderUnavailableError,
  UpstreamError,
} from '../../outbound/upstream-error.js';
import type { ChatDecoder, ToFailure } from './chat-dialect.js';
import type { ChatRequest } from './contract.js';
import { errorIn } from './told-error.js';

/** What the failures of the answers to one request are, whatever form they have. */
export class AnswerFailures {
  constructor(
    private readonly request: ChatRequest,
    private readonly toFailure: ToFailure,
  ) {}

  /**
   * Of an answer whose status says that it is no stream.
   *
   * @throws what {@link readErrorAnswer} throws
   */
  async inAnswer(response: OutboundResponse, signal: AbortSignal): Promise<UpstreamError> {
    const { status, retryAfterMs, body } = await readErrorAnswer(response, signal);
    return this.toFailure(errorIn(body) ?? body, status, retryAfterMs);
  }

  /** Of JSON beside the events; null where it tells of none. */
  inStray({ data, type }: ServerSentEvent): UpstreamError | null {
    const error = errorIn(parseOrNull(data), type);
    return error === undefined ? null : this.toFailure(error, null, null);
  }

  /** Of whatever was thrown while an answer was read. Nothing of it goes on that is not ours. */
  of(caught: unknown, parser: ServerSentEventParser, decoder: ChatDecoder): UpstreamError {
    // What a decoder could not cope with is the provider's.
    const known = caught instanceof UpstreamError ? caught : new ProviderUnavailableError();
    const failure = this.#aboutInput(this.#toldBefore(known, parser) ?? known);
    // However it ends now: what was refused is shown to nobody else.
    return decoder.isRefused && failure.mayMoveOn
      ? new ProviderTruncatedError({ mayMoveOn: false })
      : failure;
  }

  /** Where the provider says no more, what it said last tells why. */
  #toldBefore(failure: UpstreamError, parser: ServerSentEventParser): UpstreamError | null {
    const isEnd = failure instanceof ProviderTruncatedError || failure instanceof ProviderTimeoutError;
    const told = isEnd ? parser.end().map((event) => this.inStray(event)) : [];
    return told.find((found) => found !== null) ?? null;
  }

  /** Names the caller's input in place of the request's field. */
  #aboutInput(failure: UpstreamError): UpstreamError {
    if (!(failure instanceof ProviderBadRequestError) || failure.parameter === null) return failure;
    return new ProviderBadRequestError(this.#inputOf(failure.parameter));
  }

  /** Null where the field was filled in here, and no input of the caller's is at fault. */
  #inputOf(field: string): string | null {
    if (field !== 'tools') return Reflect.get(this.request, field) === undefined ? null : field;
    // A provider seldom says which of the tools it means.
    const names = new Set(this.request.tools?.definitions.map(({ inputName }) => inputName));
    return names.size === 0 ? null : [...names].join(' or ');
  }
}
