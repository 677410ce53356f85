import { MessageType } from 'graphql-ws';

export interface OutgoingMessage {
  readonly data: string;
  /** Whether it is an event of a stream; otherwise it answers a message of the client. */
  readonly isEvent: boolean;
}

/**
 * The operations of one connection, each under an id of our own.
 *
 * A client may use an id again as soon as its operation is complete. graphql-ws knows operations by their ids alone:
 * when a client cancels one whose stream is still being prepared, or still being closed, and uses its id again,
 * graphql-ws takes the old one for the new one, lets it run on and forgets it. With an id that never comes again it
 * cannot. So every id is replaced on its way in and put back on its way out, and what an operation says after its
 * client completed it is dropped.
 */
export class Operations {
  /** Our ids of those that run, by the client's. */
  readonly #running = new Map<string, string>();
  #count = 0;

  /** @returns our id; null where an operation runs under the client's */
  begin(clientId: string): string | null {
    if (this.#running.has(clientId)) return null;
    this.#count += 1;
    const id = `${String(this.#count)}:${clientId}`;
    this.#running.set(clientId, id);
    return id;
  }

  /** The client unsubscribes. @returns our id; null where nothing runs: both sides completed it at the same time */
  complete(clientId: string): string | null {
    const id = this.#running.get(clientId) ?? null;
    this.#running.delete(clientId);
    return id;
  }

  /** @returns one of graphql-ws's messages as its client knows it; null where the client has unsubscribed */
  toClient(data: string): OutgoingMessage | null {
    const message = JSON.parse(data) as {
      readonly id?: string;
      readonly type: MessageType;
      readonly payload?: { readonly data?: unknown };
    };
    if (message.id === undefined) return { data, isEvent: false };
    const clientId = clientIdOf(message.id);
    if (this.#running.get(clientId) !== message.id) return null;
    const isLast = message.type === MessageType.Complete || message.type === MessageType.Error;
    if (isLast) this.#running.delete(clientId);
    // What fails before its stream begins is a `next` without data.
    const isEvent = message.type === MessageType.Next && message.payload?.data !== undefined;
    return { data: JSON.stringify({ ...message, id: clientId }), isEvent };
  }
}

/** The client's id of an operation that graphql-ws calls by ours. */
export const clientIdOf = (id: string): string => id.slice(id.indexOf(':') + 1);
