// The floor: the least that a Node process does to turn OpenAI's stream into frames of graphql-transport-ws. It knows no
// GraphQL, no keys and no limits. On PORT, in front of UPSTREAM_URL.
import { Agent, createServer, request } from 'node:http';
import { WebSocketServer } from 'ws';

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const server = createServer();
const sockets = new WebSocketServer({
  server,
  handleProtocols: () => 'graphql-transport-ws',
  perMessageDeflate: false,
});

sockets.on('connection', (socket) => {
  socket.on('message', (/** @type {Buffer} */ raw) => {
    const { type, id, payload } = JSON.parse(raw.toString());
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    else if (type === 'subscribe') relay(socket, id, payload.variables.input.model);
  });
});

/** @param {import('ws').WebSocket} socket @param {string} id @param {string} model */
function relay(socket, id, model) {
  const body = JSON.stringify({ model, stream: true, input: [{ role: 'user', content: 'Hello' }] });
  const headers = {
    'content-type': 'application/json',
    authorization: 'Bearer key',
    'content-length': Buffer.byteLength(body),
  };
  const call = request(
    `${process.env.UPSTREAM_URL}/v1/responses`,
    { agent, method: 'POST', headers },
    (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (/** @type {string} */ piece) => {
        text += piece;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const event = JSON.parse(text.slice(text.indexOf('data: ') + 6, end));
          text = text.slice(end + 2);
          if (event.type === 'response.output_text.delta') send(socket, 'next', id, event.delta);
          else if (event.type === 'response.completed') send(socket, 'complete', id);
        }
      });
    },
  );
  call.end(body);
}

/** @param {import('ws').WebSocket} socket @param {string} type @param {string} id @param {string} [text] */
function send(socket, type, id, text) {
  const payload =
    text === undefined ? {} : { payload: { data: { chat: { __typename: 'TextDelta', text } } } };
  socket.send(JSON.stringify({ id, type, ...payload }));
}

server.listen(Number(process.env.PORT), '127.0.0.1');
