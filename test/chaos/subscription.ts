import { createClient as createEventStreamClient, NetworkError } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type ChatData, type ChatEventData, signToken } from '../support/test-server.js';

export type DoorName = 'ws' | 'sse';

/** What comes out of a subscription. */
export type Received =
  | { readonly type: 'event'; readonly event: ChatEventData }
  /** The operation failed before it began. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'complete' }
  /** The connection failed. The status is a close code of WebSocket's, or of HTTP; 0 where there is none. */
  | { readonly type: 'lost'; readonly status: number };

/** What the clients of both doors call back. */
interface Sink {
  next(result: { data?: ChatData | null | undefined; errors?: readonly unknown[] | undefined }): void;
  error(error: unknown): void;
  complete(): void;
}

/** One subscription with the real client of a door, on a connection of its own, that can be lost at any moment. */
export class Subscription {
  readonly #received: Received[] = [];
  #wake: () => void = () => undefined;

  private constructor(
    private readonly unsubscribe: () => void,
    private readonly cut: () => void,
  ) {}

  static async open(
    door: DoorName,
    url: string,
    userId: string,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<Subscription> {
    const authorization = `Bearer ${await signToken(userId)}`;
    const early: Received[] = [];
    let take = (received: Received): void => void early.push(received);
    const sink: Sink = {
      next: (result) => take(toReceived(result)),
      error: (error) =>
        take(
          Array.isArray(error) ? toReceived({ errors: error }) : { type: 'lost', status: statusOf(error) },
        ),
      complete: () => take({ type: 'complete' }),
    };
    const open = door === 'ws' ? overWebSocket : overEventStream;
    const { unsubscribe, cut } = open(url, authorization, { query, variables }, sink);
    const subscription = new Subscription(unsubscribe, cut);
    take = (received) => {
      subscription.#received.push(received);
      subscription.#wake();
    };
    early.forEach(take);
    return subscription;
  }

  /**
   * What comes next. Nothing comes after `refused`, `complete` or `lost`.
   *
   * @param silenceMs after how long without a word the connection is dropped
   */
  async next(silenceMs: number): Promise<Received> {
    const timer = silenceMs === Infinity ? undefined : setTimeout(() => this.drop(), silenceMs);
    for (;;) {
      const received = this.#received.shift();
      if (received) {
        clearTimeout(timer);
        return received;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Destroys the socket, in any state. */
  drop(): void {
    this.#received.push({ type: 'lost', status: 0 });
    this.cut();
    this.#wake();
  }

  /** Unsubscribes, as politely as the door allows. */
  leave(): void {
    this.unsubscribe();
  }
}

interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

function overWebSocket(url: string, authorization: string, operation: Operation, sink: Sink) {
  const sockets: WebSocket[] = [];
  class KeptWebSocket extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol);
      sockets.push(this);
    }
  }
  const client = createWebSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: KeptWebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  const unsubscribe = client.subscribe<ChatData>(operation, sink);
  return { unsubscribe, cut: () => sockets.forEach((socket) => socket.terminate()) };
}

function overEventStream(url: string, authorization: string, operation: Operation, sink: Sink) {
  const client = createEventStreamClient({
    url: `${url}/graphql/stream`,
    headers: { authorization },
    retryAttempts: 0,
  });
  const unsubscribe = client.subscribe<ChatData>(operation, sink);
  return { unsubscribe, cut: () => client.dispose() };
}

function toReceived({ data, errors }: Parameters<Sink['next']>[0]): Received {
  if (data) return { type: 'event', event: data.chat };
  const [error] = errors as readonly { message: string; extensions: { code: string } }[];
  return { type: 'refused', code: error?.extensions.code ?? 'none', message: error?.message ?? '' };
}

function statusOf(error: unknown): number {
  if (error instanceof NetworkError) return error.response?.status ?? 0;
  const code: unknown = error instanceof Object ? Reflect.get(error, 'code') : null;
  return typeof code === 'number' ? code : 0;
}
