import { isTurnOver } from '../../common/event-loop-turn.js';
import { type ServerSentEvent, ServerSentEventParser } from '../../outbound/server-sent-event-parser.js';
import {
  ProviderDownError,
  ProviderTruncatedError,
  type UpstreamError,
} from '../../outbound/upstream-error.js';
import type { AnswerFailures } from './answer-failures.js';
import type { ChatDecoder } from './chat-dialect.js';
import type { ChatPart } from './contract.js';

/** The largest event to expect is the closing one of OpenAI, which repeats the request's text and the whole answer. */
const MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** The longest text of one part, in UTF-16 code units: a longer one is several parts. */
const MAX_PART_LENGTH = 32 * 1024;

/** So much text is handed on at once: what is done with it on its way takes a few milliseconds. */
const MAX_BATCH_LENGTH = 128 * 1024;

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
  #events: readonly ServerSentEvent[] = [];
  #nextEvent = 0;
  /** The body has ended behind the events. */
  #isLast = false;
  /** What is left of an event's parts, or of the answer's at its end. */
  #parts: Iterator<ChatPart, void> | null = null;
  /** Code units of all texts in this batch. */
  #lengthRead = 0;
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

  /**
   * Gives it the next bytes to read; undefined: the end of the body. What was given before has been read.
   *
   * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE for an event that is too large
   */
  give(chunk: Uint8Array | undefined): void {
    this.#events = chunk ? this.#parser.feed(chunk) : this.#parser.end();
    this.#nextEvent = 0;
    this.#isLast = !chunk;
  }

  /**
   * Reads on, for as long as this turn of the event loop lets it: a few bytes may hold very many parts, and a part a very
   * long text.
   */
  read(): Batch {
    const parts: ChatPart[] = [];
    this.#lengthRead = 0;
    try {
      while (!this.#isFinished && this.#readOn(parts)) {
        if (this.#lengthRead >= MAX_BATCH_LENGTH || isTurnOver())
          return { parts, failure: null, isDone: false };
      }
      return { parts, failure: null, isDone: true };
    } catch (error) {
      return { parts, failure: { error }, isDone: true };
    }
  }

  /** @returns false where nothing is left of what was given */
  #readOn(parts: ChatPart[]): boolean {
    if (this.#parts) {
      const next = this.#parts.next();
      if (next.done) this.#parts = null;
      else this.#add(next.value, parts);
      return true;
    }
    const event = this.#events[this.#nextEvent];
    if (!event && !this.#isLast) return false;
    this.#nextEvent += 1;
    const found = event ? this.#partsIn(event) : this.#end();
    // Parts that are there already take no time; others are made one by one.
    const areThere = Array.isArray(found) && !(found as ChatPart[]).some(isLong);
    if (areThere) for (const part of found as ChatPart[]) this.#add(part, parts);
    else this.#parts = inShortParts(found);
    return true;
  }

  #add(part: ChatPart, parts: ChatPart[]): void {
    if (this.#isFinished) return;
    parts.push(part);
    if ('text' in part) this.#lengthRead += part.text.length;
    this.#hasBegun ||= part.type !== 'usage';
    this.#isFinished = part.type === 'finish';
  }

  /** What a failure of this answer is to its caller. */
  failureOf(error: unknown): UpstreamError {
    return this.failures.of(error, this.#parser, this.decoder);
  }

  #partsIn(event: ServerSentEvent): Iterable<ChatPart> {
    if (!event.isStray) return this.decoder.push(event);
    const failure = this.failures.inStray(event);
    if (failure) throw failure;
    return [];
  }

  #end(): Iterable<ChatPart> {
    this.#isLast = false;
    if (this.#parser.isForeign) throw new ProviderDownError();
    // A connection that breaks looks like one that ends where the length of the body is unknown.
    if (this.#parser.isCut) throw new ProviderTruncatedError();
    return this.decoder.end();
  }
}

type DeltaPart = Extract<ChatPart, { readonly text: string }>;

const isLong = (part: ChatPart): part is DeltaPart => 'text' in part && part.text.length > MAX_PART_LENGTH;

function* inShortParts(parts: Iterable<ChatPart>): Generator<ChatPart, void> {
  for (const part of parts) {
    if (isLong(part)) yield* pieces(part);
    else yield part;
  }
}

/** A character of two code units stays whole. */
function* pieces({ type, text }: DeltaPart): Generator<ChatPart, void> {
  for (let from = 0; from < text.length;) {
    const end = from + MAX_PART_LENGTH;
    const to = isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
    yield { type, text: text.slice(from, to) };
    from = to;
  }
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
