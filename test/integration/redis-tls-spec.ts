import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { Logger } from '@nestjs/common';
import { RedisConnection } from '../../src/redis/redis-connection.js';

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);

describe('A Redis whose certificate is not trusted', () => {
  const sockets = new Set<Socket>();
  let server: Server;
  beforeAll(async () => {
    server = createServer({ cert: fixture('server.pem'), key: fixture('server.key') });
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is reported as such, with what to do and without the password', async () => {
    const { port } = server.address() as AddressInfo;
    const connection = new RedisConnection(`rediss://:hunter2@localhost:${String(port)}/0`, 'keystream');
    let restore = (): void => undefined;
    const reported = new Promise<string>((resolve) => {
      Logger.overrideLogger({
        log: () => undefined,
        error: () => undefined,
        warn: (words: string) => {
          if (words.includes('certificate')) resolve(words);
        },
      });
      restore = () => Logger.overrideLogger(false);
    });
    expect(await reported).toMatch(/not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\).*NODE_EXTRA_CA_CERTS/);
    connection.onApplicationShutdown();
    restore();
  });
});
