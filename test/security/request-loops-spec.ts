import { askForWebSocket, exchange } from '../support/exchange.js';
import { useServerProcess } from '../support/use-server-process.js';
import { VIA } from '../../src/common/via.js';

const QUERY = '{"query":"{ __typename }"}';

describe('a request that a server of this kind has passed on', () => {
  const running = useServerProcess();

  const post = (path: string, via: string) =>
    exchange(running().server.url, {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', via },
      body: QUERY,
    });

  it.each(['/graphql', '/graphql/stream', '/graphql/chat/completions', '/models', '/healthz'])(
    'is refused at %s',
    async (path) => {
      const { status, headers, body } = await post(path, VIA);
      expect([status, headers['x-content-type-options']]).toEqual([508, 'nosniff']);
      expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    },
  );

  it('is refused as a WebSocket, and as a query in an address', async () => {
    expect(await askForWebSocket(running().server.url, { via: VIA })).toMatchObject({ status: 508 });
    const path = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    expect(await exchange(running().server.url, { path, headers: { via: VIA } })).toMatchObject({
      status: 508,
    });
  });

  it('is refused behind proxies that add themselves', async () => {
    expect(await post('/graphql', `1.0 a (b, c), ${VIA}, 2 edge.example:443 (squid)`)).toMatchObject({
      status: 508,
    });
  });

  it('is another one than what a proxy passes on', async () => {
    expect(await post('/graphql', '1.1 edge.example')).toMatchObject({ status: 200 });
    expect(await askForWebSocket(running().server.url, { via: '1.1 edge.example' })).toMatchObject({
      status: 101,
    });
  });
});
