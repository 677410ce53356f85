import { hang, reply } from '../../demo/stand-in/behaviours.mjs';
import { braveErrors } from '../../demo/stand-in/brave.mjs';
import { openaiErrors } from '../../demo/stand-in/openai-errors.mjs';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { candidatesOf } from '../../src/providers/registry/provider-ids.js';
import { collect } from '../support/collect.js';
import { numbersOf, numbersTo } from '../support/numbers.js';
import { CHAT, type ChatEventData, textOf } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const USER_KEY = 'key-of-alice-0123456789';
const SERVER_KEY = 'key-of-the-server-0123456789';
const AUDIT = `query ($chatId: ID) {
  auditEvents(first: 50, filter: { chatId: $chatId, kinds: [KEY_USED, SEARCH_FINISHED, CHAT_FINISHED] }) {
    edges { node { kind provider keySource keyId chatId outcome inputTokens durationMs } }
  }
}`;

type AuditRow = Record<string, any>;

const asking = (content: string) => [{ role: 'USER', content }];
/** Without the deltas of the answer. */
const namesOf = (events: readonly ChatEventData[]) =>
  events.map(({ __typename }) => __typename).filter((name) => !name.endsWith('Delta'));
const searchesIn = (events: readonly ChatEventData[]) =>
  events
    .filter(({ __typename }) => __typename.startsWith('Search'))
    .map(({ __typename, query }) => `${__typename} ${String(query)}`);
const finishedIn = (events: readonly ChatEventData[]) =>
  events.filter(({ __typename }) => __typename === 'SearchFinished') as AuditRow[];

