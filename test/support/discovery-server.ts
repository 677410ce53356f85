import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The discovery document of an OpenID provider, on this machine. */
export class DiscoveryServer {
  /** What it answers instead of a good document. */
  answer: ((response: ServerResponse) => void) | null = null;
  /** Members that differ from those of a good document; undefined leaves one out. */
  others: Readonly<Record<string, unknown>> = {};
  readonly requests: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    this.requests.push(request.url ?? '');
    if (this.answer) this.answer(response);
    else this.#send(response);
  });
  #port = 0;

  get origin(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  get issuer(): string {
    return `${this.origin}/realms/test`;
  }

  get metadata(): Readonly<Record<string, unknown>> {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      ...this.others,
    };
  }

  /** Variables of a server whose people sign in here. */
  get environment(): Readonly<Record<string, string>> {
    return {
      AUTH_JWKS_URL: `${this.issuer}/jwks`,
      AUTH_ISSUER: this.issuer,
      AUTH_AUDIENCE: 'keystream',
      AUTH_CLIENT_ID: 'console',
    };
  }

  /** Also after a stop: then where it was. */
  async start(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #send(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.metadata));
  }
}
