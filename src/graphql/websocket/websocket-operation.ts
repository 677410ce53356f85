import { MessageType } from 'graphql-ws';
import { type ResultSink, SubscriptionRelay } from '../every-door/subscription-relay.js';
import type { RunningSubscription } from '../every-door/subscriptions.js';
import type { Outbox } from './websocket-pressure.js';

/** What follows from an operation's end, for the connection that it runs on. */
export interface OperationOwner {
  readonly outbox: Outbox;
  /** The operation is over: its id is the client's again. */
  forget(operation: WebSocketOperation): void;
  /** An error as a client may see it. */
  show(errors: readonly unknown[], requestId: string): readonly unknown[];
}

/** One subscription of a connection, from the client's `subscribe` to its end on either side. */
export class WebSocketOperation implements ResultSink {
  #isOver = false;
  #relay: SubscriptionRelay | null = null;
  /** All of a `next` message but its result, which is JSON already. */
  readonly #beforeResult: string;

  /** @param id the client's, which may name another operation as soon as this one is over */
  constructor(
    readonly id: string,
    readonly requestId: string,
    private readonly owner: OperationOwner,
  ) {
    this.#beforeResult = `{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":`;
  }

  /** Its source is there: left at once where the client has left meanwhile. */
  begin(subscription: RunningSubscription): void {
    this.#relay = new SubscriptionRelay(subscription, this);
    if (this.#isOver) this.#relay.stop();
    else this.#relay.start();
  }

  next(result: string): Promise<void> | void {
    return this.owner.outbox.sendEvent(`${this.#beforeResult}${result}}`);
  }

  /** What fails before its stream begins is a `next` without data, and answers a message. */
  answer(result: unknown): void {
    if (!this.#isOver) this.owner.outbox.sendAnswer(`${this.#beforeResult}${JSON.stringify(result)}}`);
  }

  complete(): void {
    this.#sendLast({ id: this.id, type: MessageType.Complete });
  }

  fail(error: unknown): void {
    this.refuse([error]);
  }

  refuse(errors: readonly unknown[]): void {
    const payload = this.owner.show(errors, this.requestId);
    this.#sendLast({ id: this.id, type: MessageType.Error, payload });
  }

  /** The client has left, or its connection is gone. */
  end(): void {
    this.#isOver = true;
    this.#relay?.stop();
  }

  /** The last message of an operation. */
  #sendLast(message: object): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.owner.forget(this);
    this.owner.outbox.sendAnswer(JSON.stringify(message));
  }
}
