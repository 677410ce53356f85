import { registry } from '../../../src/providers/registry/registry.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { dumpFiles, sentinelFor, tracesIn } from '../../support/sentinel.js';
import { useProcesses } from '../../support/server-process.js';
import { CHAT, HELLO } from '../../support/test-server.js';

const CAN_FAIL = ['--import', new URL('../../support/fail-on-message.mjs', import.meta.url).href];
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { tookMs } }';
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { id } } }';

const [chat, search] = (['CHAT', 'SEARCH'] as const).map((kind) =>
  registry.find((entry) => entry.kind === kind)!,
);
/** What a process prints when it ends is the same for all providers. */
const cases = [
  [chat!, 'throw'],
  [chat!, 'reject'],
  [chat!, 'throw itself'],
  [chat!, 'reject itself'],
  [search!, 'throw'],
] as const;

describe('a server that ends by an uncaught failure while a key is in use', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  it.each(cases.map(([entry, how]) => [entry.id, how, entry] as const))(
    'prints it nowhere, and leaves it in no file: %s, %s',
    async (id, how, entry) => {
      const key = sentinelFor(entry);
      const environment = { ...processes.environment(database.environment), LOG_LEVEL: 'trace' };
      const server = await processes.start(environment, CAN_FAIL);
      processes.standIn.acceptKey(id, key);
      await server.storeKey('alice', id, key);

      // One key is opened for a use, and one is on its way into the vault.
      for (let count = 0; count < 2; count += 1)
        processes.standIn.once(id, (exchange) => exchange.closedByClient);
      const asked = processes.standIn.nextRequest(id);
      if (entry.kind === 'CHAT') {
        const socket = await server.socket('alice');
        socket.subscribe('1', CHAT, { input: { messages: HELLO, provider: id } });
      } else {
        void server
          .query('alice', SEARCH, { input: { query: 'words', provider: id } })
          .catch(() => undefined);
      }
      expect((await asked).key).toBe(key);
      const tried = processes.standIn.nextRequest(id);
      const input = { provider: id, apiKey: key, verify: true };
      void server.query('alice', STORE, { input }).catch(() => undefined);
      expect((await tried).key).toBe(key);

      server.child.send({ how, key });
      const { code, stdout, stderr } = await server.exited;
      expect(code).toBe(1);
      expect(stdout).toContain('An uncaught failure');
      expect(tracesIn(stdout + stderr)).toEqual([]);
      expect(tracesIn(await dumpFiles(database.environment.DATA_DIR ?? ''))).toEqual([]);
    },
  );
});
