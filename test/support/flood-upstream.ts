import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What an upstream sends: first, and then the same over and over, as fast as it is taken. */
export interface Flood {
  readonly first: string;
  readonly piece: string;
}

/** Sends one kind of flood to all who ask for anything, in bytes of its own: what it speaks need be no HTTP. */
export class FloodUpstream {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** The clients open one in reserve when they have closed another. */
  readonly #pouring = new Set<Socket>();
  #flood: Flood = { first: '', piece: '' };
  #taken = 0;
  #wake: (() => void) | null = null;

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#pouring.delete(socket);
        this.#wake?.();
      });
      socket.on('error', () => undefined);
      socket.once('data', () => {
        this.#pouring.add(socket);
        this.#pour(socket, this.#flood);
      });
    });
  }

  static async start(): Promise<FloodUpstream> {
    const upstream = new FloodUpstream();
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  prepare(flood: Flood): void {
    this.#flood = flood;
    this.#taken = 0;
  }

  /** Resolves when so many bytes were taken in all, or when none is taken any more. */
  async poured(bytes: number): Promise<void> {
    while (this.#taken < bytes && !(this.#taken > 0 && this.#pouring.size === 0)) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Resolves when nothing is taken any more. */
  async left(): Promise<void> {
    while (this.#pouring.size > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pour(socket: Socket, { first, piece }: Flood): void {
    const bytes = Buffer.from(piece);
    const pour = (): void => {
      if (socket.destroyed) return;
      socket.write(bytes, (error) => {
        if (error) return;
        this.#taken += bytes.length;
        this.#wake?.();
        // What is taken at once would never let this process do anything else.
        setImmediate(pour);
      });
    };
    socket.write(first, pour);
  }
}
