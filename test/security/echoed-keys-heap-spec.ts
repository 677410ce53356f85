import { replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { providerIdsOf, type SearchProviderId } from '../../src/providers/registry/provider-ids.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { CAN_WRITE_SNAPSHOTS, knownKey, namesIn, snapshotOf } from '../support/heap.js';
import { naming } from '../support/naming.js';
import { type ServerProcess, useProcesses } from '../support/server-process.js';
import { CHAT, HELLO, textOf } from '../support/test-server.js';
import { engineVoices, voices } from '../support/voices.js';

const SEARCH = 'query ($input: WebSearchInput!) { webSearch(input: $input) { query results { content } } }';

describe('the heap of a server whose providers said the keys', () => {
  const processes = useProcesses();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  it('reaches none of them, though the chats are kept', async () => {
    const server = await processes.start(processes.environment(database.environment), CAN_WRITE_SNAPSHOTS);
    const keys = [...providerIdsOf('CHAT'), ...providerIdsOf('SEARCH')].map((provider) => knownKey(provider));
    const keyOf = (provider: string): string => keys.find(({ name }) => name === provider)!.key;
    for (const { name, key } of keys) await server.storeKey('alice', name, key);

    const engines = providerIdsOf('SEARCH');
    const words = 'What is said about the key is longer than a few characters. ';
    const engineSays = (engine: SearchProviderId): void => {
      const key = keyOf(engine);
      const answers = engineVoices[engine]({
        title: `${words}${key} ${words}`,
        url: `https://example.com/${key}`,
        snippet: `${words}<b>${key.slice(0, 9)}</b>${key.slice(9)} ${words}`,
        content: `${words}${key} ${words}`,
      });
      for (const answer of answers) processes.standIn.once(engine, reply(answer));
    };

    for (const [index, provider] of providerIdsOf('CHAT').entries()) {
      const key = keyOf(provider);
      const [first, second] = [voices[provider](), voices[provider]()];
      const says = (...chunks: readonly string[]): void => processes.standIn.once(provider, replay(chunks));
      says(
        first.reasoning(`${words}${key} ${words}`),
        first.call('web_search', { query: `${words}${key}` }),
        first.end(),
      );
      says(
        second.text(`${words}${key} ${words}${key} ${words}`),
        ...key.split('').map((character) => second.text(character)),
        second.text(`${words}${key.slice(0, 12)}`),
        second.text(`${key.slice(12)} ${words}`),
        second.end(),
      );
      const engine = engines[index % engines.length]!;
      engineSays(engine);
      const webSearch = { provider: engine, includeContent: true };
      const events = await server.chatEvents('alice', { ...naming(provider), webSearch });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      expect(textOf(events).split('…tail')).toHaveLength(5);
    }
    // An unread text is kept as it was put together.
    for (const provider of providerIdsOf('CHAT')) {
      const voice = voices[provider]();
      processes.standIn.once(provider, () => undefined);
      const request = processes.standIn.nextRequest(provider);
      const socket = await server.socket('alice');
      socket.subscribe('chat', CHAT, { input: { ...naming(provider), messages: HELLO } });
      const exchange = await request;
      socket.socket.terminate();
      await socket.closed;
      const key = keyOf(provider);
      await exchange.write(voice.text(`${words}${key} ${words}`));
      await exchange.write(voice.text(words + key.slice(0, -3)));
      await exchange.write(voice.text(key.slice(-3) + words));
      exchange.end(voice.end());
      await untilFinished(server, provider);
    }
    for (const provider of providerIdsOf('SEARCH')) {
      engineSays(provider);
      const input = { query: words + keyOf(provider), provider, includeContent: true };
      const { webSearch } = await server.query('alice', SEARCH, { input });
      expect(webSearch.results).toHaveLength(1);
    }
    expect(namesIn(await snapshotOf(server), keys)).toEqual([]);
  });
});

/** Asks until the end of the newest chat is written down, and is this provider's. */
async function untilFinished(server: ServerProcess, provider: string): Promise<void> {
  for (;;) {
    const { auditEvents } = await server.query(
      'alice',
      '{ auditEvents(first: 1) { edges { node { kind provider outcome } } } }',
    );
    const [newest] = auditEvents.edges as { node: { kind: string; provider: string; outcome: string } }[];
    if (newest?.node.kind !== 'CHAT_FINISHED' || newest.node.provider !== provider) continue;
    expect(newest.node.outcome).toBe('OK');
    return;
  }
}
