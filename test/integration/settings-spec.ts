import { SignJWT } from 'jose';
import { databaseKinds } from '../support/database.js';
import { JWT_SECRET } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { DatabaseService } from '../../src/prisma/database.service.js';

const VIEWER = '{ viewer { id fallbackPolicy defaultSearchProvider } }';
const UPDATE = `mutation ($input: UpdateSettingsInput!) {
  updateSettings(input: $input) { viewer { id fallbackPolicy defaultSearchProvider } }
}`;
const EXPLAIN = `query ($provider: Provider, $kind: ProviderKind) {
  keyResolution(provider: $provider, kind: $kind) {
    available provider source candidates { provider source outcome reason }
  }
}`;
const SOURCES = '{ providers { provider keySource } }';
const SEARCH = '{ webSearch(input: { query: "words" }) { keySource provider } }';
const KEY = 'a-key-of-nobody-0123456789';
const SERVER_KEY = 'sk-server-key-0123456789';
const SERVER_KEYS = { OPENAI_API_KEY: SERVER_KEY, SERPER_API_KEY: SERVER_KEY };

describe.each(databaseKinds)('settings on %s', (kind) => {
  const server = useTestServer(SERVER_KEYS, kind);

  const update = async (input: object) =>
    (await server().query('alice', UPDATE, { input })).updateSettings.viewer;
  const explain = async (variables: object = {}) =>
    (await server().query('alice', EXPLAIN, { ...variables })).keyResolution;

  beforeEach(() => {
    server().standIn.acceptKey('OPENAI', SERVER_KEY);
    server().standIn.acceptKey('SERPER', SERVER_KEY);
  });

  it('have defaults, change one by one, and are written down', async () => {
    const defaults = { id: 'alice', fallbackPolicy: 'USE_SERVER', defaultSearchProvider: null };
    expect((await server().query('alice', VIEWER)).viewer).toEqual(defaults);
    expect(await update({ defaultSearchProvider: 'TAVILY' })).toEqual({
      ...defaults,
      defaultSearchProvider: 'TAVILY',
    });
    expect(await update({ fallbackPolicy: 'NEVER' })).toEqual({
      id: 'alice',
      fallbackPolicy: 'NEVER',
      defaultSearchProvider: 'TAVILY',
    });
    expect(await update({})).toMatchObject({ fallbackPolicy: 'NEVER', defaultSearchProvider: 'TAVILY' });
    expect(await update({ fallbackPolicy: null, defaultSearchProvider: null })).toEqual(defaults);
    expect((await server().query('bob', VIEWER)).viewer).toEqual({ ...defaults, id: 'bob' });
    const trail = await server()
      .app.get(DatabaseService)
      .client.auditEvent.findMany({ orderBy: { id: 'asc' } });
    expect(trail.map(({ userId, kind: what, detail }) => [userId, what, detail])).toEqual([
      ['alice', 'SETTINGS_UPDATED', 'defaultSearchProvider: TAVILY'],
      ['alice', 'SETTINGS_UPDATED', 'fallbackPolicy: NEVER'],
      ['alice', 'SETTINGS_UPDATED', 'nothing changed'],
      ['alice', 'SETTINGS_UPDATED', 'fallbackPolicy: USE_SERVER, defaultSearchProvider: none'],
    ]);
  });

  it("keep the server's keys unspent with NEVER, and key resolution says so", async () => {
    await update({ fallbackPolicy: 'NEVER' });
    expect(await server().chatFailure('alice', {})).toBe('NO_KEY_AVAILABLE');
    expect(await server().failure('alice', SEARCH)).toBe('NO_KEY_AVAILABLE');
    expect(server().standIn.requests).toEqual([]);
    expect(await explain()).toMatchObject({ available: false });
    expect((await explain({ provider: 'OPENAI' })).candidates).toEqual([
      { provider: 'OPENAI', source: 'USER', outcome: 'NO_KEY', reason: expect.any(String) },
      {
        provider: 'OPENAI',
        source: 'SERVER',
        outcome: 'SERVER_NOT_ALLOWED',
        reason: "The server's key for OpenAI is not used: your fallbackPolicy is NEVER.",
      },
    ]);
    const { providers } = await server().query('alice', SOURCES);
    expect(providers.every(({ keySource }: { keySource: unknown }) => keySource === null)).toBe(true);
    expect((await server().chatEvents('bob', {}))[0]).toMatchObject({ keySource: 'SERVER' });
    await server().storeKey('alice', 'GOOGLE', KEY);
    expect((await server().chatEvents('alice', {}))[0]).toMatchObject({
      provider: 'GOOGLE',
      keySource: 'USER',
    });
  });

  it('say which engine a search tries first that names none, whoever pays', async () => {
    await server().storeKey('alice', 'BRAVE', KEY);
    expect((await server().query('alice', SEARCH)).webSearch).toMatchObject({ provider: 'BRAVE' });
    await update({ defaultSearchProvider: 'SERPER' });
    expect((await server().query('alice', SEARCH)).webSearch).toEqual({
      provider: 'SERPER',
      keySource: 'SERVER',
    });
    const events = await server().chatEvents('alice', {
      webSearch: {},
      messages: [{ role: 'USER', content: 'search: words' }],
    });
    expect(events.find(({ __typename }) => __typename === 'SearchStarted')).toMatchObject({
      engine: 'SERPER',
    });
    // Where it has no key, the others have their turn.
    await update({ defaultSearchProvider: 'TAVILY' });
    expect((await server().query('alice', SEARCH)).webSearch).toEqual({
      provider: 'BRAVE',
      keySource: 'USER',
    });
    const named = '{ webSearch(input: { query: "words", provider: TAVILY }) { provider } }';
    expect(await server().failure('alice', named)).toBe('NO_KEY_AVAILABLE');
    const { candidates } = await explain({ kind: 'SEARCH' });
    expect(candidates.slice(0, 3)).toMatchObject([
      { provider: 'TAVILY', source: 'USER', outcome: 'NO_KEY' },
      { provider: 'TAVILY', source: 'SERVER', outcome: 'NO_KEY' },
      { provider: 'FIRECRAWL', source: 'USER', outcome: 'NO_KEY' },
    ]);
  });

  it('that a newer version stored are no leave to spend, and no engine', async () => {
    const database = server().app.get(DatabaseService).client;
    await update({ defaultSearchProvider: 'TAVILY' });
    await database.userSettings.updateMany({ data: { defaultSearchProvider: 'NEWER' } });
    expect((await server().query('alice', VIEWER)).viewer).toMatchObject({ defaultSearchProvider: null });
    expect((await server().query('alice', SEARCH)).webSearch).toMatchObject({ provider: 'SERPER' });
  });
});

