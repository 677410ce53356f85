import { EndpointAddress, EndpointPolicy } from '../../src/common/endpoint-address.js';
import type { ProviderDefinition } from '../../src/common/provider-definition.js';
import { EndpointHttp } from '../../src/outbound/endpoint-http.js';
import { NetworkNames } from '../../src/outbound/host-names.js';
import { type Outbound, OutboundHttp } from '../../src/outbound/outbound-http.js';

/** Connections as the server opens them: those to endpoints of users go a way of their own. */
export class Connections {
  readonly http = new OutboundHttp();
  readonly #endpoints = new EndpointHttp(new EndpointPolicy('any'), new NetworkNames());

  /** @param api the address of a provider, or of a user's endpoint */
  to({ environment }: ProviderDefinition, api: string): Outbound {
    if (environment !== null) return this.http;
    return { request: (request) => this.#endpoints.request(EndpointAddress.read(api), request) };
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.#endpoints.onApplicationShutdown();
  }
}
