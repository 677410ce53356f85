import { useTestServer } from '../support/use-test-server.js';

const SEARCH = 'query { webSearch(input: { query: "words", provider: BRAVE }) { provider } }';
const STORE = `mutation {
  storeApiKey(input: { provider: OPENAI, apiKey: "sk-key-of-somebody-0123456789" }) { apiKey { id } }
}`;
const UPDATE =
  'mutation ($id: ID!) { updateApiKey(input: { keyId: $id, name: "a name" }) { apiKey { id } } }';
const DELETE = 'mutation ($id: ID!) { deleteApiKey(keyId: $id) { deletedKeyId } }';
const NO_KEY = '019a0000-0000-7000-8000-000000000000';

describe('what a user may do within a minute', () => {
  const server = useTestServer({
    BRAVE_API_KEY: 'key-of-the-server-0123456789',
    LIMIT_SEARCHES_PER_MINUTE: '2',
    LIMIT_KEY_CHANGES_PER_MINUTE: '3',
  });

  const expectRefused = async (userId: string, query: string, variables = {}): Promise<void> => {
    const { status, errors } = await server().post(userId, query, variables);
    expect(status).toBe(200);
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryable: true } }]);
    const { retryAfterMs } = errors[0]!.extensions;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(60_001);
  };

  it('is limited for searches: nothing is looked up or spent, and no other user is affected', async () => {
    server().standIn.acceptKey('BRAVE', 'key-of-the-server-0123456789');
    for (let count = 0; count < 2; count += 1) await server().query('searcher', SEARCH);
    await expectRefused('searcher', SEARCH);
    expect(server().standIn.requests).toHaveLength(2);
    await server().query('another searcher', SEARCH);
    const { auditEvents } = await server().query('searcher', '{ auditEvents { edges { node { kind } } } }');
    expect(auditEvents.edges).toHaveLength(4);
  });

  it('counts every search of a request, not every request', async () => {
    server().standIn.acceptKey('BRAVE', 'key-of-the-server-0123456789');
    const one = 'webSearch(input: { query: "words", provider: BRAVE }) { provider }';
    await server().query('searcher of many', `{ a: ${one} b: ${one} }`);
    await expectRefused('searcher of many', SEARCH);
  });

  it('is limited for changes of keys, all kinds together', async () => {
    const { storeApiKey } = await server().query('changer', STORE);
    const { id } = storeApiKey.apiKey;
    await server().query('changer', UPDATE, { id });
    // What fails counts, too: ids cannot be tried without end.
    expect(await server().failure('changer', DELETE, { id: NO_KEY })).toBe('KEY_NOT_FOUND');
    await expectRefused('changer', STORE);
    await expectRefused('changer', UPDATE, { id });
    await expectRefused('changer', DELETE, { id });
    const { apiKeys } = await server().query('changer', '{ apiKeys { id name } }');
    expect(apiKeys).toEqual([{ id, name: 'a name' }]);
    await server().query('another changer', STORE);
  });
});
