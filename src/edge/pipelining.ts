import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { turnIsOver } from '../common/event-loop-turn.js';

/** Requests of one connection that may wait for the one before them. No client of today sends any ahead (RFC 9112, 9.3.2). */
const MOST_WAITING = 16;

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/**
 * Serves the requests of one connection one after the other, as their answers have to be sent, and those of all
 * connections in as many turns of the event loop as they take. One read of a connection can bring two thousand requests,
 * and Node would begin them all at once. A client that sends too many ahead loses its connection.
 *
 * Called before other listeners of the server's requests are added.
 */
export function servePipelinedInTurn(server: Server): void {
  const [serve] = server.listeners('request') as RequestListener[];
  if (!serve) throw new Error('Nothing handles the requests yet.');
  server.removeListener('request', serve);
  const waitingOn = new WeakMap<Socket, Exchange[]>();

  const begin = ([request, response]: Exchange, waiting: Exchange[]): void => {
    response.once('close', () => beginNext(request.socket, waiting));
    serve(request, response);
  };

  const beginNext = (socket: Socket, waiting: Exchange[]): void => {
    const pause = turnIsOver();
    if (pause) {
      void pause.then(() => beginNext(socket, waiting));
      return;
    }
    // Node gives a response its socket when it is its turn. Of a connection that is lost none gets one, and no response
    // without a socket ever says that it is closed: what waits for that would wait for good.
    if (socket.destroyed) waiting.length = 0;
    const next = waiting.shift();
    if (next) begin(next, waiting);
    else waitingOn.delete(socket);
  };

  server.on('connection', stopParsingWhereDestroyed);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const waiting = waitingOn.get(socket);
    if (!waiting) {
      const first: Exchange[] = [[request, response]];
      waitingOn.set(socket, first);
      beginNext(socket, first);
    } else if (waiting.push([request, response]) > MOST_WAITING) {
      waiting.length = 0;
      socket.destroy();
    }
  });
}

/** What Node's parser of a connection calls for each request; 2 says that what follows is no HTTP. */
interface NodeParser {
  onIncoming?: ((request: IncomingMessage, keepAlive: boolean) => number) | null;
}

/**
 * Node parses all that one read brought and makes a request of each, although the connection is destroyed meanwhile: that
 * takes as long as to serve some of them. There is no public way to stop it. Where this one is gone, it is only slower.
 */
function stopParsingWhereDestroyed(socket: Socket & { parser?: NodeParser | null }): void {
  const { parser } = socket;
  const onIncoming = parser?.onIncoming;
  if (!parser || !onIncoming) return;
  parser.onIncoming = (request, keepAlive) => (socket.destroyed ? 2 : onIncoming(request, keepAlive));
}
