import { registry } from '../../src/providers/registry/registry.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';

const KEYS = '{ apiKeys { id provider health healthReason } }';
const HISTORY = `query ($first: Int!, $after: String) {
  apiKeyHistory(first: $first, after: $after) { edges { node { provider status } } pageInfo { hasNextPage endCursor } }
}`;
const EVENTS = `query ($first: Int!, $after: String) {
  auditEvents(first: $first, after: $after) {
    edges { node { kind provider keySource detail } } pageInfo { hasNextPage endCursor }
  }
}`;
const USAGE = `{
  usage(from: "2026-05-01T00:00:00Z", to: "2026-05-02T00:00:00Z") {
    totals { chats inputTokens } byProvider { provider keySource totals { chats } }
    byKey { keyId provider keySource totals { chats } } buckets { totals { chats } }
  }
}`;
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const UPDATE = 'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { name } } }';
const KEY = 'key-of-alice-0123456789';

/** Ids in the order of time: those of the newer version's rows stand between those of this one. */
const id = (number: number): string => `0199b000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const LIVE_ID = id(30);
const KNOWN_ID = id(60);

const key = (keyId: string, provider: string, status: string, health = 'VALID') =>
  `INSERT INTO api_keys (id, user_id, provider, name, masked_key, status, health)
   VALUES ('${keyId}', 'alice', '${provider}', 'kept', 'x…abcd', '${status}', '${health}')`;
const event = (number: number, columns: Record<string, string>) => {
  const all = { id: id(number), user_id: 'alice', outcome: 'OK', ...columns };
  const values = Object.values(all).map((value) => `'${value}'`);
  return `INSERT INTO audit_events (${Object.keys(all).join(', ')}) VALUES (${values.join(', ')})`;
};
const usage = (provider: string, source: string, chats: number) =>
  `INSERT INTO usage_hours (user_id, hour, provider, key_source, chats, input_tokens)
   VALUES ('alice', '2026-05-01T12:00:00Z', '${provider}', '${source}', ${String(chats)}, 10)`;

const usageOfModel = (provider: string, source: string) =>
  `INSERT INTO model_hours (user_id, hour, provider, key_source, model)
   VALUES ('alice', '2026-05-01T12:00:00Z', '${provider}', '${source}', 'model')`;

const usageOfKey = (provider: string, source: string) =>
  `INSERT INTO key_hours (user_id, hour, provider, key_source, key_id, model, chats)
   VALUES ('alice', '2026-05-01T12:00:00Z', '${provider}', '${source}', '${KNOWN_ID}', 'model', 1)`;

/** What a newer version may have left: in the database's enums, and in its rows. */
const newerEnums = [
  `ALTER TYPE "KeyHealth" ADD VALUE 'THROTTLED'`,
  `ALTER TYPE "ApiKeyStatus" ADD VALUE 'PENDING'`,
  `ALTER TYPE "AuditKind" ADD VALUE 'KEY_SHARED'`,
  `ALTER TYPE "KeySource" ADD VALUE 'TEAM'`,
];
const newerRows = [
  // Every second key of the history is of a provider that is unknown here.
  ...Array.from({ length: 8 }, (_, index) =>
    key(id(10 + index), index % 2 === 0 ? 'NEXT_YEARS' : 'OPENAI', 'REPLACED'),
  ),
  key(LIVE_ID, 'NEXT_YEARS', 'ACTIVE'),
  key(id(31), 'no provider at all', 'DISABLED'),
  key(id(32), 'SERPER', 'PENDING'),
  key(KNOWN_ID, 'ANTHROPIC', 'ACTIVE', 'RATE_LIMITED'),
  key(id(61), 'GOOGLE', 'ACTIVE', 'THROTTLED'),
  event(40, { kind: 'KEY_USED', provider: 'NEXT_YEARS', detail: 'failover from OPENAI: KEY_REJECTED' }),
  event(41, { kind: 'KEY_STORED', provider: 'OPENAI', detail: 'sk-…abcd' }),
  event(42, { kind: 'CHAT_FINISHED', provider: 'NEXT_YEARS', key_source: 'USER' }),
  event(43, { kind: 'KEY_SHARED' }),
  event(44, { kind: 'KEY_SHARED', provider: 'NEXT_YEARS' }),
  event(45, { kind: 'KEY_SHARED', provider: 'OPENAI' }),
  event(46, { kind: 'KEY_USED', provider: 'OPENAI', key_source: 'TEAM' }),
  event(47, { kind: 'KEY_USED', provider: 'm'.repeat(5_000) }),
  usage('OPENAI', 'USER', 1),
  usage('NEXT_YEARS', 'USER', 2),
  usage('OPENAI', 'TEAM', 4),
  usageOfModel('OPENAI', 'USER'),
  usageOfModel('NEXT_YEARS', 'USER'),
  usageOfModel('OPENAI', 'TEAM'),
  usageOfKey('OPENAI', 'USER'),
  usageOfKey('NEXT_YEARS', 'USER'),
  usageOfKey('OPENAI', 'TEAM'),
];

describe.each(databaseKinds)('rows that a newer version left, on %s', (kind) => {
  const server = useTestServer({}, kind);

  const execute = (statements: string): Promise<unknown> =>
    server().app.get(DatabaseService).client.$executeRawUnsafe(`DO $$ BEGIN ${statements}; END $$`);
  beforeAll(async () => {
    for (const statement of newerEnums) await execute(statement);
  });
  beforeEach(() => execute(newerRows.join('; ')));

  /** Every node of a list, by pages of this length; each page but the last is full. */
  async function pages(query: string, field: string, first: number): Promise<any[]> {
    const nodes: unknown[] = [];
    for (let after: string | null = null; ;) {
      const page: any = (await server().query('alice', query, { first, after }))[field];
      nodes.push(...page.edges.map(({ node }: any) => node));
      if (!page.pageInfo.hasNextPage) return nodes;
      expect(page.edges).toHaveLength(first);
      after = page.pageInfo.endCursor;
    }
  }

  it('are left out of the keys, and a health that is unknown shows as none', async () => {
    const { apiKeys } = await server().query('alice', KEYS);
    expect(apiKeys).toEqual(
      ['ANTHROPIC', 'GOOGLE'].map((provider) => ({
        id: expect.any(String),
        provider,
        // Their records are missing: that counts for more.
        health: 'UNREADABLE',
        healthReason: expect.any(String),
      })),
    );
    await server().storeKey('alice', 'ANTHROPIC', KEY);
    const [{ id: stored }] = (await server().query('alice', KEYS)).apiKeys;
    await execute(`UPDATE api_keys SET health = 'THROTTLED' WHERE id = '${stored as string}'`);
    expect((await server().query('alice', KEYS)).apiKeys[0]).toMatchObject({
      health: 'UNVERIFIED',
      healthReason: expect.stringContaining('newer version'),
    });
  });

  it('break no page of the history, however long pages are', async () => {
    for (const first of [1, 2, 3, 5, 50]) {
      expect(await pages(HISTORY, 'apiKeyHistory', first)).toEqual([
        { provider: 'GOOGLE', status: 'ACTIVE' },
        { provider: 'ANTHROPIC', status: 'ACTIVE' },
        ...Array.from({ length: 4 }, () => ({ provider: 'OPENAI', status: 'REPLACED' })),
      ]);
    }
  });

  it('stand in the trail without their provider, however long pages are', async () => {
    const events = [
      {
        kind: 'KEY_USED',
        provider: null,
        keySource: null,
        detail: expect.stringMatching(/^provider m{40},/),
      },
      {
        kind: 'CHAT_FINISHED',
        provider: null,
        keySource: 'USER',
        detail: 'provider NEXT_YEARS, unknown to this version',
      },
      { kind: 'KEY_STORED', provider: 'OPENAI', keySource: null, detail: 'sk-…abcd' },
      {
        kind: 'KEY_USED',
        provider: null,
        keySource: null,
        detail: 'provider NEXT_YEARS, unknown to this version; failover from OPENAI: KEY_REJECTED',
      },
    ];
    for (const first of [1, 2, 50]) expect(await pages(EVENTS, 'auditEvents', first)).toEqual(events);
  });

  it('count in the totals and the buckets of the usage, and have no line of their own', async () => {
    const { usage: report } = await server().query('alice', USAGE);
    expect(report).toEqual({
      totals: { chats: 7, inputTokens: 30 },
      byProvider: [{ provider: 'OPENAI', keySource: 'USER', totals: { chats: 1 } }],
      byKey: [{ keyId: KNOWN_ID, provider: 'OPENAI', keySource: 'USER', totals: { chats: 1 } }],
      buckets: [{ totals: { chats: 7 } }],
    });
  });

  it('do not end an export: of the sums those of a source that is unknown are left out', async () => {
    const lines = (await server().exportOf('alice'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toEqual({ type: 'end', lines: lines.length - 1 });
    for (const type of ['usageHour', 'modelHour', 'keyHour']) {
      const hours = lines.filter((line) => line.type === type);
      expect(hours.map(({ provider, keySource }) => [provider, keySource])).toEqual([
        ['NEXT_YEARS', 'USER'],
        ['OPENAI', 'USER'],
      ]);
    }
  });

  it('can be deleted by id, and neither looked at nor changed', async () => {
    const { apiKey } = await server().query('alice', 'query ($id: ID!) { apiKey(id: $id) { id } }', {
      id: LIVE_ID,
    });
    expect(apiKey).toBeNull();
    const update = { input: { keyId: LIVE_ID, name: 'other', enabled: false } };
    expect((await server().post('alice', UPDATE, update)).errors).toMatchObject([
      { extensions: { code: 'KEY_NOT_FOUND' } },
    ]);
    expect((await server().post('bob', DELETE, { keyId: LIVE_ID })).errors).toMatchObject([
      { extensions: { code: 'KEY_NOT_FOUND' } },
    ]);
    const { deleteApiKey } = await server().query('alice', DELETE, { keyId: LIVE_ID });
    expect(deleteApiKey).toEqual({ deletedKeyId: LIVE_ID });
    expect((await server().post('alice', DELETE, { keyId: LIVE_ID })).errors).toMatchObject([
      { extensions: { code: 'KEY_NOT_FOUND' } },
    ]);
    const [last] = await pages(EVENTS, 'auditEvents', 50);
    expect(last).toMatchObject({
      kind: 'KEY_DELETED',
      provider: null,
      detail: 'provider NEXT_YEARS, unknown to this version; x…abcd',
    });
  });

  it('can be changed where only the health is unknown, and are ignored otherwise', async () => {
    const { updateApiKey } = await server().query('alice', UPDATE, {
      input: { keyId: KNOWN_ID, name: 'renamed' },
    });
    expect(updateApiKey.apiKey).toEqual({ name: 'renamed' });
    const { keyResolution, providers } = await server().query(
      'alice',
      '{ keyResolution(provider: ANTHROPIC) { candidates { outcome } } providers { provider } }',
    );
    expect(keyResolution.candidates[0]).toEqual({ outcome: 'UNREADABLE' });
    expect(providers).toHaveLength(registry.length);
  });
});
