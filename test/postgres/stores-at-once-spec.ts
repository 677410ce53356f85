import { createDatabase, type TestDatabase } from '../support/database.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { NO_LIMITS } from '../support/test-server.js';

const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { replacedKeyId } }';
const HISTORY = '{ apiKeyHistory(first: 200) { edges { node { id status } } } }';
const TRAIL = '{ auditEvents(first: 200) { edges { node { kind } } } }';
const EACH = 50;

describe('keys of one user and provider that are stored on two servers at once', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let servers: ServerProcess[];
  beforeEach(async () => {
    database = await createDatabase('PostgreSQL');
    const environment = { ...processes.environment(database.environment), ...NO_LIMITS };
    servers = [await processes.start(environment), await processes.start(environment)];
  });
  afterEach(() => database.drop());

  it('replace one another, each once: none fails, and the last one stays', async () => {
    const stores = servers.flatMap((server, place) =>
      Array.from({ length: EACH }, (_, index) => {
        const input = { provider: 'OPENAI', apiKey: `sk-proj-0123456789-${String(place)}-${String(index)}` };
        return server.query('alice', STORE, { input });
      }),
    );
    const replaced = (await Promise.all(stores)).map(({ storeApiKey }) => storeApiKey.replacedKeyId);
    expect(new Set(replaced).size).toBe(2 * EACH);
    const { apiKeyHistory } = await servers[0]!.query('alice', HISTORY);
    const keys = apiKeyHistory.edges.map(({ node }: any) => node) as { id: string; status: string }[];
    const left = keys.filter(({ id }) => !replaced.includes(id));
    expect(left.map(({ status }) => status)).toEqual(['ACTIVE']);
    const { auditEvents } = await servers[1]!.query('alice', TRAIL);
    const kinds = auditEvents.edges.map(({ node }: any) => node.kind as string) as string[];
    expect(kinds.filter((kind) => kind === 'KEY_STORED')).toHaveLength(2 * EACH);
    expect(kinds.filter((kind) => kind === 'KEY_REPLACED')).toHaveLength(2 * EACH - 1);
  });
});
