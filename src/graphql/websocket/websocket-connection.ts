import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  CloseCode,
  type ConnectionInitMessage,
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  type Message,
  MessageType,
  type SubscribeMessage,
} from 'graphql-ws';
import { UnauthenticatedError } from '../../auth/auth.errors.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import type { Authenticator } from '../../auth/authenticator.js';
import { findAuthorization } from '../../auth/authorization.js';
import type { OpenTokens } from '../../auth/open-tokens.js';
import { AppError } from '../../common/app-error.js';
import { PatientTimer } from '../../common/patient-timer.js';
import { ClientLeftError } from '../every-door/client-left.error.js';
import type { OperationTurns } from '../every-door/operation-turns.js';
import { CLOSING_MS } from '../every-door/stream-limits.js';
import type { Subscriptions } from '../every-door/subscriptions.js';
import { closeAtTokenEnd } from './websocket-expiry.js';
import { WebSocketIntake } from './websocket-intake.js';
import { readMessage } from './websocket-message.js';
import { WebSocketOperations } from './websocket-operations.js';
import { keepAlive, Outbox, pingAnswerer } from './websocket-pressure.js';
import type { ServerSocket } from './websocket-server-socket.js';

/** How long a client may take for `connection_init`, in milliseconds. */
const INIT_TIMEOUT_MS = 3_000;
/** Try again later (the registry of WebSocket close codes, IANA): clients reconnect. */
const TRY_AGAIN_LATER = 1013;

/** Without the ping's payload: a client that does not read would have us keep what it sends. */
const PONG = JSON.stringify({ type: MessageType.Pong });
const ACKNOWLEDGEMENT = JSON.stringify({ type: MessageType.ConnectionAck });

export interface ConnectionSettings {
  readonly socket: ServerSocket;
  /** The request that was upgraded. */
  readonly request: IncomingMessage;
  readonly authenticator: Authenticator;
  readonly openTokens: OpenTokens;
  readonly subscriptions: Subscriptions;
  readonly turns: OperationTurns;
  /** Called with each failure that is the server's own. It must not throw. */
  readonly onError: (error: unknown, connectionId: string) => void;
}

/**
 * One client's connection: the server's side of graphql-transport-ws, for subscriptions only.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 *
 * Its operations end as soon as either side begins to close or the client's end of the stream is seen, not only when the
 * TCP connection is gone; from then on nothing that the client sends is handled.
 *
 * Invariant: nothing throws past a listener of it. What fails for a reason of our own closes this connection with 4500.
 */
export class WebSocketConnection {
  readonly #settings: ConnectionSettings;
  readonly #socket: ServerSocket;
  /** Made up by us. */
  readonly #id = randomUUID();
  /** Aborted as soon as the connection is lost or begins to close, before its operations are ended. */
  readonly #closing = new AbortController();
  readonly #operations: WebSocketOperations;
  readonly #outbox: Outbox;
  readonly #answerPing: (message: null) => void;
  #hasIntroduced = false;
  #user: AuthenticatedUser | null = null;

