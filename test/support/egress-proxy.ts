import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));
/** For the name `localhost`; see tls-proxy.ts. */
const certificate = () => ({ cert: fixture('server.pem'), key: fixture('server.key') });

/** What a proxy does with a request for a tunnel: lets it through, refuses it with a status, or leaves it waiting. */
export type Verdict = 'open' | 'hang' | number;

/** A proxy for what goes out of a network, as RFC 9110 section 9.3.6 has it. */
export class EgressProxy {
  /** What it was asked to connect to. */
  readonly targets: string[] = [];
  /** What it was asked for without a tunnel: nothing should be. */
  readonly requests: string[] = [];
  /** What came to let its client in. */
  readonly credentials: (string | undefined)[] = [];
  verdict: Verdict = 'open';
  /** A port of this machine to which all targets lead; null: each leads where it says. */
  detour: number | null = null;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async start({ secure = false } = {}): Promise<EgressProxy> {
    const server = secure ? createHttps(certificate()) : createHttp();
    const proxy = new EgressProxy(server, secure ? 'https' : 'http');
    server.on('connection', (socket: Socket) => proxy.#keep(socket));
    server.on('request', (request, response) => {
      proxy.requests.push(request.url ?? '');
      response.writeHead(500).end();
    });
    server.on('connect', (request: IncomingMessage, client: Socket) => proxy.#join(request, client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** @param credentials `user:password` */
  url(credentials?: string): string {
    const { port } = this.server.address() as AddressInfo;
    const host = this.scheme === 'https' ? 'localhost' : '127.0.0.1';
    return `${this.scheme}://${credentials === undefined ? '' : `${credentials}@`}${host}:${String(port)}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join({ url = '', headers }: IncomingMessage, client: Socket): void {
    this.targets.push(url);
    this.credentials.push(headers['proxy-authorization']);
    if (this.verdict === 'hang') return;
    if (this.verdict !== 'open') {
      client.end(`HTTP/1.1 ${String(this.verdict)} No\r\ncontent-length: 5\r\n\r\nwhy: `);
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const upstream = this.#keep(
      this.detour === null ? connect(Number(port) || 80, hostname) : connect(this.detour, '127.0.0.1'),
    );
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.once('close', () => client.destroy());
    client.once('close', () => upstream.destroy());
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
  }
}

/** TLS in front of a server on this machine that has none: `https://localhost:port`. */
export async function startTlsFront(url: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const target = Number(new URL(url).port);
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createTls(certificate(), (client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    client.pipe(upstream).pipe(client);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  // Who does not trust the certificate hangs up.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${String((server.address() as AddressInfo).port)}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
