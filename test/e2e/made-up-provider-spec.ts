import { jest } from '@jest/globals';
import type { Service } from '../../demo/stand-in/service.mjs';
import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import { registry } from '../../src/providers/registry/registry.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { ChatEventData, TestServer } from '../support/test-server.js';
import { madeUpEngine } from '../fixtures/made-up.engine.js';
import { madeUp } from '../fixtures/made-up.provider.js';

const everyone = [...registry, madeUpEngine, madeUp];
const ofKind = (kind: string) => everyone.filter((entry) => entry.kind === kind);

/** All that a new provider changes outside its own files. */
jest.unstable_mockModule('../../src/providers/registry/registry.js', () => ({ registry: everyone }));

const service: Service = {
  provider: 'MADE_UP',
  endpoints: { MADE_UP_BASE_URL: '/made-up' },
  keyShape: /^mu-/,
  keyOf: ({ headers }) => String(headers['x-made-up-key']),
  refuse: (exchange) => exchange.reply({ status: 401, body: { no: exchange.key } }),
  answer: async (exchange) => {
    for (const word of ['Made', 'up', 'words']) await exchange.write(`data: ${word}\n\n`);
    exchange.end('data: [DONE]\n\n');
  },
};

const KEY = 'mu-key-of-alice-0123456789';
const SERVER_KEY = 'mu-key-of-the-server-0123456789';

describe('a provider that is no more than its own files and a place in the registry', () => {
  let standIn: StandIn;
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    standIn = await startStandIn({ services: [service], keys: { MADE_UP: [KEY, SERVER_KEY] }, pace: 0 });
    database = await createDatabase();
    const { TestServer: Server } = await import('../support/test-server.js');
    server = await Server.start({
      ...database.environment,
      ...standIn.environment(),
      MADE_UP_API_KEY: SERVER_KEY,
      MADE_UP_DEFAULT_MODEL: 'made-up-2',
    });
  });
  afterAll(async () => {
    await server.stop();
    await standIn.stop();
    await database.drop();
  });

  it.each([
    ['Provider', everyone],
    ['ChatProvider', ofKind('CHAT')],
    ['SearchProvider', ofKind('SEARCH')],
  ])('is in the enums where it belongs: %s', async (name, entries) => {
    const { __type } = await server.query(
      'alice',
      'query ($name: String!) { __type(name: $name) { enumValues { name description } } }',
      { name },
    );
    expect(__type.enumValues).toEqual(entries.map(({ id, description }) => ({ name: id, description })));
  });

  it.each(['CHAT', 'SEARCH'])('is in every description that lists those of its kind: %s', async (kind) => {
    const { __schema } = await server.query(
      'alice',
      '{ __schema { types { description inputFields { description } fields { description args { description } } } } }',
    );
    // What serves only where it is named stands in no order.
    const ids = ofKind(kind).flatMap(({ id, environment }) => (environment === null ? [] : [id]));
    const lists = descriptionsIn(__schema).filter((text) => ids.filter((id) => text.includes(id)).length > 1);
    // The enum, and each input that may be left out.
    expect(lists).toHaveLength(3);
    for (const text of lists) expect(text).toContain(ids.join(', '));
  });

  it('is in the error that lists those of its kind', async () => {
    const { errors } = await server.post('dave', '{ webSearch(input: { query: "cats" }) { query } }');
    expect(errors).toMatchObject([{ extensions: { code: 'NO_KEY_AVAILABLE' } }]);
    const names = ofKind('SEARCH').map(({ displayName }) => displayName);
    expect(errors[0]?.message).toContain(names.join(', '));
  });

  it('has its environment variables read', async () => {
    const { providers } = await server.query(
      'bob',
      '{ providers { provider kind displayName keySource defaultModel } }',
    );
    expect(providers.at(-1)).toEqual({
      provider: 'MADE_UP',
      kind: 'CHAT',
      displayName: 'Made Up',
      keySource: 'SERVER',
      defaultModel: 'made-up-2',
    });
    const [started] = await server.chatEvents('bob', {});
    expect(started).toMatchObject({ provider: 'MADE_UP', keySource: 'SERVER', model: 'made-up-2' });
    expect(standIn.requests.at(-1)).toMatchObject({ provider: 'MADE_UP', key: SERVER_KEY });
  });

  it('has its keys stored, checked and masked', async () => {
    const STORE =
      'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { provider maskedKey } } }';
    const { storeApiKey } = await server.query('carol', STORE, {
      input: { provider: 'MADE_UP', apiKey: KEY },
    });
    expect(storeApiKey.apiKey).toEqual({ provider: 'MADE_UP', maskedKey: 'mu-…6789' });
    const { errors } = await server.post('carol', STORE, { input: { provider: 'OPENAI', apiKey: KEY } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toContain('Made Up');
  });

  it('streams a chat with a stored key, which the audit trail and the usage name', async () => {
    const keyId = await server.storeKey('alice', 'MADE_UP', KEY);
    const events = await server.chatEvents('alice', { provider: 'MADE_UP', model: 'made-up-3' });
    expect(textOf(events)).toBe('Madeupwords');
    expect([events[0]?.__typename, events.at(-1)?.__typename]).toEqual(['ChatStarted', 'ChatCompleted']);
    expect(standIn.requests.at(-1)).toMatchObject({ key: KEY, body: { model: 'made-up-3' } });
    const { auditEvents, usage, apiKeys } = await server.query(
      'alice',
      `{ auditEvents(filter: { provider: MADE_UP }) { edges { node { kind provider keyId model outcome outputTokens } } }
         usage { byProvider { provider keySource totals { chats outputTokens } } } apiKeys { health } }`,
    );
    expect(auditEvents.edges.map((edge: { node: unknown }) => edge.node)).toMatchObject([
      {
        kind: 'CHAT_FINISHED',
        provider: 'MADE_UP',
        keyId,
        model: 'made-up-3',
        outcome: 'OK',
        outputTokens: 3,
      },
      { kind: 'KEY_USED', provider: 'MADE_UP', keyId },
      { kind: 'KEY_STORED', provider: 'MADE_UP', keyId },
    ]);
    expect(usage.byProvider).toEqual([
      { provider: 'MADE_UP', keySource: 'USER', totals: { chats: 1, outputTokens: 3 } },
    ]);
    expect(apiKeys).toEqual([{ health: 'VALID' }]);
  });

  it('has its failures reported as those of any other', async () => {
    standIn.revokeKey('MADE_UP', KEY);
    const events = await server.chatEvents('alice', { provider: 'MADE_UP' });
    expect(events.at(-1)).toMatchObject({ __typename: 'ChatFailed', error: { code: 'KEY_REJECTED' } });
    expect(JSON.stringify(events)).not.toContain(KEY);
  });
});

/** The words of the answer: those that come at once are one event. */
function textOf(events: readonly ChatEventData[]): string {
  return events.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}

/** Every description in what introspection answers. */
function descriptionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    name === 'description' && typeof field === 'string' ? [field] : descriptionsIn(field),
  );
}
