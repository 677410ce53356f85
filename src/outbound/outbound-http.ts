import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent } from 'undici';
import { BoundedLines } from '../common/bounded-lines.js';
import { OutboundProxy } from '../common/outbound-proxy.js';
import { connectorFor, type ProxyError } from './connect-by-proxy.js';
import { keepConnections, sendRequest } from './send-request.js';

/** How long an upstream may be silent. */
export interface OutboundTimeouts {
  /** Milliseconds from the request to the first byte of the response's body. */
  readonly firstByteTimeoutMs: number;
  /** Milliseconds between two bytes that we wait for. */
  readonly idleTimeoutMs: number;
}

/** A request's body that is written while it is sent, no faster than the socket takes it. */
export interface StreamedBody {
  /** In bytes; null where it shows only when it is written. */
  readonly length: number | null;
  read(): AsyncIterable<Uint8Array>;
}

/** One request to a provider. */
export interface OutboundRequest extends OutboundTimeouts {
  readonly method: 'GET' | 'POST';
  /** Never holds a key: keys travel in headers. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | StreamedBody | undefined;
  readonly signal: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Headers;
  /**
   * Pulled from the socket only as fast as it is iterated; leaving the iteration closes the socket. Who does not
   * iterate it must call its `return()`, or the socket stays open until the signal aborts.
   */
  readonly body: AsyncIterableIterator<Uint8Array, undefined>;
}

/** What sends requests to one provider. */
export interface Outbound {
  /** @throws as `sendRequest` */
  request(request: OutboundRequest): Promise<OutboundResponse>;
}

/**
 * Opens the connections to addresses that the operator has named, all of them through the operator's proxy where there is
 * one. It reads no environment variable. Addresses that users name have `EndpointHttp`.
 */
@Injectable()
export class OutboundHttp implements Outbound, OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger(OutboundHttp.name));
  readonly #agent: Agent;

  constructor(@Inject(OutboundProxy) proxy: OutboundProxy | null = null) {
    this.#agent = keepConnections(connectorFor(proxy, (...failure) => this.#blame(...failure)));
  }

  /** @throws as {@link sendRequest} */
  request(request: OutboundRequest): Promise<OutboundResponse> {
    return sendRequest(this.#agent, request);
  }

  /** Closes every connection, also those in use: the server's stop lets its streams finish first. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#lines.flush();
    await this.close();
  }

  /** Of every provider it will seem that it cannot be reached: so the log says which part is at fault. */
  #blame({ host }: OutboundProxy, { code, details }: ProxyError): void {
    this.#lines.warn('The proxy at OUTBOUND_PROXY_URL lets nothing through', { host, code, ...details });
  }
}
