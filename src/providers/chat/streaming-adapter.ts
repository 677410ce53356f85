import { nextTurn } from '../../common/event-loop-turn.js';
import type { KeyMask } from '../../common/key-mask.js';
import { PatientTimer } from '../../common/patient-timer.js';
import type { ProviderSettings } from '../../common/provider-definition.js';
import type { Secret } from '../../common/secret.js';
import type { KeyCheck, KeyChecker } from '../../outbound/key-check.js';
import type { Outbound, OutboundResponse } from '../../outbound/outbound-http.js';
import { ProviderTimeoutError, UpstreamError } from '../../outbound/upstream-error.js';
import { toWellFormedJson } from '../../outbound/well-formed-json.js';
import { AnswerFailures } from './answer-failures.js';
import { AnswerReader } from './answer-reader.js';
import { checkKey } from './check-key.js';
import type { ChatDialect } from './chat-dialect.js';
import type { ChatAdapter, ChatPart, ChatRequest, PartConsumer } from './contract.js';
import { listModels } from './list-models.js';
import type { ListedModel } from './listed-model.js';
import type { ModelLister } from './model-lister.js';
import { type AdditionName, RefusedAdditionError } from './refused-addition.error.js';
import { RequestContents } from './request-contents.js';

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
 *
 * A part's way from the socket's bytes to its consumer is synchronous, with one `await` for each chunk.
 */
export class StreamingAdapter implements ChatAdapter, KeyChecker, ModelLister {
  constructor(
    private readonly dialect: ChatDialect,
    private readonly settings: ProviderSettings,
    private readonly http: Outbound,
    /** Hears of each failure that ends a call, also of one for which it is aborted; not of what the caller brought about. */
    private readonly report: (failure: UpstreamError) => void,
  ) {}

  async stream(request: ChatRequest, key: Secret, signal: AbortSignal, onParts: PartConsumer): Promise<void> {
    const without = new Set<AdditionName>();
    for (;;) {
      const refused = await this.#ask(request, key, signal, without, onParts);
      if (refused === null) return;
      // Once more, in a lesser form: the answer is still the one that was asked for.
      without.add(refused);
    }
  }

  check(key: Secret, signal: AbortSignal): Promise<KeyCheck> {
    return checkKey(this.dialect, { settings: this.settings, http: this.http, key, signal });
  }

  async list(key: Secret, mask: KeyMask, signal: AbortSignal): Promise<readonly ListedModel[]> {
    try {
      const call = { settings: this.settings, http: this.http, key, signal };
      return await listModels(this.dialect, call, mask);
    } catch (error) {
      const ended: unknown = signal.aborted ? signal.reason : error;
      if (ended instanceof UpstreamError) this.report(ended);
      throw ended;
    }
  }

  /** @returns the addition of ours that the provider refused; null: it has answered */
  async #ask(
    request: ChatRequest,
    key: Secret,
    signal: AbortSignal,
    without: ReadonlySet<AdditionName>,
    onParts: PartConsumer,
  ): Promise<AdditionName | null> {
    const contents = new RequestContents(request);
    const failures = new AnswerFailures(request, contents, this.dialect.toFailure);
    const answer = new AnswerReader(this.dialect.createDecoder(request), failures);
    let body: Body | null = null;
    try {
      const response = await this.#send(request, contents, without, key, signal);
      body = response.body;
      if (response.status >= 400) throw await failures.inAnswer(response, signal);
      await relay(body, answer, signal, onParts);
      return null;
    } catch (error) {
      if (signal.aborted) {
        // The longest time that a chat may take is over: that is the provider's doing.
        if (signal.reason instanceof UpstreamError) this.report(signal.reason);
        throw signal.reason;
      }
      if (error instanceof ConsumerFailure) throw error.error;
      if (contents.failure) throw contents.failure.error;
      const failure = answer.failureOf(error);
      const isCurable = failure instanceof RefusedAdditionError && !answer.hasBegun;
      if (isCurable && !without.has(failure.addition)) return failure.addition;
      this.report(failure);
      throw failure;
    } finally {
      if (answer.isFinished && body) void drain(body);
      else await body?.return?.();
    }
  }

  #send(
    request: ChatRequest,
    contents: RequestContents,
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
      body: contents.bodyOf(body, toWellFormedJson(body)),
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
  const messages = request.messages.filter(
    (turn) => turn.role === 'USER' || turn.role === 'CALLS' || turn.content.trim() !== '',
  );
  return { ...request, model: request.model.toWellFormed(), messages };
}

/** What a consumer throws is no failure of the provider. */
class ConsumerFailure extends Error {
  constructor(readonly error: unknown) {
    super('A consumer failed.');
  }
}

function handOn(parts: readonly ChatPart[], onParts: PartConsumer): Promise<void> | void {
  try {
    return onParts(parts)?.catch(failAsConsumer);
  } catch (error) {
    return failAsConsumer(error);
  }
}

function failAsConsumer(error: unknown): never {
  throw new ConsumerFailure(error);
}

/** Hands on what the body holds until the answer has ended, or the body has. */
async function relay(
  body: Body,
  answer: AnswerReader,
  signal: AbortSignal,
  onParts: PartConsumer,
): Promise<void> {
  while (!answer.isFinished) {
    const { done, value } = await (answer.mayEnd ? nextBeforeSilence(body, signal) : body.next());
    signal.throwIfAborted();
    answer.give(value);
    for (let batch = answer.read(); ; batch = answer.read()) {
      // Here and not behind the parts: of a long event they take their consumer as long as they took to be read.
      if (!batch.isDone) await nextTurn();
      signal.throwIfAborted();
      const room = batch.parts.length > 0 ? handOn(batch.parts, onParts) : undefined;
      if (room) await room;
      if (batch.failure) throw batch.failure.error;
      signal.throwIfAborted();
      if (batch.isDone) break;
    }
    if (done) return;
  }
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
