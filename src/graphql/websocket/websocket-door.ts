import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { type Server as SocketServer, WebSocketServer } from 'ws';
import { Authenticator } from '../../auth/authenticator.js';
import { OpenTokens } from '../../auth/open-tokens.js';
import { Lifecycle } from '../../common/lifecycle.js';
import { PatientTimer } from '../../common/patient-timer.js';
import { hasPassedKeystream } from '../../common/via.js';
import { Config } from '../../config/config.js';
import { answerRaw, headerLines } from '../../edge/raw-answer.js';
import { securityHeaders } from '../../edge/security-headers.js';
import { OperationTurns } from '../every-door/operation-turns.js';
import { GRAPHQL_PATH } from '../every-door/paths.js';
import { Origins } from '../every-door/origins.js';
import { CLOSING_MS } from '../every-door/stream-limits.js';
import { Subscriptions } from '../every-door/subscriptions.js';
import { WebSocketConnection } from './websocket-connection.js';
import { ServerSocket } from './websocket-server-socket.js';

/** Parts that a message may come in. Browsers that divide long ones make parts of 16 KiB and more. */
const MAX_FRAGMENTS = 256;

/** Our own graphql-ws server, on the same port as HTTP: sub-protocol graphql-transport-ws, subscriptions only. */
@Injectable()
export class WebSocketDoor {
  readonly #logger = new Logger(WebSocketDoor.name);
  readonly #sockets: SocketServer<typeof ServerSocket>;
  /** All that asked to be upgraded, refused ones too, until they are gone: the HTTP server has forgotten them. */
  readonly #connections = new Set<Duplex>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly openTokens: OpenTokens,
    private readonly origins: Origins,
    private readonly lifecycle: Lifecycle,
    private readonly subscriptions: Subscriptions,
    private readonly turns: OperationTurns,
    private readonly config: Config,
  ) {
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.config.server.maxFrameBytes,
      // Compression costs memory for every connection, and deltas are short.
      perMessageDeflate: false,
      handleProtocols: chooseProtocol,
      WebSocket: ServerSocket,
      // Ours does not let the pongs pile up.
      autoPong: false,
      // One read brings ten thousand small frames: of each socket one is handled in a turn of the event loop. The parts of
      // a message are taken together, so there are few.
      allowSynchronousEvents: false,
      maxFragments: MAX_FRAGMENTS,
    });
  }

  /** Called before the server listens. */
  install(): void {
    const http = this.adapterHost.httpAdapter.getHttpServer() as HttpServer;
    const headers = headerLines(securityHeaders(this.config.general));
    this.#sockets.on('headers', (lines) => lines.push(...headers));
    this.#sockets.on('wsClientError', (_error, socket) => this.refuse(socket, '400 Bad Request'));
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      try {
        this.upgrade(request, socket, head);
      } catch (error) {
        this.report(error, null);
        socket.destroy();
      }
    });
  }

  /** How many connections there are. */
  get openSockets(): number {
    return this.#sockets.clients.size;
  }

  /** Ends every connection with a close code. */
  async close(code: number): Promise<void> {
    const closing = [...this.#sockets.clients].map((socket) => closeGracefully(socket, code));
    await Promise.all(closing);
  }

  /** Cuts the connections that are left. Unsent data is lost. */
  terminate(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    const refusal = this.refusalOf(request);
    if (refusal) {
      this.refuse(socket, refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.accept(webSocket, request));
  }

  private refusalOf(request: IncomingMessage): string | null {
    if (hasPassedKeystream(request.headers.via)) return '508 Loop Detected';
    if (request.url?.split('?')[0] !== GRAPHQL_PATH) return '404 Not Found';
    if (!this.origins.allows(request)) return '403 Forbidden';
    if (this.lifecycle.draining) return '503 Service Unavailable';
    return null;
  }

  private refuse(socket: Duplex, status: string): void {
    answerRaw(socket, { status, headers: securityHeaders(this.config.general) });
  }

  private accept(socket: ServerSocket, request: IncomingMessage): void {
    socket.maxMessageBytes = this.config.server.maxFrameBytes;
    const { authenticator, openTokens, subscriptions, turns } = this;
    const onError = (error: unknown, connectionId: string): void => this.report(error, connectionId);
    new WebSocketConnection({
      ...{ socket, request, authenticator, openTokens },
      ...{ subscriptions, turns, onError },
    });
  }

  private report(error: unknown, connectionId: string | null): void {
    this.#logger.error({ err: error, connectionId }, 'A WebSocket connection failed for a reason of our own');
  }
}

/**
 * A client of another sub-protocol is let in, then closed with code 4406 and a reason: of a handshake that fails, a
 * browser's page sees nothing.
 */
function chooseProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)) return GRAPHQL_TRANSPORT_WS_PROTOCOL;
  const [first = false] = offered;
  return first;
}

async function closeGracefully(socket: ServerSocket, code: number): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close(code, 'The server is stopping');
  const timer = new PatientTimer(CLOSING_MS, () => socket.terminate());
  await closed;
  timer.stop();
}