describe("who may spend the server's keys", () => {
  const server = useTestServer({ ...SERVER_KEYS, SERVER_KEYS_FOR: 'keyless' });
  const strict = useTestServer({ ...SERVER_KEYS, SERVER_KEYS_FOR: 'nobody' });
  const scoped = useTestServer({ ...SERVER_KEYS, SERVER_KEYS_FOR: 'scope:keystream.server' });

  it('are those without a key of that kind', async () => {
    server().standIn.acceptKey('OPENAI', SERVER_KEY);
    server().standIn.acceptKey('SERPER', SERVER_KEY);
    expect((await server().chatEvents('alice', {}))[0]).toMatchObject({ keySource: 'SERVER' });
    const keyId = await server().storeKey('alice', 'GOOGLE', KEY);
    expect(await server().chatFailure('alice', { provider: 'OPENAI' })).toBe('NO_KEY_AVAILABLE');
    const { keyResolution } = await server().query('alice', EXPLAIN, { provider: 'OPENAI' });
    expect(keyResolution.candidates[1]).toMatchObject({
      outcome: 'SERVER_NOT_ALLOWED',
      reason: "The server's key for OpenAI is not used: the operator does not let you spend it.",
    });
    expect((await server().query('alice', SEARCH)).webSearch).toMatchObject({ keySource: 'SERVER' });
    const { providers } = await server().query('alice', SOURCES);
    expect(providers).toContainEqual({ provider: 'OPENAI', keySource: null });
    expect(providers).toContainEqual({ provider: 'SERPER', keySource: 'SERVER' });
    // A key that its owner disabled counts as none.
    await server().query(
      'alice',
      `mutation { updateApiKey(input: { keyId: "${keyId}", enabled: false }) { apiKey { id } } }`,
    );
    expect((await server().chatEvents('alice', { provider: 'OPENAI' }))[0]).toMatchObject({
      keySource: 'SERVER',
    });
  });

  it('is nobody', async () => {
    expect(await strict().chatFailure('alice', {})).toBe('NO_KEY_AVAILABLE');
    expect(strict().standIn.requests).toEqual([]);
  });

  it.each([
    ['scope', 'openid keystream.server', 'SERVER'],
    ['scp', ['keystream.server'], 'SERVER'],
    ['scp', 'keystream.server', 'SERVER'],
    ['scope', 'keystream.servers keystream', null],
    ['scp', ['openid'], null],
    ['scope', { 'keystream.server': true }, null],
    ['roles', ['keystream.server'], null],
  ])('are those whose token has the scope, in %s: %j', async (claim, value, expected) => {
    const token = await new SignJWT({ [claim]: value })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('alice')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(JWT_SECRET));
    const response = await fetch(`${scoped().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: SOURCES }),
    });
    const { data } = (await response.json()) as { data: { providers: unknown[] } };
    expect(data.providers).toContainEqual({ provider: 'OPENAI', keySource: expected });
  });
});
