import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PatientTimer } from '../../common/patient-timer.js';
import type { ErrorAnswer } from '../every-door/error-answer.js';

/** An unwanted body up to this size, in bytes, is read and dropped, so that the connection serves the next request. */
const MAX_DISCARDED_BYTES = 64 * 1024;

/** How long a client may take for an answer that came before it had sent its request, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * Keeps the rest of a refused request from being read: Node would read and drop its body, which may have no end. The
 * connection is closed instead.
 */
export function leaveBodiesUnread(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (isLongAndUnread(request.raw)) void reply.header('connection', 'close');
    done();
  });
}

/**
 * Answers a request in JSON whose body may not have been read. Where the body is long, its client may be sending it still, and
 * would find its connection broken before it had looked for an answer: so the whole answer is there at once, and the
 * connection is closed when the client closes it, or after a moment.
 */
export function answerUnread(reply: FastifyReply, { status, headers, body }: ErrorAnswer): void {
  const { raw: request } = reply.request;
  void reply.headers(headers);
  if (!isLongAndUnread(request)) {
    void reply.code(status).send(body);
    return;
  }
  const text = JSON.stringify(body);
  reply.hijack();
  // Where it was read until it was too long, it would be read on.
  request.pause();
  const response = reply.raw;
  response.writeHead(status, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.write(text);
  const end = (): void => {
    timer.stop();
    response.end();
  };
  const timer = new PatientTimer(LINGER_MS, end);
  request.socket.once('close', end);
}

function isLongAndUnread(request: IncomingMessage): boolean {
  const { 'transfer-encoding': encoding, 'content-length': length } = request.headers;
  return !request.complete && (encoding !== undefined || Number(length ?? 0) > MAX_DISCARDED_BYTES);
}
