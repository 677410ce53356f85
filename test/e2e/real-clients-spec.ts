import { CHAT, HELLO, signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const VIEWER = '{ viewer { id } }';

describe('what real clients send', () => {
  const server = useTestServer();

  const withToken = async (headers: Record<string, string> = {}) => ({
    authorization: `Bearer ${await signToken('alice')}`,
    ...headers,
  });

  it('a query as GET with a token is answered: such a request was preflighted', async () => {
    const address = `${server().url}/graphql?query=${encodeURIComponent(VIEWER)}&variables=%7B%7D&operationName=`;
    const response = await fetch(address, { headers: await withToken() });
    expect(await response.json()).toEqual({ data: { viewer: { id: 'alice' } } });
  });

  it('without one it meets the same answer as any other', async () => {
    const response = await fetch(`${server().url}/graphql?query=${encodeURIComponent(VIEWER)}`);
    expect(response.status).toBe(401);
  });

  it('an empty operationName counts as left out over HTTP', async () => {
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: await withToken({ 'content-type': 'application/json' }),
      body: JSON.stringify({ query: VIEWER, operationName: '' }),
    });
    expect(await response.json()).toEqual({ data: { viewer: { id: 'alice' } } });
  });

  const persisted = { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } };

  it.each([
    ['by its hash alone', { extensions: persisted }],
    ['with its text', { query: VIEWER, extensions: persisted }],
  ])('a persisted query %s is refused over HTTP with a code that clients know', async (_, body) => {
    const response = await fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: await withToken({ 'content-type': 'application/json' }),
      body: JSON.stringify(body),
    });
    expect(await response.json()).toMatchObject({
      errors: [
        { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
      ],
    });
  });

  it('and as GET', async () => {
    const extensions = encodeURIComponent(JSON.stringify(persisted));
    const response = await fetch(`${server().url}/graphql?extensions=${extensions}`, {
      headers: await withToken(),
    });
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
  });

  describe('over WebSocket', () => {
    const subscribe = async (payload: Record<string, unknown>) => {
      const socket = await server().socket();
      await socket.init('alice');
      socket.send({ type: 'subscribe', id: '1', payload });
      const message = await socket.next();
      socket.socket.terminate();
      return message;
    };

    it('an empty operationName counts as left out', async () => {
      const variables = { input: { messages: HELLO } };
      expect(await subscribe({ query: CHAT, operationName: '', variables })).toMatchObject({
        type: 'next',
        payload: { errors: [{ extensions: { code: 'NO_KEY_AVAILABLE' } }] },
      });
    });

    it('a persisted query is refused with a code that clients know', async () => {
      expect(await subscribe({ query: '', extensions: persisted })).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
      });
    });
  });

  it.each([
    [{ query: CHAT, operationName: '', variables: { input: { messages: HELLO } } }, 'NO_KEY_AVAILABLE'],
    [{ extensions: persisted }, 'PERSISTED_QUERY_NOT_SUPPORTED'],
  ])('and so it is as an event stream: %j', async (body, code) => {
    const response = await fetch(`${server().url}/graphql/stream`, {
      method: 'POST',
      headers: await withToken({ 'content-type': 'application/json', accept: 'text/event-stream' }),
      body: JSON.stringify(body),
    });
    expect(await response.text()).toContain(`"code":"${code}"`);
  });
});
