import { jest } from '@jest/globals';
import { replay } from '../../demo/stand-in/behaviours.mjs';
import { chatCases } from '../contract/chat-adapter-cases.js';
import { engineCases } from '../contract/search-engine-cases.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { CAN_WRITE_SNAPSHOTS, knownKey, type KnownKey, namesIn, snapshotOf } from '../support/heap.js';
import { KeyedAnswers, usualAnswer } from '../support/keyed-answers.js';
import { naming, placing } from '../support/naming.js';
import { chatOn, type Environment, type ServerProcess, useProcesses } from '../support/server-process.js';
import { type ChatEventData, HELLO, signToken } from '../support/test-server.js';
import { chatEndings, type Ending, searchEndings, timedEndings } from './heap-endings.js';

// One server, a hundred chats and a snapshot of its heap.
jest.setTimeout(180_000);

const NO_LIMITS: Environment = {
  LIMIT_STREAMS_PER_USER: '0',
  LIMIT_STREAMS_PER_SERVER: '0',
  LIMIT_CHATS_PER_MINUTE: '0',
  LIMIT_SEARCHES_PER_MINUTE: '0',
  LIMIT_KEY_CHANGES_PER_MINUTE: '0',
  CHAT_DISCONNECT_GRACE_MS: '0',
};
const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { results { url } } }';
const STORE = 'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { replacedKeyId } }';

