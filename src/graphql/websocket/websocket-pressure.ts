import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { PatientTimer } from '../../common/patient-timer.js';
import { SocketLife } from '../every-door/socket-life.js';
import { HIGH_WATER_MARK, PING_INTERVAL_MS } from '../every-door/stream-limits.js';
import { TurnCork } from '../every-door/turn-cork.js';
import type { WebSocketIntake } from './websocket-intake.js';

/** Bytes of answers that may wait before we read no more of what the client sends. */
const ANSWERS_MARK = 256 * 1024;

/** What is sent on one socket, at the pace at which its client reads. */
export class Outbox {
  readonly #cork: TurnCork;
  #waitingAnswers = 0;

  /** @param transport what the socket writes to */
  constructor(
    private readonly socket: WebSocket,
    transport: Socket,
    private readonly intake: Pick<WebSocketIntake, 'pause' | 'resume'>,
  ) {
    this.#cork = new TurnCork(transport);
  }

  /**
   * Sends an event of a stream. Resolves only while less than {@link HIGH_WATER_MARK} bytes wait, and the stream's next event
   * is pulled only then: a client that does not read stops its stream, and the provider's, instead of
   * filling our memory.
   */
  sendEvent(data: string): Promise<void> | void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    this.#cork.hold();
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
    this.#cork.hold();
    this.#waitingAnswers += data.length;
    if (this.#waitingAnswers >= ANSWERS_MARK) this.intake.pause();
    socket.send(data, () => {
      this.#waitingAnswers -= data.length;
      if (this.#waitingAnswers < ANSWERS_MARK) this.intake.resume();
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

/** Intervals without any sign after which a client is lost that we do not hear, because it reads no answers. */
const MOST_SILENT_INTERVALS = 10;

/**
 * Ends connections whose client is gone without a word: one that shows no sign of life between two pings. A client whose
 * socket we do not read cannot show any but by reading, for which it has longer.
 *
 * @returns ends it
 */
export function keepAlive(socket: WebSocket, transport: Socket): () => void {
  const life = new SocketLife(transport);
  // Of the first interval nothing is expected: no ping was sent before it.
  let silentIntervals = -1;
  const timer = new PatientTimer(PING_INTERVAL_MS, () => {
    const isHeard = !socket.isPaused;
    silentIntervals = life.hasShown() ? 0 : silentIntervals + 1;
    if (silentIntervals >= (isHeard ? 1 : MOST_SILENT_INTERVALS)) socket.terminate();
    else {
      if (socket.readyState === socket.OPEN) socket.ping();
      timer.restart();
    }
  });
  return () => timer.stop();
}
