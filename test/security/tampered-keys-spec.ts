import { createDatabase, databaseKinds, type TestDatabase } from '../support/database.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { CHAT, HELLO } from '../support/test-server.js';

const SHOWN = `query ($provider: Provider!) {
  apiKeys { id provider status health }
  apiKeyHistory(first: 10) { edges { node { id provider status health } } }
  keyResolution(provider: $provider) { keyId candidates { outcome } }
  providers { provider keySource }
}`;
const BY_ID = 'query ($id: ID!) { apiKey(id: $id) { id provider status health } }';
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { keySource } }';
const UNKNOWN = '0199b000-0000-7000-8000-000000000000';

/** What an attacker with access to the database did to the keys of a user, whose `OPENAI` and `BRAVE` keys were stored. */
interface Change {
  readonly name: string;
  readonly sql: (user: string) => string;
  readonly provider?: string;
  /** Whose they are afterwards, where that was changed. */
  readonly owner?: (user: string) => string;
  /** What a request that names the provider comes to. */
  readonly ends: 'OK' | 'KEY_UNREADABLE' | 'NO_KEY_AVAILABLE';
}

const idOf = (user: string, provider: string) =>
  `(SELECT id FROM api_keys WHERE user_id = '${user}' AND provider = '${provider}' AND status <> 'REPLACED')`;
const sealed = (user: string, provider: string, change: string) =>
  `UPDATE sealed_keys SET ${change} WHERE key_id = ${idOf(user, provider)};`;
const envelopeOf = (user: string, provider: string) =>
  `(SELECT envelope FROM sealed_keys WHERE key_id = ${idOf(user, provider)})`;

/** Keeps a copy of every record that is ever written, as one who reads backups does. */
const KEEP = `
  CREATE TABLE kept AS SELECT * FROM sealed_keys;
  CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO kept SELECT NEW.*; RETURN NULL; END $$;
  CREATE TRIGGER keep AFTER INSERT ON sealed_keys FOR EACH ROW EXECUTE FUNCTION keep();`;
/** The id of the key that another one took the place of. */
const replacedId = (user: string) =>
  `(SELECT id FROM api_keys WHERE user_id = '${user}' AND provider = 'OPENAI' AND status = 'REPLACED')`;

