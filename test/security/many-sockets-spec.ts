import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { CAN_REPORT, reportOf } from '../support/process-report.js';
import { useServerProcess } from '../support/use-server-process.js';

jest.setTimeout(180_000);

const SOCKETS = 100;
/** About what one read brings. */
const BYTES = 63_000;
/** On a machine that runs other suites beside this one: all at once they take many times as long. */
const PATIENCE_MS = 1_000;

const HANDSHAKE = [
  'GET /graphql HTTP/1.1',
  'host: x',
  'upgrade: websocket',
  'connection: Upgrade',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version: 13',
  'sec-websocket-protocol: graphql-transport-ws',
  '\r\n',
].join('\r\n');

const FINAL = 0x80;
/** A frame of a client (RFC 6455, 5.2) whose mask is all zeros. */
const frame = (head: number, text = ''): Buffer =>
  Buffer.concat([Buffer.from([head, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
const [PART, TEXT, CLOSE, PING] = [0x0, 0x1, 0x8, 0x9];

const fill = (piece: Buffer | string): Buffer => {
  const bytes = Buffer.from(piece);
  return Buffer.concat(Array.from({ length: Math.floor(BYTES / bytes.length) }, () => bytes));
};

describe('many strangers who each send many small things at once', () => {
  const running = useServerProcess({}, CAN_REPORT);

  async function open(): Promise<Socket> {
    const socket = connect(Number(new URL(running().server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  async function openWebSocket(): Promise<Socket> {
    const socket = await open();
    socket.write(HANDSHAKE);
    await once(socket, 'data');
    return socket;
  }

  /** Sends the same on all of them at once. Resolves when the server has closed them all. */
  async function longestHoldOf(openOne: () => Promise<Socket>, bytes: Buffer): Promise<number> {
    const sockets = await Promise.all(Array.from({ length: SOCKETS }, openOne));
    await reportOf(running().server);
    const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)));
    for (const socket of sockets) socket.write(bytes);
    await Promise.all(closed);
    return (await reportOf(running().server)).longestMs;
  }

  it.each([
    ['pings', [fill(frame(FINAL | PING))]],
    ['pings that say something', [fill(frame(FINAL | PING, 'x'.repeat(120)))]],
    ['pongs', [fill(frame(FINAL | 0xa, 'x'))]],
    ['pings in JSON', [fill(frame(FINAL | TEXT, '{"type":"ping"}'))]],
    ['messages that are none', [fill(frame(FINAL | TEXT, '0'))]],
    ['empty parts of a message', [frame(TEXT), fill(frame(PART))]],
    ['parts of one byte', [frame(TEXT, '{'), fill(frame(PART, ' '))]],
  ])('hold no other user up over WebSocket: %s', async (_, parts) => {
    const bytes = Buffer.concat([...parts, frame(FINAL | CLOSE)]);
    expect(await longestHoldOf(openWebSocket, bytes)).toBeLessThan(PATIENCE_MS);
  });

  it.each([
    ['GET /healthz', 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['GET of nothing', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
    [
      'POST /graphql',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
    ],
    ['upgrades', `GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n${HANDSHAKE}`],
  ])('hold no other user up over HTTP: %s', async (_, request) => {
    expect(await longestHoldOf(open, fill(request))).toBeLessThan(PATIENCE_MS);
  });

  it('nor do as many who ask one thing each', async () => {
    const request = Buffer.from('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await longestHoldOf(open, request)).toBeLessThan(PATIENCE_MS);
  });
});
