import type { Client } from 'graphql-ws';
import type { ChatInput, EventPartsFragment } from '../../../generated/try';
import { type Failure, failureOf, RefusedError, UNREACHABLE } from '../../../server/server-error';
import { online, waitBefore } from '../../../server/online';
import { watch } from './watch';

export type ChatEvent = EventPartsFragment;

/** Where a chat is: what it was begun with, or, once it has started, its id and the last number that was seen. */
export interface ChatPlace {
  /** With a `requestId`: sent again, it joins the chat that it has begun. Null after a reload: it is not known any more. */
  readonly input: ChatInput | null;
  chatId: string | null;
  seq: number;
}

export interface ChatConnection {
  readonly client: Client;
  /** Called when the connection is lost, and at each attempt to have it again; null: it is there. */
  readonly onWait: (wait: Wait | null) => void;
  /** Called where the token is not taken. @returns whether there may be a newer one */
  readonly onRefused: () => boolean;
  readonly signal: AbortSignal;
}

export interface Wait {
  /** Why. */
  readonly failure: Failure;
  /** When it is tried again; null: it is being tried. */
  readonly until: Date | null;
  readonly now: () => void;
}

/** Codes with which the server asks to come back later. A chat that has started is there in the meantime. */
const LATER = new Set(['SERVICE_UNAVAILABLE', 'RATE_LIMITED']);
const TERMINAL: ReadonlySet<string> = new Set(['ChatCompleted', 'ChatFailed', 'ChatCancelled']);
/** RFC 6455 section 7.4.1, and docs/streaming.md. */
const UNACCEPTABLE: readonly unknown[] = [1009, 4400];
const FORBIDDEN = 4403;

/**
 * The events of a chat, each once and in order, however often the connection is lost meanwhile. Ends after the last one,
 * or when the signal aborts, which stops a chat.
 *
 * @throws the server's errors, where the chat does not start or is not kept any more
 */
export async function* chatEvents(place: ChatPlace, connection: ChatConnection): AsyncGenerator<ChatEvent> {
  const { signal, onWait } = connection;
  const isStopped = (): boolean => signal.aborted;
  for (let attempts = 0; !isStopped(); attempts += 1) {
    let failure: unknown = null;
    try {
      for await (const event of watch(place, connection)) {
        attempts = 0;
        onWait(null);
        const first = 'fromSeq' in event ? event.fromSeq : event.seq;
        if (event.seq <= place.seq) continue;
        // Something is missing, which never should: what was seen is the place to go on from.
        if (first !== place.seq + 1) break;
        place.chatId = event.chatId;
        place.seq = event.seq;
        yield event;
        if (TERMINAL.has(event.__typename)) return;
      }
    } catch (error) {
      failure = error;
    }
    if (isStopped()) return;
    const delay = delayAfter(failure, place, connection, attempts);
    if (delay === null) return;
    await waiting(delay, failureOf(failure), connection);
  }
}

/** @returns how long to wait before the next attempt; null: there is nobody to make one for */
function delayAfter(
  error: unknown,
  place: ChatPlace,
  { onRefused }: ChatConnection,
  attempts: number,
): number | null {
  const { code: closeCode } = Object(error) as { code?: unknown };
  const failure = failureOf(error);
  if (closeCode === FORBIDDEN || failure.code === 'UNAUTHENTICATED') {
    if (!onRefused()) return null;
    return attempts === 0 ? 0 : waitBefore(attempts);
  }
  if (UNACCEPTABLE.includes(closeCode)) throw new RefusedError([tooLarge]);
  if (failure.code === UNREACHABLE) return waitBefore(attempts);
  const comesBack = LATER.has(failure.code) && (place.chatId !== null || failure.code !== 'RATE_LIMITED');
  if (!comesBack) throw error;
  return Math.max(failure.retryAfterMs ?? 0, waitBefore(attempts));
}

const tooLarge = {
  message: 'The conversation is larger than the server takes at once.',
  extensions: { code: 'BAD_USER_INPUT' },
};

async function waiting(
  milliseconds: number,
  failure: Failure,
  { signal, onWait }: ChatConnection,
): Promise<void> {
  const soon = new AbortController();
  const stop = (): void => soon.abort();
  signal.addEventListener('abort', stop);
  onWait({ failure, until: new Date(Date.now() + milliseconds), now: stop });
  await online(milliseconds, soon.signal);
  signal.removeEventListener('abort', stop);
  if (!signal.aborted) onWait({ failure, until: null, now: stop });
}
