import { createDatabase, type TestDatabase } from '../support/database.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { TestServer } from '../support/test-server.js';

const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';
const LIST = '{ apiKeys { id } }';
const HISTORY = 'query ($first: Int!) { apiKeyHistory(first: $first) { edges { node { status } } } }';
const KEY = 'sk-proj-0123456789abcdefWXYZ';

// The embedded database has no way between it and the server that takes time.
describe('stored keys on a PostgreSQL far away', () => {
  let database: TestDatabase;
  let proxy: NetworkProxy;
  let server: TestServer;

  beforeAll(async () => {
    database = await createDatabase('PostgreSQL');
    const url = database.environment.DATABASE_URL!;
    proxy = await NetworkProxy.start(url, 5);
    server = await TestServer.start({ ...database.environment, DATABASE_URL: proxy.urlOf(url) });
  });
  afterAll(async () => {
    await server.stop();
    await proxy.stop();
    await database.drop();
  });

  it('answers 50 stores at once, and others meanwhile', async () => {
    let answered = 0;
    const stores = Array.from({ length: 50 }, async (_, index) => {
      const input = { provider: 'OPENAI', apiKey: `${KEY}-${String(index)}` };
      await server.query('alice', STORE, { input });
      answered += 1;
    });
    // A first answer shows that the stores are under way.
    await Promise.race(stores);
    expect((await server.query('bob', LIST)).apiKeys).toEqual([]);
    expect(answered).toBeLessThan(50);
    await Promise.all(stores);
    const { apiKeyHistory } = await server.query('alice', HISTORY, { first: 200 });
    expect(apiKeyHistory.edges.map((edge: any) => edge.node.status as string)).toEqual([
      'ACTIVE',
      ...Array.from({ length: 49 }, () => 'REPLACED'),
    ]);
  });
});
