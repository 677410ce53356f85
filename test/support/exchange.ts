import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface OutgoingRequest {
  readonly method?: string;
  readonly path?: string;
  /** As they are written; Host, too. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where it comes from: any address of 127.0.0.0/8. */
  readonly localAddress?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

/** One request on a connection of its own, which the client would keep. Follows nothing, adds no header but Host. */
export async function exchange(url: string, outgoing: OutgoingRequest = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body = '', localAddress } = outgoing;
  const client = request(url + path, {
    method,
    agent: false,
    headers: {
      connection: 'keep-alive',
      ...(body && { 'content-length': Buffer.byteLength(body) }),
      ...headers,
    },
    ...(localAddress && { localAddress }),
  });
  // A server that is not interested in the body may close before it is sent.
  client.on('error', () => undefined);
  client.end(body);
  const [response] = (await Promise.race([once(client, 'response'), once(client, 'upgrade')])) as [
    IncomingMessage,
  ];
  let text = '';
  if (
    response.statusCode !== 101 &&
    response.headers['content-type']?.startsWith('text/event-stream') !== true
  ) {
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  }
  client.destroy();
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

/** Asks for a WebSocket. */
export function askForWebSocket(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return exchange(url, { path: '/graphql', headers: { ...UPGRADE, ...headers } });
}

/** Opens a WebSocket and gives what it runs on: for a client that does not play by the rules. */
export async function openRawWebSocket(url: string): Promise<Socket> {
  const client = request(`${url}/graphql`, { agent: false, headers: UPGRADE });
  client.end();
  const [, socket] = (await once(client, 'upgrade')) as [IncomingMessage, Socket];
  return socket;
}

/** A text frame as a client sends it (RFC 6455 section 5.2), masked with zeros. For up to 125 bytes. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** Sends bytes as they are. @returns all that comes back until the server ends the connection */
export async function sendBytes(
  url: string,
  bytes: string,
  encoding: BufferEncoding = 'utf8',
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(bytes);
  let text = '';
  socket.setEncoding(encoding).on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return text;
}
