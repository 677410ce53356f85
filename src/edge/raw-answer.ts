import type { Duplex } from 'node:stream';
import type { SecurityHeaders } from './security-headers.js';

/** An answer to what never became a request. */
export interface RawAnswer {
  /** Code and reason: `400 Bad Request`. */
  readonly status: string;
  readonly headers: SecurityHeaders;
  /** JSON. */
  readonly body?: string;
}

/**
 * Answers on a socket that the HTTP server has given up, and ends the connection. Without an answer the client would
 * wait until its own timeout; without the end it could keep the socket for good.
 */
export function answerRaw(socket: Duplex, { status, headers, body = '' }: RawAnswer): void {
  const fields = {
    connection: 'close',
    'content-length': Buffer.byteLength(body),
    ...(body !== '' && { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  };
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end([`HTTP/1.1 ${status}`, ...headerLines(fields), '', body].join('\r\n'));
}

/** Headers as they are written, without the ends of the lines. */
export function headerLines(fields: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
}
