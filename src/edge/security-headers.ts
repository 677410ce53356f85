import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { GeneralConfig } from '../config/general.js';

export type SecurityHeaders = Readonly<Record<string, string>>;

/** A year, in seconds. */
const HSTS_MAX_AGE = 31_536_000;

/**
 * The headers of every answer, on every door: browsers keep to its type, send no referrer, and show it in no frame
 * (Content Security Policy Level 3). In production they also come back over TLS alone (RFC 6797; the header has no
 * effect where it does not come over TLS).
 *
 * A page that needs more of a policy sets its own.
 */
export function securityHeaders({ production }: Pick<GeneralConfig, 'production'>): SecurityHeaders {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "frame-ancestors 'none'",
    ...(production && { 'strict-transport-security': `max-age=${HSTS_MAX_AGE}` }),
  };
}

/**
 * Puts the headers on every answer of the HTTP server, before the framework sees the request: it answers some without
 * running any hook. What is refused before there is a request, or asks for another protocol, is answered by
 * {@link answerRaw}.
 */
export function secureAnswers(server: Server, headers: SecurityHeaders): void {
  const secure = (response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => secure(response));
  // Node's own answer to an `Expect` that it does not know would come without them.
  server.on('checkExpectation', (_: IncomingMessage, response: ServerResponse) => {
    secure(response);
    response.writeHead(417, { connection: 'close', 'content-length': 0 }).end();
  });
}
