import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { fastify, type FastifyRequest } from 'fastify';
import { HttpDoor } from './http-door.js';

type Collaborators = ConstructorParameters<typeof HttpDoor>;

const [authenticator, origins, lifecycle, documents, persisted, turns, mask, config] = [
  { authenticate: () => Promise.resolve({ userId: 'alice', accessToken: null }), countFailure: () => false },
  { allows: () => true },
  { throwIfDraining: () => undefined },
  { read: () => ({ kind: 'Document', definitions: [] }) },
  { find: () => null },
  { take: () => Promise.resolve({ release: () => undefined }) },
  { format: () => ({ message: 'refused' }) },
  { general: { production: true } },
];

function newDoor(): HttpDoor {
  const collaborators = [authenticator, origins, lifecycle, documents, persisted, turns, mask, config];
  return new HttpDoor(...(collaborators as unknown as Collaborators));
}

describe('HttpDoor', () => {
  it('opens no scope for a request whose client has left before its body was parsed', async () => {
    const server = fastify();
    let handled = 0;
    let onDone = (): void => undefined;
    const done = new Promise<void>((resolve) => (onDone = resolve));
    server.removeAllContentTypeParsers();
    server.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (request: FastifyRequest) => {
        client.destroy();
        await once(request.raw.socket, 'close');
        setImmediate(onDone);
        return { query: '{ __typename }' };
      },
    );
    newDoor().install(server);
    server.post('/graphql', () => ({ handled: (handled += 1) }));
    await server.listen({ host: '127.0.0.1', port: 0 });
    const client = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    client.write(
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
    );
    await done;
    await server.close();
    expect(handled).toBe(0);
  });
});
