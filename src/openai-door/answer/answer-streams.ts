import type { OutgoingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { CancelledChatError, FailedChatError, RunLostError } from '../../chat/run/chat.errors.js';
import type { ChatEvent } from '../../chat/run/chat-event.js';
import type { EventSource } from '../../common/event-source.js';
import { DrainingError } from '../../common/lifecycle.js';
import { answerTo } from '../../graphql/every-door/error-answer.js';
import { ErrorMask } from '../../graphql/every-door/error-mask.js';
import { PING_INTERVAL_MS } from '../../graphql/every-door/stream-limits.js';
import { SubscriptionRelay } from '../../graphql/every-door/subscription-relay.js';
import { atExpiry } from '../../graphql/every-door/token-expiry.js';
import { EventStream } from '../../graphql/event-stream/event-stream.js';
import type { StreamEncoding } from '../../graphql/event-stream/stream-encoding.js';
import { ChunkWriter, toServerSentEvent } from './chunk-writer.js';
import { type Opening, takeOpening, withOpening } from './first-event.js';

const COMMENT = ':\n\n';

/** Chunks are written as events by {@link ChunkWriter}. */
const chunks: StreamEncoding = {
  contentType: 'text/event-stream; charset=utf-8',
  begin: COMMENT,
  ping: COMMENT,
  next: (text) => text,
  end: 'data: [DONE]\n\n',
};

/** Where an answer is asked for. */
export interface AskedStream {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly user: AuthenticatedUser;
  readonly includesUsage: boolean;
}

interface OpenStream {
  /** Ends the answer in its middle, and waits a moment for its client to read why. */
  end(error: unknown): Promise<void>;
  terminate(): void;
}

/** The answers that are streamed to clients of OpenAI's wire format. */
@Injectable()
export class AnswerStreams {
  /** How long an answer waits for its first piece until it begins without one, in milliseconds. */
  readonly openingMs: number = PING_INTERVAL_MS;
  readonly #streams = new Set<OpenStream>();

  constructor(private readonly mask: ErrorMask) {}

  /** How many there are. */
  get count(): number {
    return this.#streams.size;
  }

  /** Ends every stream, with an error. They have had their time. */
  async close(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.end(new DrainingError())));
  }

  /** Cuts what streams are left. */
  terminate(): void {
    for (const stream of this.#streams) stream.terminate();
  }

  /**
   * Relays a chat's events as chunks. The answer begins with the first of them, or when a client has waited for as long as it
   * may without a sign: what fails before has a status of its own.
   *
   * @param leaving aborts the chat: it is aborted where the client leaves, or may not go on
   * @throws FailedChatError with the chat's own code; CancelledChatError CONFLICT; what the source throws
   */
  async answer(asked: AskedStream, source: EventSource<ChatEvent>, leaving: AbortController): Promise<void> {
    try {
      const opening = await takeOpening(source, this.openingMs);
      leaving.signal.throwIfAborted();
      throwIfFailed(opening, source);
      this.#open(asked, withOpening(opening, source), leaving);
    } catch (error) {
      // Nobody watches it to its end: it would keep its place among the user's streams.
      source.leave();
      throw error;
    }
  }

  #open(
    { request, reply, user, includesUsage }: AskedStream,
    source: EventSource<ChatEvent>,
    leaving: AbortController,
  ): void {
    reply.hijack();
    const headers = reply.getHeaders() as OutgoingHttpHeaders;
    const stream = new EventStream(request.raw, reply.raw, headers, chunks);
    const writer = new ChunkWriter(includesUsage);
    const fail = (error: unknown): void => {
      if (!stream.signal.aborted)
        stream.complete(toServerSentEvent(answerTo(error, this.mask, request).body));
    };
    const relay = new SubscriptionRelay(
      {
        source,
        toText: (event) => {
          const failure = failureOf(event as ChatEvent);
          if (failure) throw failure;
          return writer.write(event as ChatEvent);
        },
      },
      {
        next: (text) => (text === '' ? undefined : stream.next(text)),
        complete: () => {
          if (writer.isComplete) stream.complete();
          else fail(leaving.signal.aborted ? leaving.signal.reason : new RunLostError());
        },
        fail,
      },
    );
    const end = (error: unknown): Promise<void> => {
      fail(error);
      return stream.close();
    };
    const open = { end, terminate: () => stream.terminate() };
    this.#streams.add(open);
    const stopWaiting = atExpiry(user.expiresAt, () => leaving.abort(new UnauthenticatedError()));
    const stop = (): void => {
      relay.stop();
      fail(leaving.signal.reason);
    };
    leaving.signal.addEventListener('abort', stop, { once: true });
    const leave = (): void => leaving.abort(stream.signal.reason);
    stream.signal.addEventListener('abort', leave, { once: true });
    void stream.closed.then(() => {
      this.#streams.delete(open);
      stopWaiting();
      leaving.signal.removeEventListener('abort', stop);
    });
    if (stream.signal.aborted) leave();
    else if (leaving.signal.aborted) stop();
    else relay.start();
  }
}

/** @throws FailedChatError, CancelledChatError; RunLostError PROVIDER_TRUNCATED where the events ended without an end */
function throwIfFailed({ events }: Opening, source: EventSource<ChatEvent>): void {
  const last = events.at(-1);
  const failure = last && failureOf(last);
  if (failure) throw failure;
  if (source.isOver && last?.__typename !== 'ChatCompleted') throw new RunLostError();
}

/** Null for what is no chat's failure. */
function failureOf(event: ChatEvent): FailedChatError | CancelledChatError | null {
  if (event.__typename === 'ChatFailed') return new FailedChatError(event.error, event.chatId);
  return event.__typename === 'ChatCancelled' ? new CancelledChatError(event.chatId) : null;
}
