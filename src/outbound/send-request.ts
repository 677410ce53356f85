import { Readable } from 'node:stream';
import { Agent, type buildConnector } from 'undici';
import { connectInPieces } from './connect-in-pieces.js';
import type { OutboundRequest, OutboundResponse, StreamedBody } from './outbound-http.js';
import { UpstreamExchange } from './upstream-exchange.js';

/** Keeps the connections that `connect` opens, for those that follow. */
export function keepConnections(connect: buildConnector.connector): Agent {
  // undici's own timers have a resolution of half a second: the exchange brings its own.
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: connectInPieces(connect) });
}

/**
 * Follows no redirect (a key would travel with it), retries nothing, and closes the socket as soon as the signal aborts.
 * Resolves when the response's headers are there, with any status except a redirect's.
 *
 * @throws UpstreamError PROVIDER_UNAVAILABLE (no connection, reset before the headers, redirect), PROVIDER_TIMEOUT
 * (first byte, or between bytes: then thrown by the body's iteration), PROVIDER_TRUNCATED (the body was cut, thrown
 * by its iteration); `signal.reason` after an abort
 */
export async function sendRequest(agent: Agent, request: OutboundRequest): Promise<OutboundResponse> {
  request.signal.throwIfAborted();
  const { origin, pathname, search } = new URL(request.url);
  const exchange = new UpstreamExchange(request);
  const { body = null } = request;
  const length = typeof body === 'string' ? null : (body?.length ?? null);
  agent.dispatch(
    {
      origin,
      path: pathname + search,
      method: request.method,
      // Without this header a server may choose any encoding (RFC 9110, 12.5.3), and nothing here decodes.
      headers: {
        'accept-encoding': 'identity',
        ...request.headers,
        ...(length !== null && { 'content-length': String(length) }),
      },
      body: body === null || typeof body === 'string' ? body : streamOf(body, () => exchange.noteSent()),
    },
    exchange,
  );
  return exchange.head;
}

function streamOf(body: StreamedBody, onSent: () => void): Readable {
  const stream = Readable.from(noting(body.read(), onSent), { objectMode: false });
  // Who wrote the body knows why it failed. undici listens only as long as it has a use for it.
  return stream.on('error', () => undefined);
}

async function* noting(pieces: AsyncIterable<Uint8Array>, onSent: () => void): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onSent();
    yield piece;
  }
  onSent();
}
