import type { WebSocket } from 'ws';
import { turnIsOver } from '../../common/event-loop-turn.js';

/** Handles a message. What it returns is waited for before the next one is handled. */
export type MessageHandler = (data: Buffer) => Promise<void> | undefined;

/** Why a socket is not read: an answer waits to be read first; a message waits to be handled. */
type Hold = 'asked' | 'handling';

/**
 * Takes a socket's messages at the pace at which they are handled: one after the other, with pauses for the event loop.
 * While one waits, the socket is not read; messages that were read with it wait here, which are as many as
 * one read brings.
 */
export class WebSocketIntake {
  readonly #waiting: Buffer[] = [];
  readonly #holds = new Set<Hold>();
  #isHandling = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly handle: MessageHandler,
    private readonly onError: (error: unknown) => void,
  ) {
    socket.on('message', (data: Buffer) => {
      this.#waiting.push(data);
      if (!this.#isHandling) void this.#handleAll();
    });
  }

  /** Reads nothing more until {@link resume}. */
  pause(): void {
    this.#hold('asked');
  }

  resume(): void {
    this.#release('asked');
  }

  /**
   * The connection is closing: nothing is handled any more, and what comes is read away, for the client's Close frame.
   *
   * @returns the messages that came before and wait still
   */
  drain(): readonly Buffer[] {
    this.#release('asked');
    return this.#waiting.splice(0);
  }

  async #handleAll(): Promise<void> {
    this.#isHandling = true;
    try {
      while (this.#waiting.length > 0) {
        // Before it, too: the messages of many connections may be there in one turn of the event loop.
        const pause = turnIsOver();
        if (pause) await this.#holdFor(pause);
        const data = this.#waiting.shift();
        const handling = data && this.handle(data);
        if (handling) await this.#holdFor(handling);
      }
    } catch (error) {
      this.onError(error);
    }
    this.#isHandling = false;
    this.#release('handling');
  }

  #holdFor(work: Promise<void>): Promise<void> {
    this.#hold('handling');
    return work;
  }

  #hold(hold: Hold): void {
    this.#holds.add(hold);
    this.socket.pause();
  }

  #release(hold: Hold): void {
    if (this.#holds.delete(hold) && this.#holds.size === 0) this.socket.resume();
  }
}
