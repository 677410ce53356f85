import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PatientTimer } from '../../common/patient-timer.js';
import { ClientLeftError } from '../every-door/client-left.error.js';
import { SocketLife } from '../every-door/socket-life.js';
import { CLOSING_MS, HIGH_WATER_MARK, PING_INTERVAL_MS } from '../every-door/stream-limits.js';
import type { StreamEncoding } from './stream-encoding.js';

const HEADERS = {
  // A proxy that compresses or collects the events delays them.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** The response to one subscription. A stream that is not {@link complete} was cut, and clients ask again. */
export class EventStream {
  /** Resolves when the connection is gone, or free for another request. */
  readonly closed: Promise<void>;
  readonly #closing = new AbortController();
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  #isOver = false;
  #stopPinging = (): void => undefined;
  #onTaken = (): void => undefined;

  /** Answers with the headers, at once: a stream may take its time to begin. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    headers: OutgoingHttpHeaders,
    private readonly encoding: StreamEncoding,
  ) {
    this.#response = response;
    this.#socket = request.socket;
    this.closed = this.#watch();
    if (this.#socket.destroyed || this.#socket.readableEnded) {
      this.terminate();
      return;
    }
    response.writeHead(200, { ...headers, ...HEADERS, 'content-type': encoding.contentType });
    response.write(encoding.begin);
    this.#stopPinging = this.#keepAlive();
  }

  /** Aborts when the connection is lost, or either side begins to close it; not by {@link complete}. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Sends a result, which is JSON. Resolves only while less than {@link HIGH_WATER_MARK} bytes wait: a caller that
   * pulls the next one only then holds no more than that for a client that does not read.
   */
  next(result: string): Promise<void> | void {
    if (this.#isOver) return;
    const text = this.encoding.next(result);
    if (this.#response.writableLength + text.length < HIGH_WATER_MARK) {
      this.#response.write(text);
      return;
    }
    return new Promise((resolve) => {
      this.#onTaken = resolve;
      this.#response.write(text, () => resolve());
    });
  }

  /** The last word, in its encoding: the client does not ask again. */
  complete(lastWord = this.encoding.end): void {
    if (this.#isOver) return;
    this.#end();
    this.#response.end(lastWord);
    void this.#closedWithin(PING_INTERVAL_MS);
  }

  /** Ends the stream in its middle, or waits for its end where that is on its way already. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#end(new ClientLeftError());
      this.#response.end();
    }
    await this.#closedWithin(CLOSING_MS);
  }

  /** Cuts the connection. Unsent data is lost. */
  terminate(): void {
    this.#end(new ClientLeftError());
    this.#socket.destroy();
  }

  async #closedWithin(milliseconds: number): Promise<void> {
    const timer = new PatientTimer(milliseconds, () => this.terminate());
    await this.closed;
    timer.stop();
  }

  /** The socket reports what the response does not: that the client ended it, or that it closed too early. */
  #watch(): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const cut = (): void => {
        if (!this.#isOver) this.terminate();
      };
      const stop = (): void => {
        this.#end(new ClientLeftError());
        socket.off('end', cut).off('close', stop);
        this.#response.off('close', stop);
        resolve();
      };
      socket.once('end', cut).once('close', stop);
      this.#response.once('close', stop);
      // A write to a lost connection fails. The socket's own event reports the loss.
      this.#response.on('error', () => undefined);
      if (socket.closed) stop();
    });
  }

  #end(reason?: ClientLeftError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopPinging();
    this.#onTaken();
    if (reason) this.#closing.abort(reason);
  }

  /**
   * Keeps proxies from closing a silent connection, and ends one whose client takes nothing for a whole interval: neither
   * the ping nor a part of the long event before it.
   */
  #keepAlive(): () => void {
    const life = new SocketLife(this.#socket);
    let isTaken = true;
    const timer = new PatientTimer(PING_INTERVAL_MS, () => {
      const hasShown = life.hasShown();
      if (!isTaken && !hasShown) {
        this.terminate();
        return;
      }
      isTaken = false;
      this.#response.write(this.encoding.ping, () => (isTaken = true));
      timer.restart();
    });
    return () => timer.stop();
  }
}
