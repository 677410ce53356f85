import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** The ports of services whose URL names none. */
const PORTS: Readonly<Record<string, number>> = { 'postgresql:': 5432, 'redis:': 6379 };

/** A way to a database or to Redis that can fail in every way a network does. */
export class NetworkProxy {
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #server: Server | null = null;
  #port = 0;
  #hanging = false;

  private constructor(
    private readonly upstream: { host: string; port: number },
    private readonly delayMs: number,
  ) {}

  /**
   * @param url the service's own URL
   * @param delayMs how long everything is on its way, in each direction
   */
  static async start(url: string, delayMs = 0): Promise<NetworkProxy> {
    const { hostname, port, protocol } = new URL(url);
    const proxy = new NetworkProxy({ host: hostname, port: Number(port) || PORTS[protocol]! }, delayMs);
    await proxy.accept();
    return proxy;
  }

  /** The service's URL, by way of this proxy. */
  urlOf(url: string): string {
    const address = new URL(url);
    address.host = `127.0.0.1:${String(this.#port)}`;
    return address.href;
  }

  /** Listens (again). */
  async accept(): Promise<void> {
    this.#server = createServer((client) => this.#join(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection and refuses new ones, as a server that is down. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.cut();
    await closed;
  }

  /** Breaks every connection; new ones are welcome. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Nothing comes through in either direction, and neither side notices. New connections are accepted, and hang too. */
  hang(): void {
    this.#hanging = true;
    for (const [client, server] of this.#pairs) {
      client.unpipe();
      server.unpipe();
    }
  }

  /** The same for the connections that are open; new ones are well. */
  hangOpen(): void {
    this.hang();
    this.#hanging = false;
  }

  /**
   * The next bytes to the service that hold the text come through when something is done; what it answers does not, nor
   * does anything else on that connection.
   */
  swallowAnswer(text: string, before: () => void): Promise<void> {
    return new Promise((resolve) => {
      const watch = ([client, server]: readonly [Socket, Socket]): void => {
        client.prependListener('data', (chunk: Buffer) => {
          if (!chunk.includes(text)) return;
          server.unpipe();
          before();
          resolve();
        });
      };
      for (const pair of this.#pairs) watch(pair);
    });
  }

  /** What was held up comes through. */
  resume(): void {
    this.#hanging = false;
    for (const pair of this.#pairs) this.#pipe(pair);
  }

  async stop(): Promise<void> {
    if (this.#server?.listening) await this.refuse();
  }

  #join(client: Socket): void {
    const server = connect(this.upstream);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    if (!this.#hanging) this.#pipe(pair);
  }

  #pipe([client, server]: readonly [Socket, Socket]): void {
    if (this.delayMs === 0) {
      client.pipe(server);
      server.pipe(client);
    } else {
      client.pipe(delayed(this.delayMs)).pipe(server);
      server.pipe(delayed(this.delayMs)).pipe(client);
    }
  }
}

function delayed(milliseconds: number): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      setTimeout(() => this.push(chunk), milliseconds);
      done();
    },
    flush: (done) => setTimeout(done, milliseconds),
  });
}