  constructor(settings: ConnectionSettings) {
    const { socket, request } = settings;
    this.#settings = settings;
    this.#socket = socket;
    const fail = (error: unknown): void => this.#fail(error);
    const intake = new WebSocketIntake(socket, (data) => this.#receive(data), fail);
    this.#outbox = new Outbox(socket, request.socket, intake);
    this.#operations = new WebSocketOperations({
      ...settings,
      outbox: this.#outbox,
      closing: this.#closing.signal,
      connectionId: this.#id,
      onError: fail,
    });
    this.#answerPing = pingAnswerer<null>(socket, (_, onSent) => socket.send(PONG, onSent));
    // For a frame over the limit, or one that breaks the protocol, ws closes the socket with the right code.
    socket.on('error', () => undefined);
    socket.on(
      'ping',
      pingAnswerer<Buffer>(socket, (data, onSent) => socket.pong(data, false, onSent)),
    );
    const stopWaiting = this.#awaitIntroduction();
    const stopPinging = keepAlive(socket, request.socket);
    const end = (): void => {
      stopWaiting();
      // Clients unsubscribe and close at once, and a chat that is unsubscribed from does not wait for them to reconnect.
      for (const data of intake.drain()) this.#unsubscribe(data);
      this.#end();
    };
    socket.once('closing', end);
    request.socket.once('end', () => socket.whenAllCame(end));
    socket.once('close', () => {
      stopPinging();
      end();
    });
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      this.#close(
        CloseCode.SubprotocolNotAcceptable,
        `Subprotocol not acceptable: ${GRAPHQL_TRANSPORT_WS_PROTOCOL} is`,
      );
    }
  }

  /** A silent client would keep its connection forever. */
  #awaitIntroduction(): () => void {
    const timer = new PatientTimer(INIT_TIMEOUT_MS, () => {
      if (!this.#hasIntroduced) {
        this.#close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
      }
    });
    return () => timer.stop();
  }

  /** @returns what has to be done before the next message is handled */
  #receive(data: Buffer): Promise<void> | undefined {
    if (this.#socket.readyState !== this.#socket.OPEN) {
      // It came before the client's end of the stream, behind others that were read with it.
      if (!this.#closing.signal.aborted) this.#unsubscribe(data);
      return undefined;
    }
    const message = readMessage(data, this.#user !== null);
    if ('code' in message) this.#close(message.code, message.reason);
    else return this.#handle(message);
    return undefined;
  }

  #handle(message: Message): Promise<void> | undefined {
    switch (message.type) {
      case MessageType.ConnectionInit:
        this.#introduce(message).catch((error: unknown) => this.#fail(error));
        return undefined;
      case MessageType.Ping:
        this.#answerPing(null);
        return undefined;
      case MessageType.Pong:
        return undefined;
      case MessageType.Subscribe:
        return this.#subscribe(message);
      case MessageType.Complete:
        this.#operations.complete(message.id);
        return undefined;
      case MessageType.ConnectionAck:
      case MessageType.Next:
      case MessageType.Error:
        this.#close(CloseCode.BadRequest, 'Invalid message received');
        return undefined;
    }
  }

  async #introduce({ payload }: ConnectionInitMessage): Promise<void> {
    if (this.#hasIntroduced) {
      this.#close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
      return;
    }
    this.#hasIntroduced = true;
    const { authenticator, openTokens, request } = this.#settings;
    try {
      const user = await authenticator.authenticate(findAuthorization(payload), request);
      if (user === null) throw new UnauthenticatedError();
      this.#user = user;
      closeAtTokenEnd(this.#socket, user, openTokens);
      this.#outbox.sendAnswer(ACKNOWLEDGEMENT);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof UnauthenticatedError) this.#turnAway();
      else this.#close(TRY_AGAIN_LATER, error.code);
    }
  }

  #turnAway(): void {
    this.#close(CloseCode.Forbidden, 'A valid token is needed');
    const { authenticator, request } = this.#settings;
    if (!authenticator.countFailure(request)) return;
    // One of many that bring no good token does not keep its socket for as long as it likes.
    const timer = new PatientTimer(CLOSING_MS, () => this.#socket.terminate());
    this.#socket.once('close', () => timer.stop());
  }

  #subscribe(message: SubscribeMessage): Promise<void> | undefined {
    if (!this.#user) this.#close(CloseCode.Unauthorized, 'Unauthorized');
    else if (this.#operations.has(message.id)) {
      this.#close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${message.id} already exists`);
    } else {
      this.#settings.authenticator.noteUse(this.#user);
      return this.#operations.begin(message, this.#user);
    }
    return undefined;
  }

  #unsubscribe(data: Buffer): void {
    const message = readMessage(data, this.#user !== null);
    if ('type' in message && message.type === MessageType.Complete) this.#operations.complete(message.id);
  }

  #end(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new ClientLeftError());
    this.#operations.endAll();
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #fail(error: unknown): void {
    this.#report(error);
    this.#close(CloseCode.InternalServerError, 'Internal server error');
  }

  #report(error: unknown): void {
    this.#settings.onError(error, this.#id);
  }
}
