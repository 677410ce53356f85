import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait for the one before them. No client of today sends any ahead (RFC 9112, 9.3.2). */
const MOST_WAITING = 64;

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/**
 * Serves the requests of one connection one after the other, as their answers have to be sent. One read of a connection
 * can bring two thousand of them, and Node would begin them all in one turn of the event loop. A client that sends too
 * many ahead loses its connection.
 *
 * Called before other listeners of the server's requests are added.
 */
export function servePipelinedInTurn(server: Server): void {
  const [serve] = server.listeners('request') as RequestListener[];
  if (!serve) throw new Error('Nobody serves the requests yet.');
  server.removeListener('request', serve);
  const waitingOn = new WeakMap<Socket, Exchange[]>();

  const begin = ([request, response]: Exchange, waiting: Exchange[]): void => {
    response.once('close', () => {
      // Node gives a response its socket when it is its turn. Of a connection that is lost none gets one, and no response
      // without a socket ever says that it is closed: what waits for that would wait for good.
      if (request.socket.destroyed) waiting.length = 0;
      const next = waiting.shift();
      if (next) begin(next, waiting);
      else waitingOn.delete(request.socket);
    });
    serve(request, response);
  };

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const waiting = waitingOn.get(socket);
    if (!waiting) {
      const none: Exchange[] = [];
      waitingOn.set(socket, none);
      begin([request, response], none);
    } else if (waiting.push([request, response]) > MOST_WAITING) {
      waiting.length = 0;
      socket.destroy();
    }
  });
}
