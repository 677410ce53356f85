import { jest } from '@jest/globals';
import { compile, documentsOf, type Files, generateClient } from './generated-client.js';

/** What an application does with the events: each field has the type of its event, and none needs an alias. */
const CLIENT = `
  import { type ChatProvider, type ChatSubscription, EventFragmentDoc, type SearchProvider } from './graphql';
  import { useFragment } from './index';

  export function show({ chat }: ChatSubscription): string {
    const event = useFragment(EventFragmentDoc, chat);
    switch (event.__typename) {
      case 'ChatStarted': {
        const provider: ChatProvider = event.provider;
        return provider + event.model;
      }
      case 'SearchStarted': {
        const engine: SearchProvider = event.engine;
        return engine + event.query;
      }
      case 'TextDelta':
        return event.text;
      case 'ChatFailed':
        return event.error.code;
      default:
        return '';
    }
  }
`;

/** All that the search events have, beside what is called the same in other events. */
const SEARCHING = `
  fragment Event on ChatEvent {
    __typename
    ... on ChatStarted { provider model }
    ... on SearchStarted { engine query }
    ... on SearchFinished { engine query results { title } failure { code } }
    ... on TextDelta { text }
    ... on ChatFailed { error { code } }
  }
  subscription Chat($input: ChatInput!) { chat(input: $input) { ...Event } }
`;

describe('a client that is generated from the documents', () => {
  // graphql-tag warns: each example has a fragment `Event` of its own.
  beforeAll(() => void jest.spyOn(console, 'warn').mockReturnValue());
  afterAll(() => jest.restoreAllMocks());

  describe.each(['examples/node-client/chat.mjs', 'examples/browser/page/chat.mjs'])('of %s', (example) => {
    let documents: readonly string[];
    let client: Files;
    beforeAll(async () => {
      documents = await documentsOf(example);
      client = await generateClient(documents);
    });

    it('has all of them', () => {
      const names = documents.join('\n').match(/^\s*(fragment|subscription|query|mutation) \w+/gm);
      expect(names?.map((name) => name.trim())).toEqual([
        'fragment Event',
        'subscription Chat',
        'subscription Resume',
      ]);
    });

    it('needs no alias for a field of an event', () => {
      expect(documents.join('\n')).not.toMatch(/:\s*(provider|engine|error|failure)\b/);
    });

    it('compiles', () => {
      expect(compile(client, CLIENT)).toEqual([]);
    });

    it('knows the types: a wrong field does not compile', () => {
      expect(compile(client, CLIENT.replace('event.engine', 'event.provider'))).toEqual([
        expect.stringContaining("Property 'provider' does not exist"),
      ]);
    });
  });

  it('takes the engine and the failure of a search beside the provider and the error of the chat', async () => {
    expect(compile(await generateClient([SEARCHING]), CLIENT)).toEqual([]);
  });

  it('does not take them by their deprecated names', async () => {
    for (const [name, deprecated] of [
      ['engine', 'provider'],
      ['failure', 'error'],
    ] as const) {
      await expect(generateClient([SEARCHING.replaceAll(name, deprecated)])).rejects.toThrow(/conflict/);
    }
  });
});
