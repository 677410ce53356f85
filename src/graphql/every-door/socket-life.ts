import type { Socket } from 'node:net';

/** The fields by which Node's own sockets see whether a long write makes progress (lib/net.js, `_onTimeout`). */
interface WithWriteQueue {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/**
 * Whether a connection's client is there, by its bytes: any that it sent, and any that it took of those that wait.
 *
 * An answer to a ping is no better sign, and a worse one on a slow line: it stands behind the client's own long message,
 * and the ping behind a long one of ours.
 */
export class SocketLife {
  #read: number;
  #queued: number;

  constructor(private readonly socket: Socket) {
    this.#read = socket.bytesRead;
    this.#queued = queuedOn(socket);
  }

  /** Whether there was a sign since the last time this was asked. */
  hasShown(): boolean {
    const read = this.socket.bytesRead;
    const queued = queuedOn(this.socket);
    const hasShown = read !== this.#read || (this.#queued > 0 && queued !== this.#queued);
    this.#read = read;
    this.#queued = queued;
    return hasShown;
  }
}

/** Bytes of one write that the operating system has not taken yet; what is written after it waits elsewhere. */
const queuedOn = (socket: Socket): number => (socket as WithWriteQueue)._handle?.writeQueueSize ?? 0;