const changes: readonly Change[] = [
  { name: 'nothing', sql: () => '', ends: 'OK' },
  {
    name: 'nothing, of a search engine',
    sql: () => '',
    provider: 'BRAVE',
    ends: 'OK',
  },
  {
    name: 'a record that says it is another user’s',
    sql: (user) => sealed(user, 'OPENAI', "user_id = 'mallory'"),
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'the same of a search engine',
    sql: (user) => sealed(user, 'BRAVE', "user_id = 'mallory'"),
    provider: 'BRAVE',
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a key that was given to another user without its record',
    sql: (user) => `UPDATE api_keys SET user_id = '${user}-thief' WHERE user_id = '${user}';`,
    owner: (user) => `${user}-thief`,
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'the same, seen by the one it was taken from',
    sql: (user) => `UPDATE api_keys SET user_id = '${user}-thief' WHERE user_id = '${user}';`,
    ends: 'NO_KEY_AVAILABLE',
  },
  {
    name: 'a key that was given to another user with its record',
    sql: (user) =>
      `UPDATE sealed_keys SET user_id = '${user}-thief' WHERE user_id = '${user}';
       UPDATE api_keys SET user_id = '${user}-thief' WHERE user_id = '${user}';`,
    owner: (user) => `${user}-thief`,
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a key that was made another provider’s',
    sql: (user) =>
      `UPDATE api_keys SET provider = 'ANTHROPIC' WHERE user_id = '${user}' AND provider = 'OPENAI';`,
    provider: 'ANTHROPIC',
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a record that was moved to another key of the user’s',
    sql: (user) =>
      `DELETE FROM sealed_keys WHERE key_id = ${idOf(user, 'OPENAI')};
       UPDATE sealed_keys SET key_id = ${idOf(user, 'OPENAI')} WHERE key_id = ${idOf(user, 'BRAVE')};`,
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'an envelope of another key of the user’s',
    sql: (user) => sealed(user, 'OPENAI', `envelope = ${envelopeOf(user, 'BRAVE')}`),
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'an envelope of another user’s',
    sql: (user) => sealed(user, 'OPENAI', `envelope = ${envelopeOf('bystander', 'OPENAI')}`),
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a whole record of another user’s',
    sql: (user) =>
      sealed(user, 'OPENAI', `envelope = ${envelopeOf('bystander', 'OPENAI')}, user_id = 'bystander'`),
    ends: 'KEY_UNREADABLE',
  },
  { name: 'no envelope', sql: (user) => sealed(user, 'OPENAI', "envelope = ''"), ends: 'KEY_UNREADABLE' },
  {
    name: 'a long envelope of nothing',
    sql: (user) => sealed(user, 'OPENAI', "envelope = repeat('v1.', 100000)"),
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'no record',
    sql: (user) => `DELETE FROM sealed_keys WHERE key_id = ${idOf(user, 'OPENAI')};`,
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a replaced key that is live again',
    sql: (user) =>
      `DELETE FROM api_keys WHERE id = ${idOf(user, 'OPENAI')};
       UPDATE api_keys SET status = 'ACTIVE' WHERE user_id = '${user}' AND provider = 'OPENAI';`,
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a replaced key with a record of the one that took its place',
    sql: (user) =>
      `UPDATE api_keys SET status = 'DELETED' WHERE id = ${idOf(user, 'OPENAI')};
       UPDATE api_keys SET status = 'ACTIVE' WHERE user_id = '${user}' AND provider = 'OPENAI' AND status = 'REPLACED';
       UPDATE sealed_keys SET key_id = (SELECT id FROM api_keys WHERE user_id = '${user}' AND provider = 'OPENAI' AND status = 'ACTIVE')
       WHERE key_id = (SELECT id FROM api_keys WHERE user_id = '${user}' AND provider = 'OPENAI' AND status = 'DELETED');`,
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'an envelope of the key before, put back in the place of the one that replaced it (replayed)',
    sql: (user) =>
      sealed(
        user,
        'OPENAI',
        `envelope = (SELECT envelope FROM kept WHERE kept.key_id = ${replacedId(user)})`,
      ),
    ends: 'KEY_UNREADABLE',
  },
  {
    // What nobody promises: both tables as they once were. Only a retired encryption key is an end to that.
    name: 'the key before, put back whole',
    sql: (user) =>
      `INSERT INTO sealed_keys SELECT * FROM kept WHERE key_id = ${replacedId(user)};
       UPDATE api_keys SET status = 'DELETED' WHERE id = ${idOf(user, 'OPENAI')};
       UPDATE api_keys SET status = 'ACTIVE' WHERE id = ${replacedId(user)};`,
    ends: 'OK',
  },
  ...['v0', 'v2', 'V1', 'v01', ''].map((version): Change => ({
    name: `an envelope of the version “${version}” (downgraded)`,
    sql: (user) => sealed(user, 'OPENAI', `envelope = regexp_replace(envelope, '^v1', '${version}')`),
    ends: 'KEY_UNREADABLE',
  })),
  {
    name: 'an envelope without its version',
    sql: (user) => sealed(user, 'OPENAI', "envelope = regexp_replace(envelope, '^v1[.]', '')"),
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'an envelope without its tag',
    sql: (user) => sealed(user, 'OPENAI', "envelope = regexp_replace(envelope, '[.][^.]*$', '')"),
    ends: 'KEY_UNREADABLE',
  },
  {
    name: 'a key that is disabled',
    sql: (user) => `UPDATE api_keys SET status = 'DISABLED' WHERE user_id = '${user}' AND status = 'ACTIVE';`,
    ends: 'NO_KEY_AVAILABLE',
  },
];

