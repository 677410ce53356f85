import type { WebSocket } from 'ws';
import { HIGH_WATER_MARK } from './stream-limits.js';

/** Bytes of answers that may wait before we read no more of what the client sends. */
const ANSWERS_MARK = 256 * 1024;

/** What is sent on one socket, at the pace at which its client reads. */
export class Outbox {
  #waitingAnswers = 0;

  constructor(private readonly socket: WebSocket) {}

  /**
   * Sends an event of a stream. Resolves only while less than {@link HIGH_WATER_MARK} bytes wait, and graphql-ws pulls
   * the stream's next event only then: a client that does not read stops its stream, and the provider's, instead of
   * filling our memory.
   */
  sendEvent(data: string): Promise<void> | void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount + data.length < HIGH_WATER_MARK) {
      socket.send(data);
      return;
    }
    // An error means that the socket is closing, which its own event reports.
    return new Promise((resolve) => socket.send(data, () => resolve()));
  }

  /**
   * Answers a message. The client may send the next one without reading that, so where answers pile up its messages
   * stay in its own buffers. Streams do not count here: each has one event waiting at most, and a client that stopped
   * reading them is still heard when it unsubscribes or closes.
   */
  sendAnswer(data: string): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    this.#waitingAnswers += data.length;
    if (this.#waitingAnswers >= ANSWERS_MARK) socket.pause();
    socket.send(data, () => {
      this.#waitingAnswers -= data.length;
      if (socket.isPaused && this.#waitingAnswers < ANSWERS_MARK) socket.resume();
    });
  }
}

/**
 * Answers pings, each one while the client reads. Otherwise one answer waits, and of the pings that come meanwhile only
 * the last is answered after it, as RFC 6455 (5.5.3) allows: answers of two bytes cost a hundred times as much memory.
 */
export function pingAnswerer<Data>(
  socket: WebSocket,
  answer: (data: Data, onSent: () => void) => void,
): (data: Data) => void {
  let isWaiting = false;
  let last: { readonly data: Data } | null = null;
  return function onPing(data) {
    if (socket.readyState !== socket.OPEN) return;
    if (isWaiting && socket.bufferedAmount > 0) {
      last = { data };
      return;
    }
    isWaiting = true;
    answer(data, () => {
      isWaiting = false;
      const next = last;
      last = null;
      if (next) onPing(next.data);
    });
  };
}
