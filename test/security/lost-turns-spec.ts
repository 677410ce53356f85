import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

/** Many times as many as one user's operations that may be prepared at once. */
const LOST = 200;

describe('a turn that a client has taken', () => {
  const running = useServerProcess();

  const open = async (): Promise<Socket> => {
    const client = connect(Number(new URL(running().server.url).port), '127.0.0.1');
    client.on('error', () => undefined).resume();
    await once(client, 'connect');
    return client;
  };

  const headersOf = async (userId: string | null): Promise<Record<string, string>> => ({
    'content-type': 'application/json',
    ...(userId !== null && { authorization: `Bearer ${await signToken(userId)}` }),
  });

  async function requestOf(
    userId: string | null,
    body: string,
    contentLength = body.length,
  ): Promise<string> {
    const headers = { host: 'x', 'content-length': String(contentLength), ...(await headersOf(userId)) };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return ['POST /graphql HTTP/1.1', ...lines, '', body].join('\r\n');
  }

  const QUERY = '{"query":"{ __typename }"}';

  const expectAnswer = async (userId: string | null): Promise<void> => {
    const headers = await headersOf(userId);
    const response = await fetch(`${running().server.url}/graphql`, { method: 'POST', headers, body: QUERY });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  };

  describe.each([
    ['a user', 'alice'],
    ['a stranger', null],
  ])('for %s', (_, userId) => {
    it.each([
      ['one request', 1],
      ['thirty requests, ahead of each other', 30],
    ])('is given back where the connection is lost, at any moment, after %s', async (_, count) => {
      const text = (await requestOf(userId, QUERY)).repeat(count);
      for (let lost = 0; lost < LOST; lost++) {
        const client = await open();
        await new Promise((resolve) => client.write(text, resolve));
        for (let turn = 0; turn < lost % 10; turn++) await setImmediate();
        client.resetAndDestroy();
      }
      await expectAnswer(userId);
    });
  });

  it('is no stranger’s whose question is still to come', async () => {
    const text = await requestOf(null, '{', 100);
    const clients: Socket[] = [];
    for (let count = 0; count < 40; count++) {
      const client = await open();
      await new Promise((resolve) => client.write(text, resolve));
      clients.push(client);
    }
    await expectAnswer(null);
    for (const client of clients) client.destroy();
  });
});