describe.each(databaseKinds)('keys that were changed by hand, on %s', (kind) => {
  const processes = useProcesses();
  let database: TestDatabase;
  let server: ServerProcess;
  beforeEach(async () => {
    database = await createDatabase(kind);
    await database.execute(KEEP);
    server = await processes.start(environment());
  });
  afterEach(async () => {
    await server.kill('SIGKILL');
    await database.drop();
  });

  const environment = () => ({
    ...processes.environment(database.environment),
    OPENAI_API_KEY: undefined,
    ANTHROPIC_API_KEY: undefined,
    BRAVE_API_KEY: undefined,
    LIMIT_CHATS_PER_MINUTE: '0',
  });

  async function store(user: string, provider: string, turn: string): Promise<void> {
    const key = `key-${turn}-of-${user}-0123456789`;
    processes.standIn.acceptKey(provider, key);
    await server.storeKey(user, provider, key);
  }

  /** What a request for the provider comes to. */
  async function request(user: string, provider: string): Promise<string> {
    if (provider === 'BRAVE') {
      const { errors } = await server.post(user, SEARCH, { input: { query: 'words', provider } });
      return errors[0]?.extensions.code ?? 'OK';
    }
    const socket = await server.socket(user);
    socket.subscribe('1', CHAT, { input: { messages: HELLO, provider } });
    for (;;) {
      const { type, payload } = await socket.next();
      if (type === 'error') return payload[0].extensions.code as string;
      if (type === 'complete') return 'OK';
      if (payload.errors) return payload.errors[0].extensions.code as string;
    }
  }

  /** Whether the provider's key can be read, as every list and every lookup has it: they must say the same. */
  async function shown(user: string, provider: string): Promise<string> {
    const { apiKeys, apiKeyHistory, keyResolution, providers } = await server.query(user, SHOWN, {
      provider,
    });
    const live = apiKeys.find((key: any) => key.provider === provider);
    const { id = UNKNOWN } = live ?? {};
    const { apiKey } = await server.query(user, BY_ID, { id });
    const past = apiKeyHistory.edges.map(({ node }: any) => node).find((key: any) => key.id === id);
    expect(apiKey).toEqual(live ?? null);
    expect(past).toEqual(live);
    const usable = { UNREADABLE: 'UNREADABLE', DISABLED: 'DISABLED' };
    const verdict = !live
      ? 'NO_KEY'
      : live.status === 'DISABLED'
        ? usable.DISABLED
        : live.health === 'UNREADABLE'
          ? usable.UNREADABLE
          : 'CHOSEN';
    expect(keyResolution.candidates[0].outcome).toBe(verdict);
    expect(keyResolution.keyId).toBe(verdict === 'CHOSEN' ? id : null);
    const { keySource } = providers.find((each: any) => each.provider === provider);
    expect(keySource).toBe(verdict === 'CHOSEN' ? 'USER' : null);
    return verdict;
  }

  const verdictAfter = { OK: 'CHOSEN', KEY_UNREADABLE: 'UNREADABLE' };

  it('are the same for every list, every lookup and every request', async () => {
    const userOf = (index: number) => `user-${String(index)}`;
    for (const user of ['bystander', ...changes.keys()].map((each) =>
      typeof each === 'number' ? userOf(each) : each,
    )) {
      await store(user, 'OPENAI', 'old');
      await store(user, 'OPENAI', 'new');
      await store(user, 'BRAVE', 'new');
    }
    await server.kill('SIGTERM');
    await database.execute(changes.map(({ sql }, index) => sql(userOf(index))).join('\n'));
    server = await processes.start(environment());
    for (const [index, change] of changes.entries()) {
      const { name, provider = 'OPENAI', owner = (user: string) => user, ends } = change;
      const user = owner(userOf(index));
      const before = await shown(user, provider);
      const end = await request(user, provider);
      const after = await shown(user, provider);
      const unreadable = before === 'UNREADABLE' ? 'KEY_UNREADABLE' : ends;
      expect([name, end, end]).toEqual([name, ends, unreadable]);
      // That an envelope does not open is found out by the first request that tries it, and holds from then on.
      const expected = ends === 'NO_KEY_AVAILABLE' ? before : verdictAfter[ends];
      expect([name, after]).toEqual([name, expected]);
      expect([name, await request(user, provider)]).toEqual([name, ends]);
    }
    expect(processes.standIn.requests.length).toBe(6);
  });
});
