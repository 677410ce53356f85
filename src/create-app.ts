import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastifyCors, { type FastifyCorsOptionsDelegate } from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { ChatRuns } from './chat/chat-runs.js';
import { Lifecycle } from './common/lifecycle.js';
import type { Config } from './config/config.js';
import { EventStreamDoor } from './graphql/event-stream-door.js';
import { HttpDoor } from './graphql/http-door.js';
import { parseJson } from './graphql/json-bodies.js';
import { Origins } from './graphql/origins.js';
import { leaveBodiesUnread } from './graphql/unread-body.js';
import { WebSocketDoor } from './graphql/websocket-door.js';
import { VaultCheck } from './keys/vault-check.service.js';
import { logRequests } from './telemetry/log-requests.js';

/** What a client may call its request: shown in logs and errors, so that both sides can find it. */
const REQUEST_ID = /^[\w-]{8,64}$/;

/**
 * How long a client may take to send a request, in milliseconds: a long chat on a slow line takes minutes. One that
 * never ends would hold its socket for good. Its headers have a minute, as Node has it.
 */
const REQUEST_TIMEOUT_MS = 300_000;

/** Close codes of WebSockets (RFC 6455 section 7.4.1, and the IANA registry). */
const GOING_AWAY = 1001;
const SERVICE_RESTART = 1012;

/** How soon after the deadline of a stop, and how often, the connections that are left are cut, in milliseconds. */
const CUT_INTERVAL_MS = 100;

/**
 * The server, checked and ready to listen.
 *
 * @throws StartupError in words for the operator
 */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config),
    new FastifyAdapter({
      bodyLimit: config.server.maxBodyBytes,
      requestTimeout: REQUEST_TIMEOUT_MS,
      genReqId: chooseRequestId,
    }),
    { bufferLogs: true, abortOnError: false, bodyParser: false },
  );
  app.useLogger(app.get(Logger));
  await installHttp(app);
  await app.init();
  await app.get(VaultCheck).check();
  app.get(EventStreamDoor).install();
  app.get(WebSocketDoor).install();
  return app;
}

/**
 * Stops gracefully: no new work, and running chats get their time. Where other servers know of them, their watchers are
 * sent there at once (sockets close with 1012); else they stay until their chats have ended. Then streams that are left
 * end so that their clients reconnect (1001), then everything else.
 */
export async function stopApp(app: NestFastifyApplication, drainTimeoutMs: number): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs;
  const runs = app.get(ChatRuns);
  app.get(Lifecycle).beginDrain();
  const moved = (await runs.canMove()) ? closeStreams(app, SERVICE_RESTART) : null;
  await runs.drain(drainTimeoutMs);
  await moved;
  await closeStreams(app, GOING_AWAY);
  // Those whose watchers took no terminal event ended with their connections: their reports need the database.
  await runs.drain(0);
  // A client that never sends its request to the end, or reads no answer, would hold up the server for as long. It is
  // cut off again and again, for until the server stops listening another one may come.
  const timer = setInterval(() => {
    if (performance.now() < deadline) return;
    app.getHttpServer().closeAllConnections();
    app.get(WebSocketDoor).terminate();
    app.get(EventStreamDoor).terminate();
  }, CUT_INTERVAL_MS);
  await app.close();
  clearInterval(timer);
}

async function closeStreams(app: NestFastifyApplication, code: number): Promise<void> {
  await Promise.all([app.get(WebSocketDoor).close(code), app.get(EventStreamDoor).close()]);
}

async function installHttp(app: NestFastifyApplication): Promise<void> {
  const origins = app.get(Origins);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
  });
  const cors: FastifyCorsOptionsDelegate = (request: FastifyRequest, callback) => {
    callback(null, {
      origin: origins.allows(request.headers),
      maxAge: 600,
      exposedHeaders: ['x-request-id'],
    });
  };
  await app.register(fastifyCors, () => cors);
  parseJson(server);
  leaveBodiesUnread(server);
  logRequests(server, app.get(Logger));
  app.get(HttpDoor).install(server);
}

function chooseRequestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const proposed = headers['x-request-id'];
  return typeof proposed === 'string' && REQUEST_ID.test(proposed) ? proposed : randomUUID();
}
