import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { CHAT, endingToken, HELLO, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { FIRST_RESULT, watchSources } from '../support/watched-source.js';

describe('the WebSocket door', () => {
  const server = useTestServer({ MAX_FRAME_BYTES: '4096' });
  afterEach(() => jest.restoreAllMocks());

  it.each(['Authorization', 'authorization', 'AUTHORIZATION'])('takes the token as %s', async (name) => {
    const socket = await server().socket();
    socket.send({ type: 'connection_init', payload: { [name]: `Bearer ${await signToken('alice')}` } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
  });

  it('closes with 4403 when the token of connection_init ends', async () => {
    const socket = await server().socket();
    const authorization = `Bearer ${await endingToken('alice')}`;
    socket.send({ type: 'connection_init', payload: { authorization } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });

  it('answers an upgrade on another path with 404', async () => {
    const socket = new WebSocket(server().webSocketUrl.replace('/graphql', '/other'), 'graphql-transport-ws');
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
  });

  it('closes the connection of a refused upgrade, although its client keeps it open', async () => {
    const { port } = new URL(server().url);
    const client = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    client.write('GET /other HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /);
    // Where only the server's half had ended, it would take what comes without a word.
    while (!client.destroyed) await new Promise((resolve) => client.write('anyone there?', resolve));
  });

  it('answers every ping of a client that reads, on both layers', async () => {
    const socket = await server().socket();
    const payloads: string[] = [];
    socket.socket.on('pong', (data) => payloads.push(data.toString()));
    for (const payload of ['a', 'b', 'c']) socket.socket.ping(payload);
    for (let count = 0; count < 3; count++) socket.send({ type: 'ping' });
    for (let count = 0; count < 3; count++) expect(await socket.next()).toEqual({ type: 'pong' });
    expect(payloads).toEqual(['a', 'b', 'c']);
  });

  it('closes with 1009 on a frame over the limit', async () => {
    const socket = await server().socket();
    await socket.init('alice');
    socket.subscribe('1', CHAT, { input: { messages: [{ role: 'USER', content: 'x'.repeat(5_000) }] } });
    expect(await socket.closed).toMatchObject({
      code: 1009,
      reason: expect.stringMatching(/^Longer than \d+ bytes \(MAX_FRAME_BYTES\)\. .* POST \/attachments$/),
    });
  });

  it('answers a document that does not validate with an error message that has a code', async () => {
    const socket = await server().socket();
    await socket.init('alice');
    socket.subscribe('1', 'subscription { nothing }');
    const message = await socket.next();
    expect(message).toMatchObject({ id: '1', type: 'error' });
    expect(message.payload[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(message.payload[0].extensions.requestId).toEqual(expect.any(String));
  });

  it('answers bad input with next, then complete, and never quotes it', async () => {
    const socket = await server().socket();
    await socket.init('alice');
    socket.subscribe('1', CHAT, { input: { messages: 'sk-sentinel', provider: 'SENTINEL' } });
    const next = await socket.next();
    expect(next).toMatchObject({
      id: '1',
      type: 'next',
      payload: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    });
    expect(JSON.stringify(next).toLowerCase()).not.toContain('sentinel');
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
  });

  it('gives resolvers the ids of its clients, and leaves its signal alone when they unsubscribe', async () => {
    const { contexts, abortedAtReturn } = watchSources(server());
    const socket = await server().socket();
    await socket.init('alice');
    for (const id of ['mine:1', 'mine:2']) {
      socket.subscribe(id, CHAT, { input: { messages: HELLO } });
      expect(await socket.next()).toMatchObject({ id, type: 'next', payload: FIRST_RESULT });
    }
    expect(contexts.map(({ operationId }) => operationId)).toEqual(['mine:1', 'mine:2']);
    expect(new Set(contexts.map(({ connectionId }) => connectionId)).size).toBe(1);
    socket.send({ id: 'mine:1', type: 'complete' });
    expect(await abortedAtReturn).toBe(false);
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('hears a client unsubscribe that closes in the same breath, also while another message of it is handled', async () => {
    const { abortedAtReturn } = watchSources(server());
    const socket = await server().socket();
    await socket.init('alice');
    socket.subscribe('1', CHAT, { input: { messages: HELLO } });
    expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    const transport = (socket.socket as unknown as { readonly _socket: Socket })._socket;
    transport.cork();
    socket.subscribe('2', CHAT, { input: { messages: HELLO } });
    socket.send({ id: '1', type: 'complete' });
    socket.socket.close();
    transport.uncork();
    expect(await abortedAtReturn).toBe(false);
  });

  it('survives a socket that is cut in the middle of the handshake', async () => {
    const { port } = new URL(server().url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.destroy();
    expect((await fetch(`${server().url}/healthz`)).status).toBe(200);
  });
});
