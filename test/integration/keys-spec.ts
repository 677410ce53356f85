import { GraphQLSchemaHost } from '@nestjs/graphql';
import { ID } from '../../src/common/id.scalar.js';
import { databaseKinds } from '../support/database.js';
import { useTestServer } from '../support/use-test-server.js';
import { DatabaseService } from '../../src/prisma/database.service.js';

const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { replacedKeyId apiKey { id provider name maskedKey status health createdAt lastUsedAt } }
}`;
const UPDATE =
  'mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input) { apiKey { id name status } } }';
const DELETE = 'mutation ($keyId: ID!) { deleteApiKey(keyId: $keyId) { deletedKeyId } }';
const LIST = '{ apiKeys { id provider status name } }';
const HISTORY = `query ($first: Int!, $after: String) {
  apiKeyHistory(first: $first, after: $after) {
    edges { node { id provider status maskedKey } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const KEY = 'sk-proj-0123456789abcdefWXYZ';
const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

describe.each(databaseKinds)('stored keys on %s', (kind) => {
  const server = useTestServer({}, kind);

  const store = async (userId: string, input: Record<string, unknown>) =>
    (await server().query(userId, STORE, { input })).storeApiKey;
  const database = () => server().app.get(DatabaseService).client;

  it('stores a key and gives back everything but the key', async () => {
    const { apiKey, replacedKeyId } = await store('alice', {
      provider: 'OPENAI',
      apiKey: `  ${KEY}\n`,
      name: ' work ',
    });
    expect(apiKey).toEqual({
      id: expect.any(String),
      provider: 'OPENAI',
      name: 'work',
      maskedKey: 'sk-proj-…WXYZ',
      status: 'ACTIVE',
      health: 'UNVERIFIED',
      createdAt: expect.any(String),
      lastUsedAt: null,
    });
    expect(replacedKeyId).toBeNull();
  });

  it('keeps nothing of the key in the clear', async () => {
    await store('alice', { provider: 'OPENAI', apiKey: KEY });
    const [sealed] = await database().sealedKey.findMany();
    expect(sealed?.envelope).toMatch(/^v1\./);
    const everything = JSON.stringify(
      [await database().apiKey.findMany(), sealed, await database().auditEvent.findMany()],
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(everything).not.toContain('0123456789abcdef');
  });

  it('replaces the key of the same provider, and destroys its ciphertext', async () => {
    const first = await store('alice', { provider: 'OPENAI', apiKey: KEY });
    const second = await store('alice', { provider: 'OPENAI', apiKey: `${KEY}2` });
    expect(second.replacedKeyId).toBe(first.apiKey.id);
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([
      { id: second.apiKey.id, status: 'ACTIVE' },
    ]);
    expect(await database().sealedKey.findMany({ select: { keyId: true } })).toEqual([
      { keyId: second.apiKey.id },
    ]);
  });

  it('replaces a disabled key, too', async () => {
    const first = await store('alice', { provider: 'OPENAI', apiKey: KEY });
    await server().query('alice', UPDATE, { input: { keyId: first.apiKey.id, enabled: false } });
    expect((await store('alice', { provider: 'OPENAI', apiKey: KEY })).replacedKeyId).toBe(first.apiKey.id);
  });

  it('ends 50 stores at once with one ACTIVE key and 49 REPLACED ones, and answers every call', async () => {
    const stores = Array.from({ length: 50 }, (_, index) =>
      store('alice', { provider: 'OPENAI', apiKey: `${KEY}-${String(index)}` }),
    );
    const replaced = (await Promise.all(stores)).map(({ replacedKeyId }) => replacedKeyId as string | null);
    expect(new Set(replaced).size).toBe(50);
    const { apiKeyHistory } = await server().query('alice', HISTORY, { first: 200 });
    const statuses = apiKeyHistory.edges.map((edge: any) => edge.node.status as string) as string[];
    expect(statuses.filter((status) => status === 'ACTIVE')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'REPLACED')).toHaveLength(49);
    expect(await database().sealedKey.count()).toBe(1);
  });

  it('leaves one key or none when stores, switches and deletes cross', async () => {
    const { apiKey } = await store('alice', { provider: 'OPENAI', apiKey: KEY });
    const requests = Array.from({ length: 30 }, (_, index) => {
      if (index % 3 === 0)
        return server().post('alice', STORE, { input: { provider: 'OPENAI', apiKey: KEY } });
      if (index % 3 === 1)
        return server().post('alice', UPDATE, { input: { keyId: apiKey.id, enabled: index % 2 === 0 } });
      return server().post('alice', DELETE, { keyId: apiKey.id });
    });
    const codes = (await Promise.all(requests)).flatMap(({ errors }) =>
      errors.map(({ extensions }) => extensions.code),
    );
    expect(new Set(codes)).toEqual(new Set(['KEY_NOT_FOUND']));
    expect(
      await database().apiKey.count({ where: { status: { in: ['ACTIVE', 'DISABLED'] } } }),
    ).toBeLessThanOrEqual(1);
    expect(await database().sealedKey.count()).toBe(
      await database().apiKey.count({ where: { status: { in: ['ACTIVE', 'DISABLED'] } } }),
    );
  });

  it('changes a name, removes it with null, and leaves out what is left out', async () => {
    const { apiKey } = await store('alice', { provider: 'OPENAI', apiKey: KEY, name: 'old' });
    const update = async (changes: object) =>
      (await server().query('alice', UPDATE, { input: { keyId: apiKey.id, ...changes } })).updateApiKey
        .apiKey;
    expect(await update({ name: 'new' })).toMatchObject({ name: 'new', status: 'ACTIVE' });
    expect(await update({ enabled: false })).toMatchObject({ name: 'new', status: 'DISABLED' });
    expect(await update({ name: null })).toMatchObject({ name: null, status: 'DISABLED' });
    expect(await update({ enabled: true })).toMatchObject({ name: null, status: 'ACTIVE' });
    expect(await server().failure('alice', UPDATE, { input: { keyId: apiKey.id, enabled: null } })).toBe(
      'BAD_USER_INPUT',
    );
  });

  it.each(['a\u0000b', 'a\nb', 'a\ud800', 'a\u202eb'])(
    'refuses the name %j, stored or changed',
    async (name) => {
      const input = { provider: 'OPENAI', apiKey: KEY };
      expect(await server().failure('alice', STORE, { input: { ...input, name } })).toBe('BAD_USER_INPUT');
      const keyId = (await store('alice', { ...input, name: 'fine 🔑 clé' })).apiKey.id as string;
      expect(await server().failure('alice', UPDATE, { input: { keyId, name } })).toBe('BAD_USER_INPUT');
    },
  );

  it.each([
    ['the key itself', 'a-shape-of-next-year-0123456789'],
    ['the key among other words', 'work: a-shape-of-next-year-0123456789!'],
    ['a key of the provider', 'sk-proj-0123456789abcdefWXYZ'],
    ["another provider's key among other words", 'mine: sk-ant-api03-0123456789abcdefWXYZ'],
  ])('refuses a name that is %s, without quoting it', async (_, name) => {
    const input = { provider: 'OPENAI', apiKey: 'a-shape-of-next-year-0123456789' };
    const { errors, text } = await server().post('alice', STORE, { input: { ...input, name } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: [{ path: 'input.name' }],
    });
    expect(text).not.toContain('0123456789');
  });

  it('refuses to rename a key to what is unmistakably a key', async () => {
    const keyId = (await store('alice', { provider: 'OPENAI', apiKey: KEY, name: 'sk-proj-work' })).apiKey
      .id as string;
    const { errors } = await server().post('alice', UPDATE, { input: { keyId, name: KEY } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: [{ path: 'input.name' }],
    });
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([{ name: 'sk-proj-work' }]);
  });

  it('shows a key whose ciphertext is gone as unreadable, after any result of its last use', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await server().chatEvents('alice', {});
    await database().sealedKey.deleteMany();
    const { apiKeys } = await server().query('alice', '{ apiKeys { health healthReason } }');
    expect(apiKeys).toEqual([{ health: 'UNREADABLE', healthReason: expect.stringContaining('gone') }]);
  });

  it('answers alike for a key of another user, an unknown id, no id at all, and a key deleted before', async () => {
    const hers = (await store('alice', { provider: 'OPENAI', apiKey: KEY })).apiKey.id as string;
    const deleted = (await store('bob', { provider: 'OPENAI', apiKey: KEY })).apiKey.id as string;
    await server().query('bob', DELETE, { keyId: deleted });
    const answers = await Promise.all(
      [hers, UNKNOWN_ID, 'nonsense', deleted].map(async (keyId) => ({
        read: (await server().query('bob', 'query ($id: ID!) { apiKey(id: $id) { id } }', { id: keyId }))
          .apiKey,
        update: await server().failure('bob', UPDATE, { input: { keyId, name: 'mine' } }),
        delete: await server().failure('bob', DELETE, { keyId }),
      })),
    );
    for (const answer of answers)
      expect(answer).toEqual({ read: null, update: 'KEY_NOT_FOUND', delete: 'KEY_NOT_FOUND' });
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([{ id: hers, name: null }]);
  });

  it('takes the ids of keys in capitals, too, as RFC 9562 has it', async () => {
    const id = (await store('alice', { provider: 'OPENAI', apiKey: KEY })).apiKey.id as string;
    const keyId = id.toUpperCase();
    expect(keyId).not.toBe(id);
    expect(
      await server().query('alice', 'query ($id: ID!) { apiKey(id: $id) { id } }', { id: keyId }),
    ).toEqual({
      apiKey: { id },
    });
    expect(await server().query('alice', `{ apiKey(id: "${keyId}") { id } }`)).toEqual({ apiKey: { id } });
    const { updateApiKey } = await server().query('alice', UPDATE, { input: { keyId, name: 'mine' } });
    expect(updateApiKey.apiKey).toMatchObject({ id, name: 'mine' });
    const trail =
      'query ($filter: AuditFilter) { auditEvents(filter: $filter) { edges { node { keyId } } } }';
    const { auditEvents } = await server().query('alice', trail, { filter: { keyId } });
    expect(auditEvents.edges).toEqual([{ node: { keyId: id } }, { node: { keyId: id } }]);
    const after = Buffer.from(keyId).toString('base64url');
    expect((await server().query('alice', HISTORY, { first: 1, after })).apiKeyHistory.edges).toEqual([]);
    expect((await server().query('alice', DELETE, { keyId })).deleteApiKey).toEqual({ deletedKeyId: id });
  });

  it('has one type of id, which every argument and field of the schema reads in either case', () => {
    const type = server().app.get(GraphQLSchemaHost).schema.getType('ID');
    expect(type).toBe(ID);
  });

  it("shows each user's keys to that user only", async () => {
    await store('alice', { provider: 'OPENAI', apiKey: KEY });
    expect((await server().query('bob', LIST)).apiKeys).toEqual([]);
    expect((await server().query('bob', HISTORY, { first: 10 })).apiKeyHistory.edges).toEqual([]);
    const { auditEvents } = await server().query('bob', '{ auditEvents { edges { node { id } } } }');
    expect(auditEvents.edges).toEqual([]);
  });

  it('pages through the history, newest first, each key once', async () => {
    for (let count = 0; count < 5; count++) await store('alice', { provider: 'OPENAI', apiKey: KEY });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { apiKeyHistory }: any = await server().query('alice', HISTORY, { first: 2, after });
      seen.push(...apiKeyHistory.edges.map((edge: any) => edge.node.id as string));
      after = apiKeyHistory.pageInfo.hasNextPage ? apiKeyHistory.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...seen].sort().reverse());
    expect(await server().failure('alice', HISTORY, { first: 2, after: 'nonsense' })).toBe('BAD_USER_INPUT');
    expect(await server().failure('alice', HISTORY, { first: 0 })).toBe('BAD_USER_INPUT');
  });

  it.each([
    ['too short', 'sk-1234'],
    ['too long', 'x'.repeat(4_097)],
    ['not ASCII', 'schlüssel-0123456789'],
    ['with a line break inside', 'key-0123\n456789'],
  ])('refuses a key that is %s, by its path and without quoting it', async (_, apiKey) => {
    const { errors, text } = await server().post('alice', STORE, { input: { provider: 'OPENAI', apiKey } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: [{ path: 'input.apiKey' }],
    });
    expect(text).not.toContain(apiKey.slice(0, 7));
  });

  it.each([
    ['in quotes', (key: string) => `"${key}"`],
    ['in typographic quotes, with a comma', (key: string) => `“${key}”,`],
    ['as a header', (key: string) => `Authorization: Bearer ${key}`],
    ['with its scheme', (key: string) => `bearer ${key}\n`],
    ['with the name of its variable', (key: string) => `export OPENAI_API_KEY='${key}';`],
    ['with invisible characters', (key: string) => `\ufeff${key.slice(0, 9)}\u200b${key.slice(9)}\u00a0`],
  ])('stores a key that is pasted %s without that, and calls the provider with it', async (_, wrap) => {
    const { apiKey } = await store('alice', { provider: 'OPENAI', apiKey: wrap(KEY), name: 'work' });
    expect(apiKey.maskedKey).toBe('sk-proj-…WXYZ');
    await server().chatEvents('alice', {});
    expect(server().standIn.requests.map(({ key }) => key)).toEqual([KEY]);
  });

  it.each([
    ["another system's mask", 'sk-proj-****1234', 'masked'],
    ['our own mask', 'sk-proj-…WXYZ', 'masked'],
    ['a placeholder', 'OPENAI_API_KEY="your-api-key-here"', 'placeholder'],
    ['the name of a variable', '$OPENAI_API_KEY', 'variable'],
    ['two keys', `${KEY}${KEY.replace('0', '9')}`, 'more than one key'],
    ['an address', 'https://api.openai.com/v1/keys', 'address'],
    ['JSON', `{"apiKey":"${KEY}"}`, 'JSON'],
    ['a key with white space inside', `${KEY.slice(0, 9)} ${KEY.slice(9)}`, 'white space'],
  ])('refuses %s in one sentence, and keeps the key that works', async (_, apiKey, word) => {
    const working = (await store('alice', { provider: 'OPENAI', apiKey: KEY })).apiKey.id as string;
    const { errors, text } = await server().post('alice', STORE, { input: { provider: 'OPENAI', apiKey } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      violations: [{ path: 'input.apiKey', message: expect.stringContaining(word) }],
    });
    expect(errors[0]?.extensions.violations).toHaveLength(1);
    expect(text).not.toContain(apiKey.slice(-9));
    expect((await server().query('alice', LIST)).apiKeys).toMatchObject([{ id: working, status: 'ACTIVE' }]);
  });

  it.each(['user:sk-litellm-4f3a9c', 'pk|live|7f3a|9c21', 'key:abc.def~ghi/jkl+mno=='])(
    "stores a gateway's key as it is: %s",
    async (apiKey) => {
      await store('alice', { provider: 'OPENAI', apiKey });
      await server().chatEvents('alice', {});
      expect(server().standIn.requests.map(({ key }) => key)).toEqual([apiKey]);
    },
  );

  it('takes a name for no other than the key in its quotes', async () => {
    const input = { provider: 'OPENAI', apiKey: `Bearer "${KEY}"`, name: `mine: ${KEY.slice(8)}` };
    const { errors } = await server().post('alice', STORE, { input });
    expect(errors[0]?.extensions).toMatchObject({ violations: [{ path: 'input.name' }] });
  });

  it.each([
    ['OPENAI', '"sk-ant-api03-0123456789"', 'Anthropic'],
    ['OPENAI', 'Bearer AIzaSy0123456789', 'Google'],
    ['BRAVE', "TAVILY_API_KEY='tvly-0123456789'", 'Tavily'],
    ['OPENAI', 'sk-ant-api03-0123456789', 'Anthropic'],
    ['ANTHROPIC', 'sk-proj-0123456789', 'OpenAI'],
    ['OPENAI', 'AIzaSy0123456789', 'Google'],
    ['BRAVE', 'tvly-0123456789', 'Tavily'],
    ['TAVILY', 'fc-0123456789', 'Firecrawl'],
  ])("refuses for %s a key that is unmistakably another provider's", async (provider, apiKey, name) => {
    const { errors } = await server().post('alice', STORE, { input: { provider, apiKey } });
    expect(errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(errors[0]?.message).toContain(name);
  });

  it('accepts an unfamiliar shape', async () => {
    await store('alice', { provider: 'ANTHROPIC', apiKey: 'a-shape-of-next-year-0123456789' });
    await store('alice', { provider: 'OPENAI', apiKey: 'another-shape-0123456789' });
  });

  it('writes every change to the audit trail, newest first', async () => {
    const first = (await store('alice', { provider: 'OPENAI', apiKey: KEY })).apiKey.id as string;
    const second = (await store('alice', { provider: 'OPENAI', apiKey: KEY })).apiKey.id as string;
    await server().query('alice', UPDATE, { input: { keyId: second, enabled: false } });
    await server().query('alice', DELETE, { keyId: second });
    const { auditEvents } = await server().query(
      'alice',
      '{ auditEvents { edges { node { kind keyId outcome } } } }',
    );
    expect(auditEvents.edges.map((edge: any) => [edge.node.kind, edge.node.keyId])).toEqual([
      ['KEY_DELETED', second],
      ['KEY_UPDATED', second],
      ['KEY_STORED', second],
      ['KEY_REPLACED', first],
      ['KEY_STORED', first],
    ]);
  });

  it('changes nothing where the audit row cannot be written', async () => {
    await database().$executeRawUnsafe('ALTER TABLE audit_events RENAME TO audit_events_away');
    expect(await server().failure('alice', STORE, { input: { provider: 'OPENAI', apiKey: KEY } })).toBe(
      'INTERNAL_SERVER_ERROR',
    );
    await database().$executeRawUnsafe('ALTER TABLE audit_events_away RENAME TO audit_events');
    expect((await server().query('alice', LIST)).apiKeys).toEqual([]);
  });
});
