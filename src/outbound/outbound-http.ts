import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, buildConnector } from 'undici';
import { BoundedLines } from '../common/bounded-lines.js';
import { OutboundProxy } from '../common/outbound-proxy.js';
import { connectByProxy, type ProxyError } from './connect-by-proxy.js';
import { connectInPieces } from './connect-in-pieces.js';
import { UpstreamExchange } from './upstream-exchange.js';

/** How long an upstream may be silent. */
export interface OutboundTimeouts {
  /** Milliseconds from the request to the first byte of the response's body. */
  readonly firstByteTimeoutMs: number;
  /** Milliseconds between two bytes that we wait for. */
  readonly idleTimeoutMs: number;
}

/** One request to a provider. */
export interface OutboundRequest extends OutboundTimeouts {
  readonly method: 'GET' | 'POST';
  /** Never holds a key: keys travel in headers. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
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

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The only place that opens a connection to the internet, all of them through the operator's proxy where there is one. It
 * follows no redirect (a key would travel with it), reads no environment variable, retries nothing, and closes the socket
 * as soon as the signal aborts.
 */
@Injectable()
export class OutboundHttp implements OnApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger(OutboundHttp.name));
  readonly #agent: Agent;

  constructor(@Inject(OutboundProxy) proxy: OutboundProxy | null = null) {
    const connect = proxy
      ? connectByProxy(proxy, CONNECT_TIMEOUT_MS, (error) => this.#blame(proxy, error))
      : buildConnector({ timeout: CONNECT_TIMEOUT_MS });
    // undici's own timers have a resolution of half a second: the exchange brings its own.
    this.#agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: connectInPieces(connect) });
  }

  /**
   * Resolves when the response's headers are there, with any status except a redirect's.
   *
   * @throws UpstreamError PROVIDER_UNAVAILABLE (no connection, reset before the headers, redirect), PROVIDER_TIMEOUT
   * (first byte, or between bytes: then thrown by the body's iteration), PROVIDER_TRUNCATED (the body was cut, thrown
   * by its iteration); `signal.reason` after an abort
   */
  async request(request: OutboundRequest): Promise<OutboundResponse> {
    request.signal.throwIfAborted();
    const { origin, pathname, search } = new URL(request.url);
    const exchange = new UpstreamExchange(request);
    this.#agent.dispatch(
      {
        origin,
        path: pathname + search,
        method: request.method,
        // Without this header a server may choose any encoding (RFC 9110, 12.5.3), and nothing here decodes.
        headers: { 'accept-encoding': 'identity', ...request.headers },
        body: request.body ?? null,
      },
      exchange,
    );
    return exchange.head;
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
