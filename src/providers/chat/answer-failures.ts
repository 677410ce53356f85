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
import type { RequestContents } from './request-contents.js';
import { RefusedAdditionError } from './refused-addition.error.js';
import { errorIn } from './reported-error.js';

/** Reads the failures of the answers to one request, in each of their forms. */
export class AnswerFailures {
  constructor(
    private readonly request: ChatRequest,
    private readonly contents: RequestContents,
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

  /** Of JSON beside the events; null where it reports none. */
  inStray({ data, type }: ServerSentEvent): UpstreamError | null {
    const error = errorIn(parseOrNull(data), type);
    return error === undefined ? null : this.toFailure(error, null, null);
  }

  /** Of an error thrown while an answer was read. Only our own errors pass as they are. */
  of(caught: unknown, parser: ServerSentEventParser, decoder: ChatDecoder): UpstreamError {
    // What a decoder could not cope with is the provider's.
    const known = caught instanceof UpstreamError ? caught : new ProviderUnavailableError();
    const failure = this.#aboutInput(this.#reportedBefore(known, parser) ?? known);
    // However it ends now: a question that was refused goes to no other provider.
    return decoder.isRefused && failure.mayMoveOn
      ? new ProviderTruncatedError({ mayMoveOn: false })
      : failure;
  }

  /** Where the answer breaks off, a failure reported just before is the reason. */
  #reportedBefore(failure: UpstreamError, parser: ServerSentEventParser): UpstreamError | null {
    const isEnd = failure instanceof ProviderTruncatedError || failure instanceof ProviderTimeoutError;
    const reported = isEnd ? parser.end().map((event) => this.inStray(event)) : [];
    return reported.find((found) => found !== null) ?? null;
  }

  /** Names the caller's input in place of the request's field. */
  #aboutInput(failure: UpstreamError): UpstreamError {
    if (!(failure instanceof ProviderBadRequestError) || failure instanceof RefusedAdditionError)
      return failure;
    const { parameter, complaint } = failure;
    const mayBeContent = parameter === null || parameter === 'messages';
    const content = mayBeContent ? this.contents.inputOf(complaint) : null;
    if (parameter === null && content === null) return failure;
    return new ProviderBadRequestError(content ?? (parameter && this.#inputOf(parameter)));
  }

  /** Null where the field was filled in here, and no input of the caller's is at fault. */
  #inputOf(field: string): string | null {
    // A tool that the client did not bring is the form of an answer.
    if (field === 'tools' && !this.request.tools && this.request.responseSchema) return 'responseSchema';
    if (field !== 'tools') return Reflect.get(this.request, field) === undefined ? null : field;
    // A provider seldom says which of the tools it means.
    const names = new Set(this.request.tools?.definitions.map(({ inputName }) => inputName));
    return names.size === 0 ? null : [...names].join(' or ');
  }
}
