import { randomUUID } from 'node:crypto';
import { MessageType, type SubscribeMessage } from 'graphql-ws';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import type { OperationTurns, Turn } from './operation-turns.js';
import type { ResultStream, Subscriptions, UnmaskedResult } from './subscriptions.js';
import { WebSocketOperation } from './websocket-operation.js';
import type { Outbox } from './websocket-pressure.js';

export interface OperationsSettings {
  readonly subscriptions: Subscriptions;
  readonly turns: OperationTurns;
  readonly outbox: Outbox;
  /** Aborts as soon as the connection is lost or begins to close. */
  readonly closing: AbortSignal;
  readonly connectionId: string;
  /** What failed for a reason of our own. It must not throw. */
  readonly onError: (error: unknown) => void;
}

/** The operations of one connection, by the ids that its client gives them. */
export class WebSocketOperations {
  readonly #running = new Map<string, WebSocketOperation>();

  constructor(private readonly settings: OperationsSettings) {}

  /** Whether an operation runs under this id. */
  has(id: string): boolean {
    return this.#running.has(id);
  }

  /** Resolves when it is this user's turn: until then nothing more is read of what the client sends. */
  async begin({ id, payload }: SubscribeMessage, user: AuthenticatedUser): Promise<void> {
    const { turns, closing, onError } = this.settings;
    const operation = new WebSocketOperation(id);
    this.#running.set(id, operation);
    const turn = await turns.take(user.userId, closing);
    if (turn) this.#run(operation, payload, user, turn).catch(onError);
  }

  /** The client unsubscribes; where nothing runs under that id, both sides completed it at the same time. */
  complete(id: string): void {
    const operation = this.#running.get(id);
    if (!operation) return;
    this.#forget(operation);
    operation.end().catch(this.settings.onError);
  }

  /** Ends all of them with their connection. */
  endAll(): void {
    const operations = [...this.#running.values()];
    this.#running.clear();
    for (const operation of operations) operation.end().catch(this.settings.onError);
  }

  async #run(
    operation: WebSocketOperation,
    payload: SubscribeMessage['payload'],
    user: AuthenticatedUser,
    turn: Turn,
  ): Promise<void> {
    const { subscriptions, closing: signal, connectionId } = this.settings;
    const requestId = randomUUID();
    const context = { requestId, user, signal, connectionId, operationId: operation.id };
    try {
      const prepared = subscriptions.prepare(payload, context, 'over WebSocket');
      if (!('schema' in prepared)) {
        this.#refuse(operation, prepared, requestId);
        return;
      }
      const results = await subscriptions.run(prepared);
      turn.release();
      if (Symbol.asyncIterator in results) await this.#relay(operation, results, requestId);
      else await this.#sendNext(operation, results, requestId);
      this.#sendLast(operation, { id: operation.id, type: MessageType.Complete });
    } finally {
      turn.release();
      this.#forget(operation);
    }
  }

  async #relay(operation: WebSocketOperation, results: ResultStream, requestId: string): Promise<void> {
    await operation.begin(results);
    try {
      for await (const result of results) await this.#sendNext(operation, result, requestId);
    } catch (error) {
      this.#refuse(operation, [error], requestId);
    }
  }

  /** What fails before its stream begins is a `next` without data, and answers a message; the others are events. */
  #sendNext(operation: WebSocketOperation, result: UnmaskedResult, requestId: string): Promise<void> | void {
    if (operation.isOver) return undefined;
    const { outbox, subscriptions } = this.settings;
    const payload = subscriptions.show(result, requestId);
    const text = JSON.stringify({ id: operation.id, type: MessageType.Next, payload });
    if (result.data !== undefined) return outbox.sendEvent(text);
    outbox.sendAnswer(text);
    return undefined;
  }

  #refuse(operation: WebSocketOperation, errors: readonly unknown[], requestId: string): void {
    const payload = this.settings.subscriptions.showErrors(errors, requestId);
    this.#sendLast(operation, { id: operation.id, type: MessageType.Error, payload });
  }

  /** The last message of an operation, whose id is the client's again. */
  #sendLast(operation: WebSocketOperation, message: object): void {
    if (operation.isOver) return;
    this.#forget(operation);
    operation.finish();
    this.settings.outbox.sendAnswer(JSON.stringify(message));
  }

  #forget(operation: WebSocketOperation): void {
    if (this.#running.get(operation.id) === operation) this.#running.delete(operation.id);
  }
}