describe('the heap of a server, while the chats are kept that used a key', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  let answers: KeyedAnswers;
  beforeEach(async () => {
    database = await createDatabase();
    answers = new KeyedAnswers(processes.standIn);
  });
  afterEach(() => database.drop());

  const start = (environment: Environment = {}): Promise<ServerProcess> =>
    processes.start(
      { ...processes.environment(database.environment), ...NO_LIMITS, ...environment },
      CAN_WRITE_SNAPSHOTS,
    );

  /** A key of a user of its own. */
  async function storeKey(server: ServerProcess, provider: string, ending: Ending): Promise<KnownKey> {
    const known = knownKey(`${provider}: ${ending.name}`);
    answers.set(known.key, ...ending.answers);
    await server.storeKey(known.name, provider, known.key);
    return known;
  }

  async function chat(server: ServerProcess, provider: string, ending: Ending): Promise<KnownKey> {
    const known = await storeKey(server, provider, ending);
    if (ending.client) await leave(server, provider, known, ending);
    else
      expect([known.name, codeOf(await server.chatEvents(known.name, naming(provider)))]).toEqual([
        known.name,
        ending.code,
      ]);
    return known;
  }

  async function leave(
    server: ServerProcess,
    provider: string,
    known: KnownKey,
    { client }: Ending,
  ): Promise<void> {
    const request = answers.requestWith(known.key);
    const socket = await server.socket(known.name);
    const events = chatOn(socket, naming(provider));
    const { value: started } = await events.next();
    const exchange = await request;
    if (client === 'unsubscribes') socket.send({ id: 'chat', type: 'complete' });
    if (client === 'leaves') socket.socket.terminate();
    if (client === 'cancels' && started) {
      await server.query(known.name, 'mutation ($id: ID!) { cancelChat(chatId: $id) { cancelled } }', {
        id: started.chatId,
      });
    }
    await exchange.closedByClient;
    socket.socket.close();
  }

  async function search(server: ServerProcess, provider: string, ending: Ending): Promise<KnownKey> {
    const known = await storeKey(server, provider, ending);
    const variables = { input: { query: 'tea', provider, includeContent: true } };
    if (ending.client) {
      const request = answers.requestWith(known.key);
      const client = new AbortController();
      const answer = fetch(`${server.url}/graphql`, {
        ...(await requestOf(known.name, JSON.stringify({ query: SEARCH, variables }))),
        signal: client.signal,
      });
      const exchange = await request;
      client.abort();
      await expect(answer).rejects.toThrow();
      await exchange.closedByClient;
      return known;
    }
    const { errors } = await server.post(known.name, SEARCH, variables);
    expect([known.name, errors[0]?.extensions.code ?? null]).toEqual([known.name, ending.code]);
    return known;
  }

  /** The client of undici keeps a request that was aborted until it has connected again. */
  async function settle(server: ServerProcess): Promise<KnownKey[]> {
    const usual = (provider: string): Ending => ({
      name: 'at last',
      answers: [usualAnswer(provider)],
      code: null,
    });
    const keys: KnownKey[] = [];
    for (const { entry } of chatCases) keys.push(await chat(server, entry.id, usual(entry.id)));
    for (const { entry } of engineCases) keys.push(await search(server, entry.id, usual(entry.id)));
    return keys;
  }

  it('reaches no key, however a chat or a search ended', async () => {
    const server = await start();
    const ended: KnownKey[] = [];
    // One provider after the other: all of them at once are more than a busy machine takes in.
    for (const each of chatCases) {
      const chats = chatEndings(each).map((ending) => chat(server, each.entry.id, ending));
      ended.push(...(await Promise.all(chats)));
    }
    for (const each of engineCases) {
      const searches = searchEndings(each).map((ending) => search(server, each.entry.id, ending));
      ended.push(...(await Promise.all(searches)));
    }
    const keys = [...ended, ...(await settle(server))];
    expect(keys.length).toBeGreaterThan(100);
    expect(namesIn(await snapshotOf(server), keys)).toEqual([]);
  });

  it('reaches no key that a time limit ended the use of', async () => {
    const server = await start({
      CHAT_FIRST_BYTE_TIMEOUT_MS: '3000',
      CHAT_IDLE_TIMEOUT_MS: '3000',
      CHAT_MAX_DURATION_MS: '8000',
      SEARCH_TIMEOUT_MS: '3000',
    });
    const ended = await Promise.all([
      ...chatCases.flatMap(({ entry, textEvent }) =>
        timedEndings(textEvent('one ')).map((ending) => chat(server, entry.id, ending)),
      ),
      ...engineCases.flatMap(({ entry }) =>
        timedEndings(null).map((ending) => search(server, entry.id, ending)),
      ),
    ]);
    const keys = [...ended, ...(await settle(server))];
    expect(namesIn(await snapshotOf(server), keys)).toEqual([]);
  });

  it('reaches no key of a chat that went on with another provider, or searched', async () => {
    const server = await start();
    const keys: KnownKey[] = [];
    const know = async (
      userId: string,
      provider: string,
      ...behaviours: Ending['answers']
    ): Promise<void> => {
      const known = { ...knownKey(`${userId}: ${provider}`) };
      keys.push(known);
      answers.set(known.key, ...behaviours);
      await server.storeKey(userId, provider, known.key);
    };
    const refusal = chatCases[0]?.errors.badKey;
    await know('on', 'OPENAI', (exchange) => exchange.reply(refusal?.(exchange.key) ?? { status: 401 }));
    await know('on', 'ANTHROPIC', (exchange) => exchange.cut());
    await know('on', 'GOOGLE', usualAnswer('GOOGLE'));
    const events = await server.chatEvents('on', { failover: true });
    expect(events.filter(({ __typename }) => __typename === 'ProviderSwitched')).toHaveLength(2);
    expect(codeOf(events)).toBeNull();

    for (const { entry } of chatCases) {
      for (const { entry: engine } of engineCases) {
        const userId = `${entry.id} with ${engine.id}`;
        await know(userId, entry.id, usualAnswer(entry.id));
        await know(userId, engine.id, usualAnswer(engine.id), replay(['{'], { then: 'cut' }), (exchange) =>
          exchange.cut(),
        );
        const searched = await server.chatEvents(userId, {
          ...naming(entry.id),
          messages: [{ role: 'USER', content: 'search: cats search: dogs search: mice' }],
          webSearch: { provider: engine.id, includeContent: true },
        });
        expect(searched.filter(({ __typename }) => __typename === 'SearchFinished')).toHaveLength(3);
        expect(codeOf(searched)).toBeNull();
      }
    }
    keys.push(...(await settle(server)));
    expect(namesIn(await snapshotOf(server), keys)).toEqual([]);
  });

  it('reaches no key that came in a request that was refused, or had to be cleaned', async () => {
    const server = await start({ LIMIT_KEY_CHANGES_PER_MINUTE: '3' });
    const keys: KnownKey[] = [];
    const know = (name: string): KnownKey => {
      const known = knownKey(name);
      keys.push(known);
      return known;
    };
    const storing = (key: string, more: object = {}): string =>
      JSON.stringify({ query: STORE, variables: { input: { provider: 'OPENAI', apiKey: key, ...more } } });
    const statusOf = async (userId: string | null, body: string): Promise<number> => {
      const response = await fetch(`${server.url}/graphql`, await requestOf(userId, body));
      await response.text();
      return response.status;
    };
    expect(await statusOf(null, storing(know('no token').key))).toBe(401);
    expect(await statusOf('alice', storing(know('no JSON').key).slice(0, -2))).toBe(400);
    expect(await statusOf('alice', JSON.stringify([know('a list').key]))).toBe(400);
    expect(await statusOf('alice', storing(know('too much').key, { name: 'x'.repeat(2_000_000) }))).toBe(413);
    const literal = (name: string, end: string): string =>
      JSON.stringify({
        query: `mutation { storeApiKey(input: { provider: OPENAI, apiKey: "${know(name).key}" ${end}`,
      });
    await statusOf('alice', literal('a syntax error', '} { replacedKeyId } }'));
    await statusOf('alice', literal('an unknown field', '}) { nonsense } }'));
    await statusOf('alice', literal('an unknown argument', ', nonsense: 1 }) { replacedKeyId } }'));

    const codeFor = async (userId: string, name: string, more: object): Promise<string | undefined> => {
      const { key } = know(name);
      const { errors } = await server.post(userId, STORE, {
        input: { provider: 'OPENAI', apiKey: key, ...more },
      });
      return errors[0]?.extensions.code;
    };
    expect(await codeFor('bob', 'a name too long', { name: 'x'.repeat(1_000) })).toBe('BAD_USER_INPUT');
    expect(await codeFor('bob', 'a field of another type', { name: { first: 1 } })).toBe('BAD_USER_INPUT');
    expect(await codeFor('bob', 'an unknown provider', { provider: 'NONE' })).toBe('BAD_USER_INPUT');
    const anthropics = know('of another provider');
    const { errors } = await server.post('bob', STORE, {
      input: { provider: 'OPENAI', apiKey: `sk-ant-api03-${anthropics.needle}` },
    });
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const pasted: readonly (readonly [string, (key: string) => string, string | undefined])[] = [
      ['two pieces', (key) => `${key} and more`, 'BAD_USER_INPUT'],
      ['a mask', (key) => `${key}****`, 'BAD_USER_INPUT'],
      ['JSON', (key) => `{"apiKey":"${key}"}`, 'BAD_USER_INPUT'],
      ['a line of a shell', (key) => `export OPENAI_API_KEY="${key}";`, undefined],
      ['a header', (key) => `"Authorization: Bearer ${key}"`, undefined],
    ];
    for (const [name, wrap, code] of pasted) {
      const { errors: reported } = await server.post('erin', STORE, {
        input: { provider: 'OPENAI', apiKey: wrap(know(name).key) },
      });
      expect([name, reported[0]?.extensions.code]).toEqual([name, code]);
    }
    const codes = [];
    for (let count = 1; count <= 5; count += 1)
      codes.push(await codeFor('carol', `change ${String(count)}`, {}));
    expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED']);

    const socket = await server.socket('dave');
    const { key } = know('on a WebSocket');
    socket.subscribe('1', 'subscription ($input: ChatInput!) { chat(input: $input) { seq } }', {
      input: { messages: HELLO, apiKey: key },
    });
    expect(await socket.next()).toMatchObject({ payload: { errors: [{}] } });
    expect(namesIn(await snapshotOf(server), keys)).toEqual([]);
  });

  it('reaches no key where the database refuses what is written of it', async () => {
    await database.execute(
      `ALTER TABLE audit_events ADD CONSTRAINT no_end CHECK (kind::text NOT LIKE '%FINISHED' OR user_id <> 'late') NOT VALID;
       ALTER TABLE sealed_keys ADD CONSTRAINT no_key CHECK (user_id <> 'keyless') NOT VALID`,
    );
    const server = await start();
    const keys: KnownKey[] = [];
    for (const { entry } of [...chatCases, ...engineCases]) {
      const refused = knownKey(`${entry.id}: not stored`);
      const { errors } = await server.post('keyless', STORE, {
        input: { ...placing(entry.id, server.environment), apiKey: refused.key },
      });
      expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
      const used = knownKey(`${entry.id}: used, and its end not written`);
      answers.set(used.key, usualAnswer(entry.id));
      await server.storeKey('late', entry.id, used.key);
      keys.push(refused, used);
    }
    for (const { entry } of chatCases)
      expect(codeOf(await server.chatEvents('late', naming(entry.id)))).toBeNull();
    for (const { entry } of engineCases) {
      await server.query('late', SEARCH, { input: { query: 'tea', provider: entry.id } });
    }
    await server.logged('The end of a chat could not be written');
    await server.logged('The end of a search could not be written');
    expect(namesIn(await snapshotOf(server), keys)).toEqual([]);
  });
});

/** The code of a chat's failure; null where it completed. */
function codeOf(events: readonly ChatEventData[]): string | null {
  const last = events.at(-1);
  if (last?.__typename === 'ChatCompleted') return null;
  return last?.error?.code ?? `${String(last?.__typename)}?`;
}

async function requestOf(userId: string | null, body: string): Promise<RequestInit> {
  const authorization = userId === null ? {} : { authorization: `Bearer ${await signToken(userId)}` };
  return { method: 'POST', headers: { 'content-type': 'application/json', ...authorization }, body };
}
