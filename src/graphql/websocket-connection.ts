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
import { UnauthenticatedError } from '../auth/auth.errors.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import type { Authenticator } from '../auth/authenticator.js';
import { findAuthorization } from '../auth/authorization.js';
import { AppError } from '../common/app-error.js';
import { ClientLeftError } from './client-left.error.js';
import type { OperationTurns, Turn } from './operation-turns.js';
import type { Subscriptions, UnmaskedResult } from './subscriptions.js';
import { closeAtExpiry } from './websocket-expiry.js';
import { WebSocketIntake } from './websocket-intake.js';
import { readMessage } from './websocket-message.js';
import { WebSocketOperation } from './websocket-operation.js';
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
  readonly subscriptions: Subscriptions;
  readonly turns: OperationTurns;
  /** Told of what failed for a reason of our own. It must not throw. */
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
  /** Those that run, by the client's ids. */
  readonly #operations = new Map<string, WebSocketOperation>();
  readonly #outbox: Outbox;
  readonly #answerPing: (message: null) => void;
  #hasIntroduced = false;
  #user: AuthenticatedUser | null = null;

  constructor(settings: ConnectionSettings) {
    const { socket, request } = settings;
    this.#settings = settings;
    this.#socket = socket;
    const fail = (error: unknown): void => this.#fail(error);
    const intake = new WebSocketIntake(socket, request.socket, (data) => this.#receive(data), fail);
    this.#outbox = new Outbox(socket, intake);
    this.#answerPing = pingAnswerer<null>(socket, (_, onSent) => socket.send(PONG, onSent));
    // A frame over the limit, or one that breaks the protocol: ws closes the socket with the code that says so.
    socket.on('error', () => undefined);
    socket.on(
      'ping',
      pingAnswerer<Buffer>(socket, (data, onSent) => socket.pong(data, false, onSent)),
    );
    const stopWaiting = this.#awaitIntroduction();
    const stopPinging = keepAlive(socket, request.socket);
    const end = (): void => {
      stopWaiting();
      intake.drain();
      this.#end();
    };
    socket.once('closing', end);
    request.socket.once('end', end);
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

  /** A client that says nothing would keep its connection for good. */
  #awaitIntroduction(): () => void {
    let looking: NodeJS.Immediate | undefined;
    const close = (): void => {
      if (!this.#hasIntroduced) {
        this.#close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
      }
    };
    // A timer may be late, and what the client sent in time may still wait in its socket: that is read first.
    const timer = setTimeout(() => (looking = setImmediate(close)), INIT_TIMEOUT_MS);
    return () => {
      clearTimeout(timer);
      clearImmediate(looking);
    };
  }

  /** @returns what has to be done before the next message is handled */
  #receive(data: Buffer): Promise<void> | undefined {
    if (this.#socket.readyState !== this.#socket.OPEN) return undefined;
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
        this.#complete(message.id);
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
    try {
      const user = await this.#settings.authenticator.authenticate(findAuthorization(payload));
      if (user === null) throw new UnauthenticatedError();
      this.#user = user;
      closeAtExpiry(this.#socket, user.expiresAt);
      this.#outbox.sendAnswer(ACKNOWLEDGEMENT);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof UnauthenticatedError) this.#close(CloseCode.Forbidden, 'A valid token is needed');
      else this.#close(TRY_AGAIN_LATER, error.code);
    }
  }

  /** Resolves when it is this user's turn: until then nothing more is read. */
  async #subscribe({ id, payload }: SubscribeMessage): Promise<void> {
    const user = this.#user;
    if (!user) {
      this.#close(CloseCode.Unauthorized, 'Unauthorized');
      return;
    }
    if (this.#operations.has(id)) {
      this.#close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
      return;
    }
    const operation = new WebSocketOperation(id);
    this.#operations.set(id, operation);
    const turn = await this.#settings.turns.take(user.userId, this.#closing.signal);
    if (turn) this.#run(operation, payload, user, turn).catch((error: unknown) => this.#fail(error));
  }

  async #run(
    operation: WebSocketOperation,
    payload: SubscribeMessage['payload'],
    user: AuthenticatedUser,
    turn: Turn,
  ): Promise<void> {
    const { subscriptions } = this.#settings;
    const context = {
      requestId: randomUUID(),
      user,
      signal: this.#closing.signal,
      connectionId: this.#id,
      operationId: operation.id,
    };
    try {
      const prepared = subscriptions.prepare(payload, context, 'over WebSocket');
      if (!('schema' in prepared)) {
        this.#refuse(operation, prepared, context.requestId);
        return;
      }
      const results = await subscriptions.run(prepared);
      turn.release();
      const send = (result: UnmaskedResult) =>
        this.#sendNext(operation, result, subscriptions.show(result, context.requestId));
      if (Symbol.asyncIterator in results) {
        await operation.begin(results);
        try {
          for await (const result of results) await send(result);
        } catch (error) {
          this.#refuse(operation, [error], context.requestId);
        }
      } else await send(results);
      this.#sendLast(operation, { id: operation.id, type: MessageType.Complete });
    } finally {
      turn.release();
      this.#forget(operation);
    }
  }

  /** What fails before its stream begins is a `next` without data, and answers a message; the others are events. */
  #sendNext(
    operation: WebSocketOperation,
    { data }: UnmaskedResult,
    payload: ReturnType<Subscriptions['show']>,
  ): Promise<void> | void {
    if (operation.isOver) return undefined;
    const text = JSON.stringify({ id: operation.id, type: MessageType.Next, payload });
    if (data !== undefined) return this.#outbox.sendEvent(text);
    this.#outbox.sendAnswer(text);
    return undefined;
  }

  #refuse(operation: WebSocketOperation, errors: readonly unknown[], requestId: string): void {
    const payload = this.#settings.subscriptions.showErrors(errors, requestId);
    this.#sendLast(operation, { id: operation.id, type: MessageType.Error, payload });
  }

  /** The last message of an operation, whose id is the client's again. */
  #sendLast(operation: WebSocketOperation, message: object): void {
    if (operation.isOver) return;
    this.#forget(operation);
    operation.finish();
    this.#outbox.sendAnswer(JSON.stringify(message));
  }

  /** The client unsubscribes; where nothing runs under that id, both sides completed it at the same time. */
  #complete(id: string): void {
    const operation = this.#operations.get(id);
    if (!operation) return;
    this.#forget(operation);
    operation.end().catch((error: unknown) => this.#fail(error));
  }

  #forget(operation: WebSocketOperation): void {
    if (this.#operations.get(operation.id) === operation) this.#operations.delete(operation.id);
  }

  #end(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new ClientLeftError());
    const operations = [...this.#operations.values()];
    this.#operations.clear();
    for (const operation of operations) operation.end().catch((error: unknown) => this.#report(error));
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
