/** One request to a provider. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  /** Never holds a key: keys travel in headers. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Pulled from the socket only as fast as it is iterated; leaving the iteration closes the socket. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The only place that opens a connection to the internet. It follows no redirect (a key would travel with it), reads
 * no proxy or other environment variable, and closes the socket as soon as the signal aborts.
 */
export interface OutboundHttp {
  /**
   * Resolves when the response's headers are there, whatever the status.
   *
   * @throws UpstreamError PROVIDER_UNAVAILABLE (no connection, redirect), PROVIDER_TIMEOUT (first byte, or between bytes,
   * thrown by the body's iteration), PROVIDER_TRUNCATED (the body was cut); `signal.reason` after an abort
   */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** The same rules as a `fetch` for the providers' packages. */
  fetchWith(timeouts: { firstByteTimeoutMs: number; idleTimeoutMs: number }): typeof fetch;
  /** Closes idle connections at shutdown. */
  close(): Promise<void>;
}
