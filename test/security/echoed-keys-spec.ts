import { replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import {
  getProviderEntry,
  candidatesOf,
  providerIdsOf,
  type ProviderId,
} from '../../src/providers/registry/provider-ids.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Door, doors } from '../support/doors.js';
import { ENCRYPTION_KEY, ServerProcess } from '../support/server-process.js';
import { CHAT, type ChatEventData, HELLO, JWT_SECRET, textOf } from '../support/test-server.js';
import { engineVoices, voices } from '../support/voices.js';

const SEARCH = `query ($input: WebSearchInput!) {
  webSearch(input: $input) { query provider keySource results { title url snippet content } }
}`;
const RESUME = `subscription ($chatId: ID!) {
  resumeChat(chatId: $chatId) {
    seq
    ... on TextDelta { text }
    ... on ReasoningDelta { text }
    ... on SearchStarted { query }
    ... on SearchFinished { query results { title url snippet content } }
  }
}`;

/** The least of a key's beginning that is held back. */
const holdFrom = (provider: ProviderId): number => Math.max(8, prefixOf(provider).length + 4);

const prefixOf = (provider: ProviderId): string => getProviderEntry(provider).keyPrefixes.public[0] ?? '';

const keyOf = (provider: ProviderId, owner: string): string =>
  `${prefixOf(provider)}${owner}-Zq3xW9-${provider.toLowerCase()}-7Kd2`;

/** Whose key is used, and what is shown in its place. */
interface Payer {
  readonly source: 'USER' | 'SERVER';
  readonly user: string;
  readonly keyFor: (provider: ProviderId) => string;
  readonly maskFor: (provider: ProviderId) => string;
}

const payers: readonly Payer[] = [
  {
    source: 'USER',
    user: 'alice',
    keyFor: (provider) => keyOf(provider, 'alice'),
    maskFor: (provider) => `${prefixOf(provider)}…7Kd2`,
  },
  { source: 'SERVER', user: 'bob', keyFor: (provider) => keyOf(provider, 'server'), maskFor: () => '[key]' },
];
const bothDoors = payers.flatMap((payer) => doors.map((door) => ({ payer, door })));

describe('a key in the words of its own provider', () => {
  const providers = [...candidatesOf('CHAT'), ...providerIdsOf('SEARCH')];
  let database: TestDatabase;
  let standIn: StandIn;
  let server: ServerProcess;

  // One server for all tests: each scripts what it is answered.
  beforeAll(async () => {
    database = await createDatabase();
    standIn = await startStandIn({ pace: 0 });
    const serverKeys = providers.map((provider) => [
      getProviderEntry(provider).environment!.apiKey,
      keyOf(provider, 'server'),
    ]);
    server = await new ServerProcess({
      NODE_ENV: 'test',
      PORT: '0',
      ENCRYPTION_KEY,
      AUTH_JWT_SECRET: JWT_SECRET,
      LIMIT_CHATS_PER_MINUTE: '0',
      LIMIT_SEARCHES_PER_MINUTE: '0',
      ...standIn.environment(),
      ...database.environment,
      ...(Object.fromEntries(serverKeys) as Record<string, string>),
    }).listening();
    for (const provider of providers) await server.storeKey('alice', provider, keyOf(provider, 'alice'));
  });
  beforeEach(() => {
    standIn.forget();
    for (const provider of providers) {
      for (const { keyFor } of payers) standIn.acceptKey(provider, keyFor(provider));
    }
  });
  afterAll(async () => {
    await server.kill('SIGKILL');
    await standIn.stop();
    await database.drop();
  });

  /** Every event of a chat; none of them, nor what is kept of it, nor the log, has the key. */
  async function chat(
    { user, keyFor }: Payer,
    door: Door,
    input: Record<string, unknown> & { provider: ProviderId },
  ): Promise<ChatEventData[]> {
    const client = await door.client(server, user);
    const events: ChatEventData[] = [];
    for await (const { data } of client.iterate(CHAT, { input: { messages: HELLO, ...input } })) {
      events.push(data!.chat);
    }
    const kept: unknown[] = [];
    for await (const { data } of client.iterate(RESUME, { chatId: events[0]!.chatId })) kept.push(data);
    client.cut();
    expect(kept.at(-1)).toEqual({ resumeChat: { seq: events.at(-1)!.seq } });
    expect(JSON.stringify([events, kept])).not.toContain(keyFor(input.provider));
    return events;
  }

  const reasoningOf = (events: readonly ChatEventData[]): string =>
    events.map(({ __typename, text }) => (__typename === 'ReasoningDelta' ? text : '')).join('');

  describe.each(candidatesOf('CHAT'))('%s', (provider) => {
    const says = (...chunks: readonly string[]): void => standIn.once(provider, replay(chunks));

    it('is replaced in text and reasoning, in one delta or in as many as it has characters', async () => {
      for (const { payer, door } of bothDoors) {
        const { keyFor, maskFor, source } = payer;
        const [key, mask] = [keyFor(provider), maskFor(provider)];
        const whole = voices[provider]();
        says(whole.reasoning(`Is it ${key}?`), whole.text(`${key}${key}\r\nIt is ${key}`), whole.end());
        const atOnce = await chat(payer, door, { provider });
        expect(atOnce[0]).toMatchObject({ keySource: source });
        expect(reasoningOf(atOnce)).toBe(`Is it ${mask}?`);
        expect(textOf(atOnce)).toBe(`${mask}${mask}\r\nIt is ${mask}`);
        expect(atOnce.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });

        const cut = voices[provider]();
        const shownBefore = key.slice(0, holdFrom(provider) - 1);
        says(
          ...key.split('').map((character) => cut.reasoning(character) + cut.text(character)),
          cut.text(' 👋'),
          cut.end(),
        );
        const inPieces = await chat(payer, door, { provider });
        expect(reasoningOf(inPieces)).toBe(shownBefore + mask);
        expect(textOf(inPieces)).toBe(`${shownBefore}${mask} 👋`);
      }
    });

    it('is replaced at any cut in two, and nothing of the text about it is lost', async () => {
      const [payer] = payers as [Payer];
      const key = payer.keyFor(provider);
      for (let at = holdFrom(provider); at < key.length; at += 1) {
        const voice = voices[provider]();
        says(voice.text(`It is ${key.slice(0, at)}`), voice.text(`${key.slice(at)}, is it?`), voice.end());
        const events = await chat(payer, doors[0]!, { provider });
        expect(textOf(events)).toBe(`It is ${payer.maskFor(provider)}, is it?`);
        // ChatStarted, what came before the key, what came with its end, ChatCompleted.
        expect(events.at(-1)!.seq).toBe(4);
      }
    });

    it('is not taken for its beginning: that is shown, however the answer ends', async () => {
      for (const { payer, door } of bothDoors) {
        const beginning = payer.keyFor(provider).slice(0, -1);
        const [over, cut] = [voices[provider](), voices[provider]()];
        says(over.text(`a ${beginning}`), over.text('.'), over.text(beginning), over.end());
        expect(textOf(await chat(payer, door, { provider }))).toBe(`a ${beginning}.${beginning}`);

        standIn.once(provider, replay([cut.text(beginning)], { then: 'cut' }));
        const failed = await chat(payer, door, { provider, failover: true });
        expect(textOf(failed)).toBe(beginning);
        expect(failed.at(-1)).toMatchObject({ __typename: 'ChatFailed' });
        expect(failed.at(-1)!.seq).toBe(3);
      }
    });

    it('goes to no engine in the words of a search, and comes to the model from none', async () => {
      for (const { payer, door } of bothDoors) {
        const { keyFor, maskFor } = payer;
        for (const engine of providerIdsOf('SEARCH')) {
          const [key, engineKey] = [keyFor(provider), keyFor(engine)];
          const first = voices[provider]();
          const query = `who has ${key} or ${engineKey}`;
          says(first.text(key.slice(0, -3)), first.call('web_search', { query, [key]: [key] }), first.end());
          const second = voices[provider]();
          says(second.text(`${key.slice(-3)}: ${key}`), second.end());
          engineSays(engine, engineKey);

          const seen = standIn.requests.length;
          const events = await chat(payer, door, {
            provider,
            webSearch: { provider: engine, includeContent: true },
          });
          const [, asked, ...others] = standIn.requests.slice(seen);
          const sent = others.at(-1)!;
          const masked = `who has ${maskFor(provider)} or ${maskFor(engine)}`;
          expect(events.filter(({ query: words }) => words)).toMatchObject([
            { __typename: 'SearchStarted', query: masked },
            { __typename: 'SearchFinished', query: masked },
          ]);
          expect(textOf(events)).toBe(`${maskFor(provider)}: ${maskFor(provider)}`);
          expect([asked!.provider, sent.provider]).toEqual([engine, provider]);
          expect(asked!.body === '' ? asked!.query.get('q') : (asked!.body.query ?? asked!.body.q)).toBe(
            masked,
          );
          expect(JSON.stringify([asked!.path, asked!.body])).not.toContain(key);
          // To the provider its own turn is said again as it was, but nothing that the engine's key stands in.
          expect(JSON.stringify(sent.body)).toContain(key);
          expect(JSON.stringify(sent.body).split(maskFor(engine)).length).toBeGreaterThan(2);
          expect(JSON.stringify(events)).not.toContain(engineKey);
        }
      }
    });
  });

  function engineSays(engine: (typeof engines)[number], key: string): void {
    const hit = {
      title: `A ${key} B ${key.replace('-', '&#45;')}`,
      url: `https://example.com/${key}?key=${key}`,
      snippet: `<b>${key.slice(0, 9)}</b>${key.slice(9)}`,
      content: `${'x'.repeat(23_990)}${key}`,
    };
    for (const answer of engineVoices[engine](hit)) standIn.once(engine, reply(answer));
  }

  const engines = providerIdsOf('SEARCH');
  it.each(engines)('is replaced in what %s finds, and in what it is asked', async (engine) => {
    for (const { user, keyFor, maskFor, source } of payers) {
      const [key, mask] = [keyFor(engine), maskFor(engine)];
      engineSays(engine, key);
      const input = { provider: engine, query: `is ${key} a key`, includeContent: true };
      const { webSearch } = await server.query(user, SEARCH, { input });
      expect(webSearch).toMatchObject({ query: `is ${mask} a key`, keySource: source });
      const [hit] = webSearch.results;
      expect(JSON.stringify(webSearch)).not.toContain(key);
      expect(hit.title).toContain(`A ${mask} B `);
      expect(hit.snippet).toBe(mask);
      expect(new URL(hit.url).searchParams.get('key')).toBe(mask);
      expect(hit.content ?? '').not.toContain(key.slice(prefixOf(engine).length).slice(0, 4));
      const [asked] = standIn.requests.slice(-engineVoices[engine](hit).length);
      expect(JSON.stringify([asked!.path, asked!.body])).not.toContain(key);
    }
  });

  it('is replaced in the answer of each provider that a failover comes to', async () => {
    const [first, second] = candidatesOf('CHAT') as [ProviderId, ProviderId];
    for (const payer of payers) {
      standIn.once(first, reply({ status: 503 }));
      const voice = voices[second as 'ANTHROPIC']();
      standIn.once(second, replay([voice.text(`It is ${payer.keyFor(second)}.`), voice.end()]));
      const events = await chat(payer, doors[0]!, { provider: first, failover: true });
      expect(events[1]).toMatchObject({ __typename: 'ProviderSwitched', provider: second });
      expect(textOf(events)).toBe(`It is ${payer.maskFor(second)}.`);
    }
  });
});
