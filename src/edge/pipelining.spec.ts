import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { useStillClock } from '../../test/support/still-clock.js';
import { servePipelinedInTurn } from './pipelining.js';

useStillClock();

function newServer() {
  const server = new EventEmitter();
  const served: { readonly name: string; answer(): void }[] = [];
  server.on('request', ({ url = '' }: IncomingMessage, response: ServerResponse) =>
    served.push({ name: url, answer: () => response.emit('close') }),
  );
  servePipelinedInTurn(server as unknown as Server);
  const newSocket = () => {
    const socket = { destroyed: false, destroy: () => (socket.destroyed = true) };
    return socket;
  };
  const send = (socket: ReturnType<typeof newSocket>, name: string) =>
    server.emit('request', { url: name, socket: socket as unknown as Socket }, new EventEmitter());
  return { served, newSocket, send };
}

describe('requests of one connection', () => {
  it('are served one after the other, in their order', () => {
    const { served, newSocket, send } = newServer();
    const socket = newSocket();
    for (const name of ['1', '2', '3']) send(socket, name);
    expect(served.map(({ name }) => name)).toEqual(['1']);
    served[0]!.answer();
    served[1]!.answer();
    expect(served.map(({ name }) => name)).toEqual(['1', '2', '3']);
    served[2]!.answer();
    send(socket, '4');
    expect(served.at(-1)?.name).toBe('4');
  });

  it('do not wait for those of other connections', () => {
    const { served, newSocket, send } = newServer();
    for (const name of ['1', '2']) send(newSocket(), name);
    expect(served.map(({ name }) => name)).toEqual(['1', '2']);
  });

  it('end it where there are too many of them ahead', () => {
    const { served, newSocket, send } = newServer();
    const socket = newSocket();
    for (let count = 0; count < 17; count++) send(socket, 'x');
    expect(socket.destroyed).toBe(false);
    for (let count = 0; count < 2_000; count++) send(socket, 'x');
    expect(socket.destroyed).toBe(true);
    served[0]!.answer();
    expect(served).toHaveLength(1);
  });

  it('are not begun where it is lost: their responses would never be closed', () => {
    const { served, newSocket, send } = newServer();
    const socket = newSocket();
    for (const name of ['1', '2', '3']) send(socket, name);
    socket.destroy();
    served[0]!.answer();
    expect(served.map(({ name }) => name)).toEqual(['1']);
  });
});
