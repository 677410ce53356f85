import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { TrailKeeper } from './audit/chain/trail-keeper.js';
import { OwnedRuns } from './chat/owned/owned-runs.js';
import { Lifecycle } from './common/lifecycle.js';
import type { Config } from './config/config.js';
import { ConsoleDoor } from './console-door/console-door.js';
import { builtConsole } from './console-door/console-files.js';
import { EventStreamDoor } from './graphql/event-stream/event-stream-door.js';
import { PersistedOperations } from './graphql/every-door/persisted-operations.js';
import { WebSocketDoor } from './graphql/websocket/websocket-door.js';
import { AnswerStreams } from './openai-door/answer/answer-streams.js';
import { httpAdapter, installHttp } from './http-server.js';
import { VaultCheck } from './keys/vault-check.service.js';

/** Close codes of WebSockets (RFC 6455 section 7.4.1, and the IANA registry). */
const GOING_AWAY = 1001;
const SERVICE_RESTART = 1012;

/** How soon after the deadline of a stop, and how often, the connections that are left are cut, in milliseconds. */
const CUT_INTERVAL_MS = 100;

/**
 * The server, checked and ready to listen.
 *
 * @param consoleFolder where the console's built page is
 * @throws StartupError in words for the operator
 */
export async function createApp(
  config: Config,
  consoleFolder: string = builtConsole,
): Promise<NestFastifyApplication> {
  const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(config, consoleFolder),
    httpAdapter(config, () => app),
    { bufferLogs: true, abortOnError: false, bodyParser: false },
  );
  app.useLogger(app.get(Logger));
  await installHttp(app, config);
  await app.init();
  app.get(PersistedOperations).load(() => app.get(ConsoleDoor).readOperations());
  await app.get(VaultCheck).check();
  await app.get(TrailKeeper).start();
  app.get(WebSocketDoor).install();
  return app;
}

/** Whether there is a page at `/console`. */
export const hasConsole = (app: NestFastifyApplication): boolean => app.get(ConsoleDoor).isOpen;

/**
 * Stops gracefully: no new work, and running chats get their time. Where other servers know of them, their watchers are
 * sent there at once (sockets close with 1012); else they stay until their chats have ended. Then streams that are left
 * end so that their clients reconnect (1001), then everything else.
 */
export async function stopApp(app: NestFastifyApplication, drainTimeoutMs: number): Promise<void> {
  const deadline = performance.now() + drainTimeoutMs;
  const runs = app.get(OwnedRuns);
  app.get(Lifecycle).beginDrain();
  const moved = (await runs.canMove()) ? closeStreams(app, SERVICE_RESTART) : null;
  await runs.drain(drainTimeoutMs);
  await moved;
  // Their clients cannot go on elsewhere: they stay until their time is over.
  await Promise.all([closeStreams(app, GOING_AWAY), app.get(AnswerStreams).close()]);
  // Those whose watchers took no terminal event ended with their connections: their reports need the database.
  await runs.drain(0);
  // A client that never sends its request to the end, or reads no answer, would hold up the server for as long. It is
  // cut off again and again, for until the server stops listening another one may come.
  const timer = setInterval(() => {
    if (performance.now() < deadline) return;
    app.getHttpServer().closeAllConnections();
    app.get(WebSocketDoor).terminate();
    app.get(EventStreamDoor).terminate();
    app.get(AnswerStreams).terminate();
  }, CUT_INTERVAL_MS);
  await app.close();
  clearInterval(timer);
}

async function closeStreams(app: NestFastifyApplication, code: number): Promise<void> {
  await Promise.all([app.get(WebSocketDoor).close(code), app.get(EventStreamDoor).close()]);
}
