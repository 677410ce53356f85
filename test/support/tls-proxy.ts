import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

const fixture = (name: string): string => new URL(`../fixtures/tls/${name}`, import.meta.url).pathname;

/** The authority that issued the certificates, as a file. */
export const AUTHORITY = fixture('authority.pem');

/** The length of PostgreSQL's SSLRequest, which a client sends before anything else. */
const SSL_REQUEST_BYTES = 8;

/**
 * TLS in front of a PostgreSQL that has none. Its certificate is for the name `localhost`, issued by {@link AUTHORITY};
 * the outdated one has expired.
 */
export class TlsProxy {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param url of the PostgreSQL behind it */
  static async start(url: string, certificate: 'server' | 'outdated' = 'server'): Promise<TlsProxy> {
    const { hostname, port } = new URL(url);
    const secureContext = createSecureContext({
      cert: readFileSync(fixture(`${certificate}.pem`)),
      key: readFileSync(fixture('server.key')),
    });
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new TlsProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => {
      const keep = (socket: Socket): Socket => {
        proxy.#sockets.add(socket);
        return socket.on('error', () => undefined).once('close', () => proxy.#sockets.delete(socket));
      };
      keep(client).once('readable', function join() {
        if (client.read(SSL_REQUEST_BYTES) === null) {
          client.once('readable', join);
          return;
        }
        client.write('S');
        const secure = keep(new TLSSocket(client, { isServer: true, secureContext }));
        const upstream = keep(connect(Number(port) || 5432, hostname));
        secure.pipe(upstream).pipe(secure);
        secure.once('close', () => upstream.destroy());
        upstream.once('close', () => secure.destroy());
      });
    });
    return proxy;
  }

  /** The database's URL by way of this proxy, with these parameters. */
  urlOf(url: string, parameters: Readonly<Record<string, string>>, host = 'localhost'): string {
    const address = new URL(url);
    address.host = `${host}:${String(this.port)}`;
    address.password = 'hunter2';
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    return address.href;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
