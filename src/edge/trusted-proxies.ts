import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type IpAddress, isWithin, type Network, parseAddress } from '../common/ip-address.js';
import { Config } from '../config/config.js';
import { networkOf } from './client-network.js';

/** More proxies than stand in any chain. What stands further left in a header is not looked at. */
const MOST_PROXIES = 20;

/** Some proxies say what the client speaks over TLS or without it, others which of the two it is. */
const protocols: Readonly<Record<string, 'http:' | 'https:'>> = {
  http: 'http:',
  ws: 'http:',
  https: 'https:',
  wss: 'https:',
};

type Incoming = Pick<IncomingMessage, 'headers' | 'socket'>;

/**
 * Where a request comes from, according to the proxies that the operator trusts (`TRUST_PROXY`).
 *
 * Each proxy writes at the end of a header what it sees, and any client may have written what stands before it. So
 * headers are read from the right, as long as the address that wrote the next entry is a trusted one.
 */
@Injectable()
export class TrustedProxies {
  readonly #networks: readonly Network[];

  constructor({ server }: Config) {
    this.#networks = server.trustedProxies;
  }

  /** The first address from the right that is no trusted proxy; null where the socket is gone. */
  clientOf(request: Incoming): IpAddress | null {
    return this.#trace(request).client;
  }

  /** The network that the client is in; null where the socket is gone. */
  networkOf(request: Incoming): string | null {
    const client = this.clientOf(request);
    return client && networkOf(client);
  }

  /** What the client speaks with the first of the trusted proxies; null where none says so. */
  protocolOf(request: Incoming): 'http:' | 'https:' | null {
    const { proxies } = this.#trace(request);
    if (proxies === 0) return null;
    const entries = entriesOf(request, 'x-forwarded-proto');
    // A proxy that knows no better replaces the header: then there are fewer entries than proxies.
    const entry = entries[Math.max(0, entries.length - proxies)]?.toLowerCase() ?? '';
    return Object.hasOwn(protocols, entry) ? (protocols[entry] ?? null) : null;
  }

  /** Follows the trusted proxies back to who sent the request to the first of them. */
  #trace(request: Incoming): { readonly client: IpAddress | null; readonly proxies: number } {
    let client = parseAddress(request.socket.remoteAddress ?? '');
    let proxies = 0;
    const entries = entriesOf(request, 'x-forwarded-for');
    while (client !== null && this.#isTrusted(client)) {
      proxies += 1;
      const previous = parseAddress(withoutPort(entries.pop() ?? ''));
      // Nothing, or something that is no address: as far back as this can be followed.
      if (previous === null) break;
      client = previous;
    }
    return { client, proxies };
  }

  #isTrusted(address: IpAddress): boolean {
    return this.#networks.some((network) => isWithin(address, network));
  }
}

function entriesOf({ headers }: Incoming, name: string): string[] {
  const header = headers[name] ?? '';
  const text = typeof header === 'string' ? header : header.join(',');
  return text
    .split(',')
    .slice(-MOST_PROXIES)
    .map((entry) => entry.trim());
}

/** Some proxies add the client's port, and brackets for it. */
function withoutPort(entry: string): string {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i.exec(entry) ?? [];
  return bracketed ?? plain ?? entry;
}
