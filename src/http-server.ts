import type { IncomingMessage } from 'node:http';
import fastifyCors, { type FastifyCorsOptionsDelegate } from '@fastify/cors';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { AttachmentsDoor } from './attachments/attachments-door.js';
import { FailingTokens } from './auth/failing-tokens.js';
import { BadUserInputError } from './common/input-errors.js';
import { hasPassedKeystream } from './common/via.js';
import type { Config } from './config/config.js';
import { ConsoleDoor } from './console-door/console-door.js';
import { servePipelinedInTurn } from './edge/pipelining.js';
import { RequestLoopError } from './edge/request-loop.error.js';
import { secureAnswers, securityHeaders } from './edge/security-headers.js';
import { answerUnreadable } from './edge/unreadable-request.js';
import { EventStreamDoor } from './graphql/event-stream/event-stream-door.js';
import { ErrorMask } from './graphql/every-door/error-mask.js';
import { HttpDoor } from './graphql/http/http-door.js';
import { answerProblem } from './graphql/http/http-error.filter.js';
import { parseJson } from './graphql/http/json-bodies.js';
import { Origins } from './graphql/every-door/origins.js';
import { leaveBodiesUnread } from './graphql/http/unread-body.js';
import { logRequest, logRequests } from './telemetry/log-requests.js';
import { chooseRequestId } from './telemetry/request-id.js';
import { readUrl } from './common/read-url.js';

/**
 * How long a client may take to send a request, in milliseconds: a long chat on a slow line takes minutes. One that
 * never ends would hold its socket for good. Its headers have a minute, as Node has it.
 */
const REQUEST_TIMEOUT_MS = 300_000;

/**
 * How long nothing may move on a connection that a request was begun on, in milliseconds: none takes that long to answer, but for
 * a chat's whole answer, which lifts it until it is there.
 * A client that reads no answer would keep it, and all that waits on it, for good. Event streams have pings, and
 * WebSockets their own rules.
 */
const IDLE_TIMEOUT_MS = 300_000;

/** @param getApp the application that the adapter is for; it is not there yet */
export function httpAdapter(
  { general, server }: Config,
  getApp: () => NestFastifyApplication,
): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: server.maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    genReqId: (request: Pick<IncomingMessage, 'headers'>) => chooseRequestId(request.headers['x-request-id']),
    // Node's own answer to a request without one would come without our headers.
    http: { requireHostHeader: false },
    clientErrorHandler: answerUnreadable(securityHeaders(general)),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerBadAddress(getApp(), error, request, reply),
  });
}

/** What every request passes that reaches no other door than HTTP. Called before routes are registered. */
export async function installHttp(app: NestFastifyApplication, { general }: Config): Promise<void> {
  servePipelinedInTurn(app.getHttpServer());
  secureAnswers(app.getHttpServer(), securityHeaders(general));
  const origins = app.get(Origins);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    const { raw } = request;
    if (hasPassedKeystream(raw.headers.via)) throw new RequestLoopError();
    // HTTP/1.0 knows no such header, and what serves GraphQL takes a request's whole address.
    if (raw.httpVersion === '1.0') raw.headers.host ??= 'localhost';
    if (!namesHost(raw)) {
      void reply.header('connection', 'close');
      throw BadUserInputError.at('request', 'must name its host');
    }
  });
  const cors: FastifyCorsOptionsDelegate = (request: FastifyRequest, callback) => {
    callback(null, {
      origin: origins.allows(request.raw),
      maxAge: 600,
      // The last three tell packages that repeat a request whether to do so, and when.
      exposedHeaders: ['x-request-id', 'x-should-retry', 'retry-after', 'retry-after-ms'],
    });
  };
  await app.register(fastifyCors, () => cors);
  parseJson(server);
  leaveBodiesUnread(server);
  const failingTokens = app.get(FailingTokens);
  failingTokens.install(server);
  logRequests(server, app.get(Logger), ({ raw }) => failingTokens.isOverLimit(raw));
  app.get(HttpDoor).install(server);
  app.get(EventStreamDoor).install();
  app.get(AttachmentsDoor).install();
  app.get(ConsoleDoor).install();
}

/** What no route can be looked for, such as `/%`. Hooks do not see these requests. */
function answerBadAddress(
  app: NestFastifyApplication,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply.header('x-request-id', request.id);
  answerProblem(app.get(ErrorMask), error, request, reply);
  logRequest(app.get(Logger), request, reply);
}

/** RFC 9112 section 3.2: what is no host is refused as if it were missing. */
const namesHost = ({ headers: { host = '' } }: IncomingMessage): boolean =>
  readUrl(`http://${host}/`) !== null;
