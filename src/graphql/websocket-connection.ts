import type { IncomingMessage } from 'node:http';
import {
  CloseCode,
  type Message,
  MessageType,
  parseMessage,
  type Server,
  stringifyMessage,
} from 'graphql-ws';
import { ClientLeftError } from './client-left.error.js';
import { PING_INTERVAL_MS } from './stream-limits.js';
import { Operations } from './websocket-operations.js';
import { Outbox, pingAnswerer } from './websocket-pressure.js';
import type { ServerSocket } from './websocket-server-socket.js';

/** Without the ping's payload: whoever does not read would have us keep what it sends. */
const PONG = stringifyMessage({ type: MessageType.Pong });
/** graphql-ws takes these for a mistake of its own. */
const FROM_SERVERS = new Set<MessageType>([MessageType.ConnectionAck, MessageType.Next, MessageType.Error]);
const NO_STATUS = 1005;
const ABNORMAL_CLOSURE = 1006;

/** What a connection is told about: the socket, for closing it, and the request that it came with. */
export interface ConnectionExtra {
  readonly socket: ServerSocket;
  readonly request: IncomingMessage;
  /** Aborted before the connection's operations are ended with it. */
  readonly closing: AbortController;
}

/**
 * Gives one socket to graphql-ws's server.
 *
 * Its operations end as soon as either side begins to close or the client's end of the stream is seen, not only when
 * the TCP connection is gone; from then on nothing that the client sends is handled.
 */
export function openConnection<Extra extends ConnectionExtra>(
  server: Server<Extra>,
  extra: Extra,
  onError: (error: unknown) => void,
): void {
  const { socket, request, closing } = extra;
  const operations = new Operations();
  const outbox = new Outbox(socket);
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => {
        const message = operations.toClient(text);
        if (message?.isEvent === true) return outbox.sendEvent(message.data);
        if (message) outbox.sendAnswer(message.data);
      },
      close: (code, reason) => socket.close(code, reason),
      onPing: pingAnswerer<unknown>(socket, (_, onSent) => socket.send(PONG, onSent)),
      onMessage: (handle) => {
        const receive = receiver(socket, operations);
        socket.on('message', (data: Buffer) => {
          const message = receive(data.toString());
          if (message === null) return;
          handle(message).catch((error: unknown) => {
            onError(error);
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        });
      },
    },
    extra,
  );

  let isOver = false;
  const end = (code: number, reason: string): void => {
    if (isOver) return;
    isOver = true;
    closing.abort(new ClientLeftError());
    closed(code, reason).catch(onError);
  };
  socket.once('closing', (code: number = NO_STATUS, reason: Buffer | string = '') => {
    // Where unread answers made us stop reading: the client's Close frame is yet to come.
    socket.resume();
    end(code, String(reason));
  });
  request.socket.once('end', () => end(ABNORMAL_CLOSURE, ''));
  const stopPinging = keepAlive(socket);
  socket.once('close', (code, reason) => {
    stopPinging();
    end(code, String(reason));
  });
  socket.on(
    'ping',
    pingAnswerer<Buffer>(socket, (data, onSent) => socket.pong(data, false, onSent)),
  );
  // A frame over the limit, or one that breaks the protocol: ws closes the socket with the code that says so.
  socket.on('error', () => undefined);
}

/** @returns what graphql-ws is to see of a message, null for nothing */
function receiver(socket: ServerSocket, operations: Operations): (data: string) => string | null {
  return (data) => {
    if (socket.readyState !== socket.OPEN) return null;
    const message = findMessage(data);
    if (message && FROM_SERVERS.has(message.type)) {
      socket.close(CloseCode.BadRequest, 'Invalid message received');
      return null;
    }
    if (message?.type === MessageType.Complete) {
      const id = operations.complete(message.id);
      return id && stringifyMessage({ ...message, id });
    }
    if (message?.type !== MessageType.Subscribe) return data;
    const id = operations.begin(message.id);
    if (id !== null) return stringifyMessage({ ...message, id });
    socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${message.id} already exists`);
    return null;
  };
}

/** @returns null for what is none: graphql-ws says so and closes */
function findMessage(data: string): Message | null {
  try {
    return parseMessage(data);
  } catch {
    return null;
  }
}

/** Ends connections whose client is gone without a word: those that answered no ping for a whole interval. */
function keepAlive(socket: ServerSocket): () => void {
  let alive = true;
  socket.on('pong', () => (alive = true));
  const timer = setInterval(() => {
    if (!alive) {
      socket.terminate();
      return;
    }
    alive = false;
    socket.ping();
  }, PING_INTERVAL_MS);
  return () => clearInterval(timer);
}
