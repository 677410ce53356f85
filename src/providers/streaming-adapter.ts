import { turnIsOver } from '../common/event-loop-turn.js';
import { PatientTimer } from '../common/patient-timer.js';
import type { ProviderSettings } from '../common/provider-definition.js';
import type { Secret } from '../common/secret.js';
import type { OutboundHttp, OutboundResponse } from '../outbound/outbound-http.js';
import { type ServerSentEvent, ServerSentEventParser } from '../outbound/server-sent-event-parser.js';
import {
  ProviderDownError,
  ProviderTimeoutError,
  ProviderTruncatedError,
  UpstreamError,
} from '../outbound/upstream-error.js';
import { toWellFormedJson } from '../outbound/well-formed-json.js';
import { AnswerFailures } from './answer-failures.js';
import type { ChatDecoder, ChatDialect } from './chat-dialect.js';
import type { ChatAdapter, ChatPart, ChatRequest } from './contract.js';
import { type AdditionName, RefusedAdditionError } from './refused-addition.error.js';

/** The largest event to expect is the closing one of OpenAI, which repeats the request's text and the whole answer. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** How long a body may take to end after the last part before its connection is given up. */
const DRAIN_MS = 1_000;

/** So long without a byte after an answer that may be over is its end: some keep the connection open. */
const SILENCE_MS = 5_000;

const FIXED_HEADERS = {
  accept: 'text/event-stream',
  'content-type': 'application/json',
  'user-agent': 'keystream',
};

type Body = OutboundResponse['body'];

/**
 * Speaks any dialect over HTTP: sends the request, reads the events of its answer, and ends with what the decoder takes
 * for the end.
 */
export class StreamingAdapter implements ChatAdapter {
  constructor(
    private readonly dialect: ChatDialect,
    private readonly settings: ProviderSettings,
    private readonly http: OutboundHttp,
    /** Hears of each failure that ends a call, also of one for which it is aborted; not of what the caller brought about. */
    private readonly report: (failure: UpstreamError) => void,
  ) {}

  async *stream(request: ChatRequest, key: Secret, signal: AbortSignal): AsyncGenerator<ChatPart, void> {
    const failures = new AnswerFailures(request, this.dialect.toFailure);
    const without = new Set<AdditionName>();
    for (;;) {
      const parser = new ServerSentEventParser(MAX_EVENT_BYTES);
      const decoder = this.dialect.createDecoder(request);
      let body: Body | null = null;
      let hasBegun = false;
      let isFinished = false;
      try {
        const response = await this.#send(request, without, key, signal);
        body = response.body;
        if (response.status >= 400) throw await failures.inAnswer(response, signal);
        while (!isFinished) {
          const { done, value } = await (decoder.mayEnd ? nextBeforeSilence(body, signal) : body.next());
          for (const event of done ? [...parser.end(), null] : parser.feed(value)) {
            const pause = turnIsOver();
            if (pause) await pause;
            signal.throwIfAborted();
            for (const part of partsOf(event, parser, decoder, failures)) {
              hasBegun ||= part.type !== 'usage';
              isFinished = part.type === 'finish';
              yield part;
              // An event may have very many parts.
              const pause = turnIsOver();
              if (pause) await pause;
              signal.throwIfAborted();
            }
            if (isFinished) break;
          }
          if (done) break;
        }
        return;
      } catch (error) {
        if (signal.aborted) {
          // The longest time that a chat may take is over: that is the provider's doing.
          if (signal.reason instanceof UpstreamError) this.report(signal.reason);
          throw signal.reason;
        }
        const failure = failures.of(error, parser, decoder);
        if (!(failure instanceof RefusedAdditionError) || hasBegun || without.has(failure.addition)) {
          this.report(failure);
          throw failure;
        }
        // Once more, in a lesser form: the answer is still the one that was asked for.
        without.add(failure.addition);
      } finally {
        if (isFinished && body) void drain(body);
        else await body?.return?.();
      }
    }
  }

  #send(
    request: ChatRequest,
    without: ReadonlySet<AdditionName>,
    key: Secret,
    signal: AbortSignal,
  ): Promise<OutboundResponse> {
    const { endpoints, firstByteTimeoutMs, idleTimeoutMs } = this.settings;
    const { url, headers, body } = this.dialect.toRequest(whatIsSaid(request), endpoints, without);
    return this.http.request({
      method: 'POST',
      url,
      headers: { ...FIXED_HEADERS, ...headers, ...this.dialect.toKeyHeaders(key) },
      body: toWellFormedJson(body),
      signal,
      firstByteTimeoutMs,
      idleTimeoutMs,
    });
  }
}

/**
 * A request without messages that say nothing: answers that were cut or filtered may be blank, clients send them again,
 * and some APIs refuse a conversation with such for good.
 */
function whatIsSaid(request: ChatRequest): ChatRequest {
  const messages = request.messages.filter(({ role, content }) => role === 'USER' || content.trim() !== '');
  return { ...request, model: request.model.toWellFormed(), messages };
}

/** @param event null: the end of the body */
function partsOf(
  event: ServerSentEvent | null,
  parser: ServerSentEventParser,
  decoder: ChatDecoder,
  failures: AnswerFailures,
): Iterable<ChatPart> {
  if (event === null) {
    if (parser.isForeign) throw new ProviderDownError();
    // A connection that breaks looks like one that ends where nobody has said how long the body is.
    if (parser.isCut) throw new ProviderTruncatedError();
    return decoder.end();
  }
  if (!event.isStray) return decoder.push(event);
  const failure = failures.inStray(event);
  if (failure) throw failure;
  return [];
}

/** Waits for the next bytes; a silence ends the body. */
async function nextBeforeSilence(
  body: Body,
  signal: AbortSignal,
): Promise<IteratorResult<Uint8Array, undefined>> {
  const timer = new PatientTimer(SILENCE_MS, () => void body.return?.());
  try {
    return await body.next();
  } catch (error) {
    // The limit on silence is shorter than ours.
    if (error instanceof ProviderTimeoutError && !signal.aborted) return { done: true, value: undefined };
    throw error;
  } finally {
    timer.stop();
  }
}

/** Lets a response end by itself, so that its connection can be used again. */
async function drain(body: Body): Promise<void> {
  const timer = new PatientTimer(DRAIN_MS, () => void body.return?.());
  try {
    while ((await body.next()).done !== true);
  } catch {
    // The answer is complete: how its connection ends changes nothing.
  } finally {
    timer.stop();
  }
}
