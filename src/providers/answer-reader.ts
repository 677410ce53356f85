import { isTurnOver } from '../common/event-loop-turn.js';
import { type ServerSentEvent, ServerSentEventParser } from '../outbound/server-sent-event-parser.js';
import { ProviderDownError, ProviderTruncatedError, type UpstreamError } from '../outbound/upstream-error.js';
import type { AnswerFailures } from './answer-failures.js';
import type { ChatDecoder } from './chat-dialect.js';
import type { ChatPart } from './contract.js';

/** The largest event to expect is the closing one of OpenAI, which repeats the request's text and the whole answer. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** Parts that were read together, and how the reading stopped. */
export interface Batch {
  readonly parts: readonly ChatPart[];
  /** What stands behind the parts, in the place of more. */
  readonly failure: { readonly error: unknown } | null;
  /** Nothing is left of what was given to be read. */
  readonly isDone: boolean;
}

/** Reads one answer, synchronously: bytes → events → parts. */
export class AnswerReader {
  readonly #parser = new ServerSentEventParser(MAX_EVENT_BYTES);
  #parts: Iterator<ChatPart | null, void> = [].values();
  #hasBegun = false;
  #isFinished = false;

  constructor(
    private readonly decoder: ChatDecoder,
    private readonly failures: AnswerFailures,
  ) {}

  /** Some of the answer has come. Usage alone is none of it. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Its last part has been read: nothing behind it counts. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Whether the answer would be complete if nothing came any more. */
  get mayEnd(): boolean {
    return this.decoder.mayEnd;
  }

  /** Gives it the next bytes to read; undefined: the end of the body. What was given before has been read. */
  give(chunk: Uint8Array | undefined): void {
    this.#parts = this.#partsOf(chunk);
  }

  /** Reads on, for as long as this turn of the event loop lets it: a few bytes may hold very many parts. */
  read(): Batch {
    const parts: ChatPart[] = [];
    try {
      for (;;) {
        const { done, value } = this.#parts.next();
        if (done) return { parts, failure: null, isDone: true };
        if (value) {
          parts.push(value);
          this.#hasBegun ||= value.type !== 'usage';
          this.#isFinished = value.type === 'finish';
        }
        if (this.#isFinished) return { parts, failure: null, isDone: true };
        if (isTurnOver()) return { parts, failure: null, isDone: false };
      }
    } catch (error) {
      return { parts, failure: { error }, isDone: true };
    }
  }

  /** What a failure of this answer is to its caller. */
  failureOf(error: unknown): UpstreamError {
    return this.failures.of(error, this.#parser, this.decoder);
  }

  /** With null for each event that has been read, for some have no parts. */
  *#partsOf(chunk: Uint8Array | undefined): Generator<ChatPart | null, void> {
    const events = chunk ? this.#parser.feed(chunk) : this.#parser.end();
    for (const event of events) {
      yield* this.#partsIn(event);
      yield null;
    }
    if (!chunk) yield* this.#end();
  }

  #partsIn(event: ServerSentEvent): Iterable<ChatPart> {
    if (!event.isStray) return this.decoder.push(event);
    const failure = this.failures.inStray(event);
    if (failure) throw failure;
    return [];
  }

  #end(): Iterable<ChatPart> {
    if (this.#parser.isForeign) throw new ProviderDownError();
    // A connection that breaks looks like one that ends where nobody has said how long the body is.
    if (this.#parser.isCut) throw new ProviderTruncatedError();
    return this.decoder.end();
  }
}
