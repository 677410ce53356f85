import type { Dispatcher } from 'undici';
import { turnIsOver } from '../common/event-loop-turn.js';
import { PatientTimer } from '../common/patient-timer.js';
import type { OutboundResponse, OutboundTimeouts } from './outbound-http.js';
import {
  ProviderDownError,
  ProviderTimeoutError,
  ProviderTruncatedError,
  ProviderUnreachableError,
} from './upstream-error.js';
import { toHeaders } from './to-headers.js';

/** Above this many unread bytes the socket is paused. */
const HIGH_WATER_BYTES = 65_536;
/** Small chunks that wait together are handed over together: each costs its reader about the same at any size. */
const MERGED_BYTES = 2_048;
/** What a chunk takes besides its bytes, about: an upstream may send them one by one. */
const CHUNK_BYTES = 128;
/** Informational responses come before the one that counts, one or two of them where a server sends any. */
const MAX_INFORMATIONAL = 16;

/** The reason that undici asks for when we close a connection. It is never shown. */
const CLOSED = new Error('The exchange is over.');

const END = { done: true, value: undefined } as const;

/** How an exchange ended; with a failure where the body is not complete. */
type Outcome = { readonly failure: unknown } | Readonly<Record<string, never>>;

/**
 * One request's life, from undici's side a handler of events and from ours a promise of the headers and an iterator
 * over the body. Between the two stands a queue that is never longer than a socket's read above the high-water mark.
 *
 * However fast an upstream sends, a body is iterated no faster than the event loop's turns let it (event-loop-turn.ts):
 * meanwhile the queue fills, and the socket is paused.
 *
 * Invariant: once it is settled (`#outcome` is set) no timer, no listener and no reference to the connection is left,
 * so that neither the key in the request's headers nor the signal's owner is held by a reader that keeps the body.
 */
export class UpstreamExchange
  implements Dispatcher.DispatchHandler, AsyncIterableIterator<Uint8Array, undefined>
{
  readonly head: Promise<OutboundResponse>;
  readonly #signal: AbortSignal;
  readonly #idleTimeoutMs: number;
  readonly #firstByteTimer: PatientTimer;
  #idleTimer: PatientTimer | null = null;
  #settleHead: { resolve(response: OutboundResponse): void; reject(reason: unknown): void } | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #begun = false;
  #chunks: Uint8Array[] = [];
  #queuedBytes = 0;
  #informational = 0;
  /** Wakes who waits for a chunk or the end. */
  #wake: (() => void) | null = null;
  #outcome: Outcome | null = null;

  constructor({ signal, firstByteTimeoutMs, idleTimeoutMs }: OutboundTimeouts & { signal: AbortSignal }) {
    this.#signal = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.head = new Promise((resolve, reject) => {
      this.#settleHead = { resolve, reject };
    });
    this.#firstByteTimer = new PatientTimer(firstByteTimeoutMs, this.#onTimeout);
    signal.addEventListener('abort', this.#onAbort);
  }

  /** A part of a streamed body is on its way: until all of it is, the upstream cannot answer. */
  noteSent(): void {
    if (!this.#begun && !this.#outcome) this.#firstByteTimer.restart();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The connection may have taken longer than the caller was ready to wait.
    if (this.#outcome) controller.abort(CLOSED);
    else this.#controller = controller;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<typeof toHeaders>[0],
  ): void {
    // As they came, in buffers: undici would keep them for as long as the answer streams.
    controller.rawHeaders = null;
    if (status < 200) {
      this.#informational += 1;
      if (this.#informational > MAX_INFORMATIONAL) this.#close({ failure: new ProviderDownError() });
      return;
    }
    if (status >= 300 && status < 400) {
      this.#close({ failure: Object.assign(new ProviderDownError(), { status }) });
    } else {
      this.#settleHead?.resolve({ status, headers: toHeaders(headers), body: this });
      this.#settleHead = null;
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#firstByteTimer.stop();
    this.#begun = true;
    this.#chunks.push(chunk);
    this.#queuedBytes += CHUNK_BYTES + chunk.length;
    this.#awake();
    if (this.#queuedBytes >= HIGH_WATER_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    this.#settle({});
  }

  onResponseError(_controller: unknown, error: Error): void {
    // Of the error no more is kept than its code: it refers to the request.
    const code = codeOf(error);
    this.#settle({
      failure: this.#settleHead
        ? new ProviderUnreachableError(code)
        : new ProviderTruncatedError({ networkCode: code }),
    });
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#chunks.length === 0 && !this.#outcome) await this.#arrival();
    const pause = turnIsOver();
    if (pause) await pause;
    // Where it was closed meanwhile the chunks are gone.
    if (this.#chunks.length > 0) return { done: false, value: this.#takeChunks() };
    if (this.#outcome && 'failure' in this.#outcome) throw this.#outcome.failure;
    return END;
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#close({});
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #onAbort = (): void => this.#close({ failure: this.#signal.reason });

  readonly #onTimeout = (): void => this.#close({ failure: new ProviderTimeoutError() });

  readonly #onIdle = (): void => {
    // The timer runs on between two waits: re-arming one is cheaper than making one for each chunk.
    if (this.#wake) this.#onTimeout();
  };

  #startIdleTimer(): void {
    if (this.#idleTimer) this.#idleTimer.restart();
    else this.#idleTimer = new PatientTimer(this.#idleTimeoutMs, this.#onIdle);
  }

  #arrival(): Promise<void> {
    // Before the first byte its own limit holds.
    if (this.#begun) this.#startIdleTimer();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#controller?.resume();
    });
  }

  #awake(): void {
    this.#wake?.();
    this.#wake = null;
  }

  #takeChunks(): Uint8Array {
    let count = 0;
    let bytes = 0;
    for (const { length } of this.#chunks) {
      if (count > 0 && bytes + length > MERGED_BYTES) break;
      bytes += length;
      count++;
    }
    this.#queuedBytes -= bytes + count * CHUNK_BYTES;
    const taken = this.#chunks.splice(0, count);
    const [only] = taken;
    return only && count === 1 ? only : Buffer.concat(taken, bytes);
  }

  /** Ends the exchange from our side: what was received and not read is dropped, and the socket closed. */
  #close(outcome: Outcome): void {
    const controller = this.#controller;
    this.#chunks = [];
    this.#settle(outcome);
    controller?.abort(CLOSED);
  }

  #settle(outcome: Outcome): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#firstByteTimer.stop();
    this.#idleTimer?.stop();
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#controller = null;
    if ('failure' in outcome) this.#settleHead?.reject(outcome.failure);
    this.#settleHead = null;
    this.#awake();
  }
}

/** A code is a name in capitals; anything else might quote a client or a provider. */
function codeOf(error: Error): string | null {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{2,60}$/.test(code) ? code : null;
}
