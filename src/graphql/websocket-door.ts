import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { handleProtocols, makeServer, type Server } from 'graphql-ws';
import { type Server as SocketServer, WebSocketServer } from 'ws';
import { Authenticator } from '../auth/authenticator.js';
import { Lifecycle } from '../common/lifecycle.js';
import { Config } from '../config/config.js';
import { answerRaw, headerLines } from '../edge/raw-answer.js';
import { securityHeaders } from '../edge/security-headers.js';
import { Origins } from './origins.js';
import { CLOSING_MS } from './stream-limits.js';
import { Subscriptions } from './subscriptions.js';
import { openConnection } from './websocket-connection.js';
import { type SocketExtra, webSocketOptions } from './websocket-options.js';
import { ServerSocket } from './websocket-server-socket.js';

const PATH = '/graphql';

/** Our own graphql-ws server, on the same port as HTTP: sub-protocol graphql-transport-ws, subscriptions only. */
@Injectable()
export class WebSocketDoor {
  readonly #logger = new Logger(WebSocketDoor.name);
  readonly #sockets: SocketServer<typeof ServerSocket>;
  /** All that asked to be upgraded, refused ones too, until they are gone: the HTTP server has forgotten them. */
  readonly #connections = new Set<Duplex>();
  #server: Server<SocketExtra> | null = null;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly authenticator: Authenticator,
    private readonly origins: Origins,
    private readonly lifecycle: Lifecycle,
    private readonly subscriptions: Subscriptions,
    private readonly config: Config,
  ) {
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.config.server.maxFrameBytes,
      // Compression costs memory for every connection, and deltas are short.
      perMessageDeflate: false,
      handleProtocols,
      WebSocket: ServerSocket,
      // Ours does not let the pongs pile up.
      autoPong: false,
    });
  }

  /** Called before the server listens. */
  install(): void {
    this.#server = makeServer(webSocketOptions(this.authenticator, this.subscriptions));
    const http = this.adapterHost.httpAdapter.getHttpServer() as HttpServer;
    const headers = headerLines(securityHeaders(this.config.general));
    this.#sockets.on('headers', (lines) => lines.push(...headers));
    this.#sockets.on('wsClientError', (_error, socket) => this.refuse(socket, '400 Bad Request'));
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
  }

  /** Ends every connection with a close code. */
  async close(code: number): Promise<void> {
    const closing = [...this.#sockets.clients].map((socket) => closeGracefully(socket, code));
    await Promise.all(closing);
  }

  /** Cuts what connections are left, whatever waits to be sent on them. */
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
    if (request.url?.split('?')[0] !== PATH) return '404 Not Found';
    if (!this.origins.allows(request)) return '403 Forbidden';
    if (this.lifecycle.draining) return '503 Service Unavailable';
    return null;
  }

  private refuse(socket: Duplex, status: string): void {
    answerRaw(socket, { status, headers: securityHeaders(this.config.general) });
  }

  private accept(socket: ServerSocket, request: IncomingMessage): void {
    if (!this.#server) throw new Error('The WebSocket door was not installed.');
    const connectionId = randomUUID();
    const closing = new AbortController();
    openConnection(this.#server, { socket, request, connectionId, closing, user: null }, (error) =>
      this.#logger.error(
        { err: error, connectionId },
        'A WebSocket connection failed for a reason of our own',
      ),
    );
  }
}

async function closeGracefully(socket: ServerSocket, code: number): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close(code, 'The server is stopping');
  const timer = setTimeout(() => socket.terminate(), CLOSING_MS);
  await closed;
  clearTimeout(timer);
}
