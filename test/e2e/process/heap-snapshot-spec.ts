import { randomBytes } from 'node:crypto';
import { registry } from '../../../src/providers/registry/registry.js';
import { candidatesOf } from '../../../src/providers/registry/provider-ids.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { CAN_WRITE_SNAPSHOTS, knownKey, type KnownKey, namesIn, snapshotOf } from '../../support/heap.js';
import { naming } from '../../support/naming.js';
import { type Environment, type ServerProcess, useProcesses } from '../../support/server-process.js';

const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { results { url } } }';

describe('the heap of a server after it used keys', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const providers = (kind: 'CHAT' | 'SEARCH') =>
    registry.filter((each) => each.kind === kind).map(({ id }) => id);

  /** Stores a key for every provider and uses each. */
  async function useKeys(server: ServerProcess): Promise<KnownKey[]> {
    const keys = [...providers('CHAT'), ...providers('SEARCH')].map((provider) => knownKey(provider));
    for (const { name: provider, key } of keys) {
      processes.standIn.acceptKey(provider, key);
      await server.storeKey('alice', provider, key);
    }
    for (const provider of providers('CHAT')) {
      const events = await server.chatEvents('alice', naming(provider));
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    }
    for (const provider of providers('SEARCH')) {
      await server.query('alice', SEARCH, { input: { query: 'tea', provider, includeContent: true } });
    }
    return keys;
  }

  it('reaches no key of a user', async () => {
    const server = await processes.start(processes.environment(database.environment), CAN_WRITE_SNAPSHOTS);
    const keys = await useKeys(server);
    const seenByUpstreams = new Set(processes.standIn.requests.map(({ key }) => key));
    expect(seenByUpstreams).toEqual(new Set(keys.map(({ key }) => key)));

    const heap = await snapshotOf(server);
    expect(namesIn(heap, keys)).toEqual([]);
  });

  it('reaches no key of a user after the upstream failed or the watcher left', async () => {
    // A chat ends with its watcher, and not half a minute later.
    const environment = {
      ...processes.environment(database.environment),
      CHAT_DISCONNECT_GRACE_MS: '0',
    };
    const server = await processes.start(environment, CAN_WRITE_SNAPSHOTS);
    const keys = providers('CHAT').map((provider) => knownKey(provider));
    for (const { name: provider, key } of keys) {
      await server.storeKey('alice', provider, key);
      // The stand-in does not accept it, and echoes it.
      const [, failed] = await server.chatEvents('alice', naming(provider));
      expect(failed).toMatchObject({ error: { code: 'KEY_REJECTED' } });

      processes.standIn.once(provider, (exchange) => exchange.closedByClient);
      const request = processes.standIn.nextRequest(provider);
      const socket = await server.socket('alice');
      socket.subscribe('chat', 'subscription ($input: ChatInput!) { chat(input: $input) { seq } }', {
        input: { ...naming(provider), messages: [{ role: 'USER', content: 'Hello' }] },
      });
      const exchange = await request;
      socket.socket.terminate();
      await exchange.closedByClient;
      await untilCancelled(server, provider);

      // undici keeps an aborted request in its queue until it is connected again: the next request comes after that.
      processes.standIn.acceptKey(provider, key);
      expect((await server.chatEvents('alice', naming(provider))).at(-1)).toMatchObject({
        __typename: 'ChatCompleted',
      });
    }
    const heap = await snapshotOf(server);
    expect(namesIn(heap, keys)).toEqual([]);
  });

  it('reaches no key that stood in the text of a query, once it has been stored', async () => {
    const server = await processes.start(processes.environment(database.environment), CAN_WRITE_SNAPSHOTS);
    const { key, needle } = knownKey('OPENAI');
    const { errors } = await server.post(
      'alice',
      `mutation { storeApiKey(input: { provider: OPENAI, apiKey: "${key}" }) { replacedKeyId } }`,
    );
    expect(errors).toEqual([]);
    expect((await snapshotOf(server)).includes(needle)).toBe(false);
  });

  it("reaches neither the server's own keys nor its secrets", async () => {
    // The server has none for endpoints.
    const keys = registry.flatMap(({ id, environment }) =>
      environment === null ? [] : [{ ...knownKey(id), variable: environment.apiKey }],
    );
    const encryptionKey = randomBytes(32).toString('hex');
    const environment: Environment = {
      ...processes.environment(database.environment),
      ...Object.fromEntries(keys.map(({ variable, key }) => [variable, key])),
      ENCRYPTION_KEY: encryptionKey,
    };
    const server = await processes.start(environment, CAN_WRITE_SNAPSHOTS);
    for (const { name: provider, key } of keys) processes.standIn.acceptKey(provider, key);
    for (const provider of candidatesOf('CHAT')) await server.chatEvents('alice', { provider });
    const heap = await snapshotOf(server);
    expect(namesIn(heap, keys)).toEqual([]);
    expect(heap.includes(encryptionKey)).toBe(false);
  });

  it('is searched where strings are: one that the server must keep is found', async () => {
    const kept = knownKey('OPENAI');
    const environment = { ...processes.environment(database.environment), OPENAI_DEFAULT_MODEL: kept.key };
    const server = await processes.start(environment, CAN_WRITE_SNAPSHOTS);
    expect((await snapshotOf(server)).includes(kept.needle)).toBe(true);
  });
});

/** The end of a chat is written down after its upstream was closed: asks again until it is there. */
async function untilCancelled(server: ServerProcess, provider: string): Promise<void> {
  for (;;) {
    const { auditEvents } = await server.query(
      'alice',
      '{ auditEvents(first: 1) { edges { node { provider outcome } } } }',
    );
    const [newest] = auditEvents.edges as { node: { provider: string; outcome: string } }[];
    if (newest?.node.provider === provider && newest.node.outcome === 'CANCELLED') return;
  }
}
