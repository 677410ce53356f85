import { randomUUID } from 'node:crypto';
import type { SubscribeMessage } from 'graphql-ws';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { noTimeLimit } from '../../auth/request-context.js';
import type { OperationTurns, Turn } from '../every-door/operation-turns.js';
import type { Subscriptions } from '../every-door/subscriptions.js';
import { type OperationOwner, WebSocketOperation } from './websocket-operation.js';
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
  readonly #owner: OperationOwner;

  constructor(private readonly settings: OperationsSettings) {
    const { outbox, subscriptions } = settings;
    this.#owner = {
      outbox,
      forget: (operation) => this.#forget(operation),
      show: (errors, requestId) => subscriptions.showErrors(errors, requestId),
    };
  }

  /** Whether an operation runs under this id. */
  has(id: string): boolean {
    return this.#running.has(id);
  }

  /** Resolves when it is this user's turn: until then nothing more is read of what the client sends. */
  async begin({ id, payload }: SubscribeMessage, user: AuthenticatedUser): Promise<void> {
    const { turns, closing, onError } = this.settings;
    const operation = new WebSocketOperation(id, randomUUID(), this.#owner);
    this.#running.set(id, operation);
    const turn = await turns.take(user.userId, closing);
    if (turn) this.#run(operation, payload, user, turn).catch(onError);
  }

  /** The client unsubscribes; where nothing runs under that id, both sides completed it at the same time. */
  complete(id: string): void {
    const operation = this.#running.get(id);
    if (!operation) return;
    this.#forget(operation);
    operation.end();
  }

  /** Ends all of them with their connection. */
  endAll(): void {
    const operations = [...this.#running.values()];
    this.#running.clear();
    for (const operation of operations) operation.end();
  }

  async #run(
    operation: WebSocketOperation,
    payload: SubscribeMessage['payload'],
    user: AuthenticatedUser,
    turn: Turn,
  ): Promise<void> {
    const { subscriptions, closing: signal, connectionId } = this.settings;
    const { id: operationId, requestId } = operation;
    try {
      const context = { requestId, user, signal, liftTimeLimit: noTimeLimit, connectionId, operationId };
      const prepared = subscriptions.prepare(payload, context, 'over WebSocket');
      if (!('schema' in prepared)) {
        operation.refuse(prepared);
        return;
      }
      const started = await subscriptions.run(prepared);
      if ('source' in started) operation.begin(started);
      else {
        operation.answer(subscriptions.show(started, requestId));
        operation.complete();
      }
    } catch (error) {
      this.#forget(operation);
      throw error;
    } finally {
      turn.release();
    }
  }

  #forget(operation: WebSocketOperation): void {
    if (this.#running.get(operation.id) === operation) this.#running.delete(operation.id);
  }
}
