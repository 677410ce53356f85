import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Bytes that may wait in a socket's buffer before whoever sends has to wait for the client to read. */
const HIGH_WATER_MARK = 64 * 1024;
/**
 * Bytes that may wait before we read no more of what the client sends. Well above the mark at which streams wait, so
 * that a client which stopped reading its stream is still heard when it unsubscribes or closes.
 */
const READING_MARK = 4 * HIGH_WATER_MARK;

/**
 * Sends a message. Resolves only while less than {@link HIGH_WATER_MARK} bytes wait, and graphql-ws pulls a stream's
 * next event only then: a client that does not read stops its stream, and the provider's, instead of filling our memory.
 *
 * Messages are answered without waiting for the answer before. So where the unread answers pile up, the client's next
 * messages stay in its own buffers.
 */
export function send(socket: WebSocket, transport: Socket, data: string): Promise<void> | void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount + data.length < HIGH_WATER_MARK) {
    socket.send(data);
    return;
  }
  // An error means that the socket is closing, which its own event reports.
  const sent = new Promise<void>((resolve) => socket.send(data, () => resolve()));
  if (socket.bufferedAmount >= READING_MARK && !socket.isPaused) {
    socket.pause();
    transport.once('drain', () => socket.resume());
  }
  return sent;
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
