import { blockEventLoop } from '../support/block-event-loop.js';
import { RawSocket, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

describe('a client of a server that hangs', () => {
  const server = useTestServer();
  const sockets: RawSocket[] = [];
  afterEach(() => {
    for (const { socket } of sockets.splice(0)) socket.terminate();
  });
  const open = async (): Promise<RawSocket> => {
    const socket = await RawSocket.open(server().webSocketUrl, {});
    sockets.push(socket);
    return socket;
  };

  it('is heard where it introduced itself in time', async () => {
    const authorization = `Bearer ${await signToken('alice')}`;
    const socket = await open();
    socket.send({ type: 'connection_init', payload: { authorization } });
    blockEventLoop(3_500);
    expect(await socket.next()).toMatchObject({ type: 'connection_ack' });
  });

  it('has its time where the server hangs before it could introduce itself', async () => {
    const authorization = `Bearer ${await signToken('alice')}`;
    const socket = await open();
    setImmediate(() => {
      blockEventLoop(3_500);
      // As a client does that had to wait for the answer to its handshake.
      setTimeout(() => socket.send({ type: 'connection_init', payload: { authorization } }), 20);
    });
    expect(await socket.next()).toMatchObject({ type: 'connection_ack' });
  });

  it('is closed with 4408 where it says nothing', async () => {
    const socket = await open();
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });
});