describe('a chat that searches', () => {
  const server = useTestServer({ TAVILY_API_KEY: SERVER_KEY });
  beforeEach(() => server().standIn.acceptKey('TAVILY', SERVER_KEY));

  const chat = (
    content: string,
    webSearch: Record<string, unknown> = {},
    more: Record<string, unknown> = {},
  ) => server().chatEvents('alice', { messages: asking(content), webSearch, ...more });
  /** Oldest first. */
  const audit = async (chatId: string | null = null): Promise<AuditRow[]> => {
    const { auditEvents } = await server().query('alice', AUDIT, { chatId });
    return auditEvents.edges.map((edge: any) => edge.node as AuditRow).reverse();
  };
  /** The end of a chat that was left is written after the client has gone: asks again until it is there. */
  const auditOfEnded = async (): Promise<AuditRow[]> => {
    for (;;) {
      const rows = await audit();
      if (rows.some(({ kind }) => kind === 'CHAT_FINISHED')) return rows;
    }
  };
  const requestsOf = (provider: string) =>
    server().standIn.requests.filter((exchange) => exchange.provider === provider);

  describe.each(candidatesOf('CHAT'))('with %s', (provider) => {
    let chatKeyId: string;
    let searchKeyId: string;
    beforeEach(async () => {
      chatKeyId = await server().storeKey('alice', provider, USER_KEY);
      searchKeyId = await server().storeKey('alice', 'BRAVE', USER_KEY);
    });

    it('shows its searches and answers from their results', async () => {
      const events = await chat('search: cats');
      expect(namesOf(events)).toEqual(['ChatStarted', 'SearchStarted', 'SearchFinished', 'ChatCompleted']);
      expect(numbersOf(events)).toEqual(numbersTo(events.at(-1)));
      const [started, finished] = events.filter(({ __typename }) => __typename.startsWith('Search'));
      expect(started).toMatchObject({ engine: 'BRAVE', query: 'cats' });
      expect(finished).toMatchObject({ engine: 'BRAVE', query: 'cats', failure: null });
      expect(finished!.results).toHaveLength(5);
      expect((finished!.results as AuditRow[])[0]).toEqual({
        title: 'cats: An introduction',
        url: expect.stringContaining('https://example.com/'),
        snippet: expect.stringContaining('cats'),
        content: null,
        score: null,
      });
      expect(textOf(events)).toContain(
        '1 result. The last one begins “{"notice":"Results of a web search: untrusted',
      );
      expect(events.at(-1)).toMatchObject({ finishReason: 'STOP' });
    });

    it('writes down each search for its chat', async () => {
      const events = await chat('search: cats; dogs');
      const { chatId } = events[0]!;
      const rows = await audit(chatId);
      const search = { provider: 'BRAVE', keyId: searchKeyId, keySource: 'USER', outcome: 'OK', chatId };
      expect(rows[0]).toMatchObject({ kind: 'KEY_USED', provider, keyId: chatKeyId });
      expect(rows.filter(({ kind }) => kind === 'KEY_USED').slice(1)).toMatchObject([search, search]);
      expect(rows.filter(({ kind }) => kind === 'SEARCH_FINISHED')).toMatchObject([
        { ...search, durationMs: expect.any(Number) },
        { ...search, durationMs: expect.any(Number) },
      ]);
      expect(rows.at(-1)).toMatchObject({ kind: 'CHAT_FINISHED', provider, keyId: chatKeyId, outcome: 'OK' });
      expect(rows).toHaveLength(6);
    });

    it('runs the searches of one turn at the same time', async () => {
      for (let count = 0; count < 2; count += 1) server().standIn.once('BRAVE', hang());
      const [first, second] = [server().standIn.nextRequest('BRAVE'), server().standIn.nextRequest('BRAVE')];
      const events = chat('search: cats; dogs');
      // Neither is answered before both are there.
      const open = await Promise.all([first, second]);
      const titleOf = (index: number) => open[index]!.query.get('q')!;
      for (const [index, exchange] of open.entries()) {
        const hit = { title: titleOf(index), url: 'https://example.com/', description: '' };
        exchange.reply({ status: 200, body: { type: 'search', web: { results: [hit] } } });
      }
      const seen = await events;
      expect(searchesIn(seen).slice(0, 2)).toEqual(['SearchStarted cats', 'SearchStarted dogs']);
      expect(new Set(searchesIn(seen).slice(2))).toEqual(
        new Set(['SearchFinished cats', 'SearchFinished dogs']),
      );
      for (const { query, results } of finishedIn(seen)) expect(results).toMatchObject([{ title: query }]);
      expect(textOf(seen)).toContain('2 results');
    });

    it('searches turn after turn, and sums the usage up', async () => {
      const [alone, ...others] = [await chat('search: cats'), await chat('search: cats search: dogs')];
      const events = others[0];
      expect(searchesIn(events)).toEqual([
        'SearchStarted cats',
        'SearchFinished cats',
        'SearchStarted dogs',
        'SearchFinished dogs',
      ]);
      expect(requestsOf(provider)).toHaveLength(2 + 3);
      const inputOf = (chatEvents: ChatEventData[]) =>
        (chatEvents.at(-1)!.usage as AuditRow).inputTokens as number;
      // Each turn reads all that was before it again.
      expect(inputOf(events)).toBeGreaterThan(2 * inputOf(alone));
      expect((await audit(events[0]!.chatId)).at(-1)).toMatchObject({ inputTokens: inputOf(events) });
    });

    it('answers with what it has when its searches are spent', async () => {
      const events = await chat('search: cats search: dogs', { maxSearches: 1 });
      expect(searchesIn(events)).toEqual(['SearchStarted cats', 'SearchFinished cats']);
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
      expect(textOf(events)).toContain('1 result');
    });

    it('cancels a search and the chat, at once', async () => {
      server().standIn.once('BRAVE', hang());
      server().standIn.once('BRAVE', hang());
      const [first, second] = [server().standIn.nextRequest('BRAVE'), server().standIn.nextRequest('BRAVE')];
      const events: ChatEventData[] = [];
      const cancelled: Promise<unknown>[] = [];
      const cancel = async (chatId: string) => {
        await Promise.all([first, second]);
        await server().query(
          'alice',
          'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }',
          {
            chatId,
          },
        );
      };
      for await (const { data } of await server().chat('alice', {
        messages: asking('search: cats; dogs'),
        webSearch: {},
      })) {
        events.push(data!.chat);
        if (events.length === 1) cancelled.push(cancel(events[0]!.chatId));
      }
      await Promise.all([...cancelled, (await first).closedByClient, (await second).closedByClient]);
      expect(namesOf(events)).toEqual(['ChatStarted', 'SearchStarted', 'SearchStarted', 'ChatCancelled']);
      const rows = await audit(events[0]!.chatId);
      expect(rows.slice(-3)).toMatchObject([
        { kind: 'SEARCH_FINISHED', outcome: 'CANCELLED' },
        { kind: 'SEARCH_FINISHED', outcome: 'CANCELLED' },
        { kind: 'CHAT_FINISHED', outcome: 'CANCELLED' },
      ]);
      // The first turn was paid for.
      expect(rows.at(-1)!.inputTokens).toBeGreaterThan(0);
      expect(requestsOf(provider)).toHaveLength(1);
      expect(server().standIn.openStreams).toBe(0);
    });

    it('reports a search that failed to the model, and shows it', async () => {
      server().standIn.once('BRAVE', reply(braveErrors.rateLimit(USER_KEY)));
      const events = await chat('search: cats; dogs');
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
      const [failed, ...succeeded] = finishedIn(events).sort((one) => (one.failure ? -1 : 1));
      expect(failed).toMatchObject({
        engine: 'BRAVE',
        results: [],
        failure: { code: 'PROVIDER_RATE_LIMITED', retryable: true, retryAfterMs: expect.any(Number) },
      });
      expect(succeeded).toMatchObject([{ failure: null }]);
      const sent = JSON.stringify(requestsOf(provider).at(-1)!.body);
      expect(sent).toContain('The search failed: PROVIDER_RATE_LIMITED');
      expect(JSON.stringify(events) + sent).not.toContain(USER_KEY);
      const outcomes = (await audit(events[0]!.chatId)).filter(({ kind }) => kind === 'SEARCH_FINISHED');
      expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(
        new Set(['PROVIDER_RATE_LIMITED', 'OK']),
      );
    });
  });

  it('is offered no tool unasked', async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    const events = await server().chatEvents('alice', { messages: asking('search: cats'), webSearch: null });
    expect(namesOf(events)).toEqual(['ChatStarted', 'ChatCompleted']);
    expect(requestsOf('OPENAI')[0]!.body).not.toHaveProperty('tools');
  });

  describe('whose key', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', USER_KEY));

    it("is the caller's before the server's, in any order of theirs", async () => {
      await server().storeKey('alice', 'SERPER', USER_KEY);
      const events = await chat('search: cats');
      expect(finishedIn(events)).toMatchObject([{ engine: 'SERPER', failure: null }]);
      expect(requestsOf('SERPER')[0]!.key).toBe(USER_KEY);
      expect(requestsOf('TAVILY')).toEqual([]);
    });

    it("is the server's where the caller has none", async () => {
      const events = await chat('search: cats');
      expect(finishedIn(events)).toMatchObject([{ engine: 'TAVILY', failure: null }]);
      expect((await audit(events[0]!.chatId)).filter(({ provider }) => provider === 'TAVILY')).toMatchObject([
        { kind: 'KEY_USED', keySource: 'SERVER', keyId: null },
        { kind: 'SEARCH_FINISHED', keySource: 'SERVER', keyId: null },
      ]);
    });

    it('is that of the engine that the chat names, and of no other', async () => {
      await server().storeKey('alice', 'BRAVE', USER_KEY);
      const events = await chat('search: cats', { provider: 'SERPER' });
      expect(namesOf(events)).toEqual(['ChatStarted', 'SearchStarted', 'SearchFinished', 'ChatCompleted']);
      expect(finishedIn(events)).toMatchObject([
        { engine: 'SERPER', results: [], failure: { code: 'NO_KEY_AVAILABLE', retryable: false } },
      ]);
      expect(textOf(events)).toContain('1 result');
      expect(server().standIn.requests.map(({ provider }) => provider)).toEqual(['OPENAI', 'OPENAI']);
    });

    it('is none where it cannot be read, and that of its engine is named', async () => {
      const keyId = await server().storeKey('alice', 'BRAVE', USER_KEY);
      await server().app.get(DatabaseService).client.$executeRaw`
        UPDATE sealed_keys SET envelope = overlay(envelope placing 'AAAA' from 40) WHERE key_id = ${keyId}::uuid`;
      const events = await chat('search: cats');
      expect(finishedIn(events)).toMatchObject([{ engine: 'BRAVE', failure: { code: 'KEY_UNREADABLE' } }]);
      expect(namesOf(events).at(-1)).toBe('ChatCompleted');
      expect(await audit(events[0]!.chatId)).toMatchObject([
        { kind: 'KEY_USED', provider: 'OPENAI' },
        { kind: 'KEY_USED', provider: 'BRAVE', keyId, outcome: 'KEY_UNREADABLE' },
        { kind: 'CHAT_FINISHED', provider: 'OPENAI', outcome: 'OK' },
      ]);
    });

    it('is marked as refused where its engine refuses it', async () => {
      await server().storeKey('alice', 'BRAVE', USER_KEY);
      server().standIn.revokeKey('BRAVE', USER_KEY);
      const events = await chat('search: cats');
      expect(finishedIn(events)).toMatchObject([{ engine: 'BRAVE', failure: { code: 'KEY_REJECTED' } }]);
      const { apiKeys } = await server().query('alice', '{ apiKeys { provider health } }');
      expect(apiKeys).toEqual(expect.arrayContaining([{ provider: 'BRAVE', health: 'REJECTED' }]));
    });
  });

  it('names webSearch where the provider does not accept the tool', async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    const { status, body } = openaiErrors.badParameter('tools[0].name');
    server().standIn.once('OPENAI', reply({ status, body }));
    expect((await chat('search: cats')).at(-1)).toMatchObject({
      __typename: 'ChatFailed',
      error: {
        code: 'PROVIDER_BAD_REQUEST',
        message: 'The provider does not accept the value of webSearch for this model.',
      },
    });
  });

  it('has engine and failure under their deprecated names, too', async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    await server().storeKey('alice', 'BRAVE', USER_KEY);
    const DEPRECATED = `subscription ($input: ChatInput!) {
      chat(input: $input) {
        ... on SearchStarted { engine provider }
        ... on SearchFinished { engine provider failure { code message } error { code message } }
      }
    }`;
    const client = await server().client('alice');
    const ask = async (provider: string) => {
      const input = { messages: asking('search: cats'), webSearch: { provider } };
      const results = await collect(client.iterate(DEPRECATED, { input }));
      return results.flatMap(({ data }) => (data?.chat.engine ? [data.chat as AuditRow] : []));
    };
    const failure = { code: 'NO_KEY_AVAILABLE', message: expect.any(String) };
    expect(await ask('BRAVE')).toEqual([
      { engine: 'BRAVE', provider: 'BRAVE' },
      { engine: 'BRAVE', provider: 'BRAVE', failure: null, error: null },
    ]);
    expect(await ask('SERPER')).toEqual([
      { engine: 'SERPER', provider: 'SERPER' },
      { engine: 'SERPER', provider: 'SERPER', failure, error: failure },
    ]);
  });

  it.each([{ provider: 'BRAVE' }, {}])(
    'names the limit to the model where it searches for too much, and goes on: %j',
    async (named) => {
      await server().storeKey('alice', 'OPENAI', USER_KEY);
      await server().storeKey('alice', 'BRAVE', USER_KEY);
      const events = await chat(`search: ${'tea '.repeat(51).trim()}`, { maxSearches: 1, ...named });
      expect(namesOf(events)).toEqual(['ChatStarted', 'SearchStarted', 'SearchFinished', 'ChatCompleted']);
      expect(finishedIn(events)).toMatchObject([
        { engine: 'BRAVE', results: [], failure: { code: 'BAD_USER_INPUT', retryable: false } },
      ]);
      const { body } = requestsOf('OPENAI').at(-1)!;
      expect(JSON.stringify(body)).toContain('at most 50 words');
      // Nothing was spent: the model may put it into fewer words.
      expect(body.tool_choice).toBe('auto');
      expect(requestsOf('BRAVE')).toEqual([]);
    },
  );

  describe('the text of the pages', () => {
    beforeEach(async () => {
      await server().storeKey('alice', 'OPENAI', USER_KEY);
      await server().storeKey('alice', 'FIRECRAWL', USER_KEY);
    });
    const contentsOf = (events: ChatEventData[]) =>
      (finishedIn(events)[0]!.results as { content: string | null }[]).map(({ content }) => content);

    it('goes to the model and to the client where it is asked for', async () => {
      const contents = contentsOf(await chat('search: cats', { includeContent: true }));
      expect(contents[0]).toContain('# cats: An introduction');
      expect(JSON.stringify(requestsOf('OPENAI').at(-1)!.body)).toContain('# cats: An introduction');
    });

    it('is not brought unasked', async () => {
      expect(new Set(contentsOf(await chat('search: cats')))).toEqual(new Set([null]));
    });
  });

  describe('with failover', () => {
    beforeEach(async () => {
      await server().storeKey('alice', 'OPENAI', USER_KEY);
      await server().storeKey('alice', 'ANTHROPIC', USER_KEY);
    });
    /** OpenAI fails after its first turn. */
    const chatThatFails = async (webSearch: Record<string, unknown>) => {
      const firstTurn = server().standIn.nextRequest('OPENAI');
      const events = chat('search: cats', webSearch, { failover: true });
      await firstTurn;
      server().standIn.once('OPENAI', reply(openaiErrors.overloaded()));
      return events;
    };

    it('begins anew with the next provider, and searches again', async () => {
      const events = await chatThatFails({ maxSearches: 2 });
      expect(namesOf(events)).toEqual([
        'ChatStarted',
        'SearchStarted',
        'SearchFinished',
        'ProviderSwitched',
        'SearchStarted',
        'SearchFinished',
        'ChatCompleted',
      ]);
      expect(requestsOf('ANTHROPIC').map(({ body }) => body.tool_choice)).toEqual([
        { type: 'auto' },
        { type: 'none' },
      ]);
      expect(textOf(events)).toContain("Anthropic's stand-in speaking, with 1 result.");
    });

    it('has one budget for all providers', async () => {
      const events = await chatThatFails({ maxSearches: 1 });
      expect(namesOf(events)).toEqual([
        'ChatStarted',
        'SearchStarted',
        'SearchFinished',
        'ProviderSwitched',
        'ChatCompleted',
      ]);
      expect(requestsOf('ANTHROPIC').map(({ body }) => body.tool_choice)).toEqual([{ type: 'none' }]);
    });
  });

  it('stops its search when it is left', async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    server().standIn.once('TAVILY', hang());
    const request = server().standIn.nextRequest('TAVILY');
    const events = await server().chat('alice', { messages: asking('search: cats'), webSearch: {} });
    await events.next();
    const { closedByClient } = await request;
    await events.return?.();
    await closedByClient;
    expect((await auditOfEnded()).slice(-2)).toMatchObject([
      { kind: 'SEARCH_FINISHED', outcome: 'CANCELLED' },
      { kind: 'CHAT_FINISHED', outcome: 'CANCELLED' },
    ]);
  });

  it('can be resumed with its searches', async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    const events = await chat('search: cats');
    const client = await server().client('alice');
    const query = CHAT.replace('Chat($input: ChatInput!)', 'Resume($chatId: ID!)').replace(
      'chat(input: $input)',
      'chat: resumeChat(chatId: $chatId)',
    );
    const again: ChatEventData[] = [];
    for await (const { data } of client.iterate(query, { chatId: events[0]!.chatId })) again.push(data!.chat);
    expect(again.filter(({ __typename }) => !__typename.endsWith('Delta'))).toEqual(
      events.filter(({ __typename }) => !__typename.endsWith('Delta')),
    );
  });

  it.each([
    ['input.webSearch.maxSearches', { maxSearches: 0 }],
    ['input.webSearch.maxSearches', { maxSearches: 11 }],
  ])('refuses by its path: %s in %j', async (path, webSearch) => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    for await (const { errors } of await server().chat('alice', { webSearch })) {
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path }] } }]);
    }
    expect(server().standIn.requests).toEqual([]);
  });
});

describe("a chat that searches more often than its user's limit allows", () => {
  const server = useTestServer({ LIMIT_SEARCHES_PER_MINUTE: '1' });

  it('goes on: the model and the client see it', async () => {
    await server().storeKey('alice', 'OPENAI', USER_KEY);
    await server().storeKey('alice', 'BRAVE', USER_KEY);
    const events = await server().chatEvents('alice', {
      messages: asking('search: cats search: dogs'),
      webSearch: { provider: 'BRAVE' },
    });
    expect(finishedIn(events)).toMatchObject([
      { engine: 'BRAVE', query: 'cats', failure: null },
      { engine: 'BRAVE', query: 'dogs', failure: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } },
    ]);
    expect(textOf(events)).toContain('2 results');
    expect(server().standIn.requests.map(({ provider }) => provider)).toEqual([
      'OPENAI',
      'BRAVE',
      'OPENAI',
      'OPENAI',
    ]);
  });
});
