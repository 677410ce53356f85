import type { WebSocket } from 'ws';
import type { Server } from 'graphql-ws';

/** Bytes that may wait in a socket's buffer before whoever sends has to wait for the client to read. */
const HIGH_WATER_MARK = 64 * 1024;
const PING_INTERVAL_MS = 12_000;

/** What a connection is told about: the socket, for closing it. */
export interface ConnectionExtra {
  readonly socket: WebSocket;
}

/**
 * Gives one socket to graphql-ws's server.
 *
 * Back-pressure: `send` resolves only while less than {@link HIGH_WATER_MARK} bytes wait, and graphql-ws pulls the next
 * event only then. A client that does not read stops its stream, and the provider's, instead of filling our memory.
 */
export function openConnection<Extra extends ConnectionExtra>(
  server: Server<Extra>,
  extra: Extra,
  onError: (error: unknown) => void,
): void {
  const { socket } = extra;
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data: Buffer) => {
          handle(data.toString()).catch((error: unknown) => {
            onError(error);
            socket.close(4500, 'Internal server error');
          });
        });
      },
    },
    extra,
  );
  const stopPinging = keepAlive(socket);
  // A frame over the limit, or one that breaks the protocol: ws closes the socket with the code that says so.
  socket.on('error', () => undefined);
  socket.once('close', (code, reason) => {
    stopPinging();
    closed(code, String(reason)).catch(onError);
  });
}

function send(socket: WebSocket, data: string): Promise<void> | void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount + data.length < HIGH_WATER_MARK) {
    socket.send(data);
    return;
  }
  // An error means that the socket is closing, which its own event reports.
  return new Promise((resolve) => socket.send(data, () => resolve()));
}

/** Ends connections whose client is gone without a word: those that answered no ping for a whole interval. */
function keepAlive(socket: WebSocket): () => void {
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
