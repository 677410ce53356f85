import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { type EndpointAddress, EndpointPolicy } from '../common/endpoint-address.js';
import { OutboundProxy } from '../common/outbound-proxy.js';
import { VIA } from '../common/via.js';
import { connectorFor } from './connect-by-proxy.js';
import { connectToEndpoint } from './connect-to-endpoint.js';
import { HostNames } from './host-names.js';
import type { OutboundRequest, OutboundResponse } from './outbound-http.js';
import { keepConnections, sendRequest } from './send-request.js';
import { ProviderUnreachableError } from './upstream-error.js';

/**
 * Opens the connections to addresses that users have named, with the operator's policy on where these may lead. It keeps
 * connections of its own: none that was opened for a provider serves an endpoint.
 *
 * Every request says in `Via` who sends it, so that a server of this kind refuses it. Of what answers, its status and its body
 * are handed on: nothing of its headers may show in an error.
 */
@Injectable()
export class EndpointHttp implements OnApplicationShutdown {
  readonly #agent: Agent;

  constructor(
    private readonly policy: EndpointPolicy,
    names: HostNames,
    @Inject(OutboundProxy) proxy: OutboundProxy | null = null,
  ) {
    // What the proxy refuses is the user's business; that it is away is told by the log of the provider.
    const connect = connectorFor(proxy, () => undefined);
    this.#agent = keepConnections(connectToEndpoint({ policy, names, connect }));
  }

  /**
   * @param address of the endpoint; the request's URL is one below it
   * @throws as `sendRequest`; whatever is wrong with the way to the address is PROVIDER_UNAVAILABLE
   */
  async request(address: EndpointAddress, request: OutboundRequest): Promise<OutboundResponse> {
    if (!request.url.startsWith(`${address.baseUrl}/`)) throw new Error('A request leads past its endpoint.');
    if (this.policy.refusalOf(address) !== null) throw new ProviderUnreachableError('ADDRESS_NOT_ALLOWED');
    const headers = { ...request.headers, via: VIA };
    const { status, body } = await sendRequest(this.#agent, { ...request, headers });
    return { status, headers: new Headers(), body };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#agent.destroy();
  }
}
