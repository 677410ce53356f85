import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Logger as ServerLogger } from 'nestjs-pino';
import { engineCases } from '../contract/search-engine-cases.js';
import { hang, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { ErrorMask } from '../../src/graphql/every-door/error-mask.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';

const SEARCH = `query ($input: WebSearchInput!) {
  webSearch(input: $input) { query provider keySource tookMs results { title url snippet content score } }
}`;
const AUDIT =
  '{ auditEvents { edges { node { kind outcome provider keyId keySource chatId model durationMs } } } }';
const KEY = 'key-of-alice-0123456789';
const SERVER_KEY = 'key-of-the-server-0123456789';

/** Every option that not all engines have, with a value that all of them would take. */
const options = { country: 'DE', language: 'de', safeSearch: 'STRICT', depth: 'ADVANCED' } as const;
type Option = keyof typeof options;
const optionNames = Object.keys(options) as Option[];

const engines = engineCases.map(({ entry }) => entry);
const pairs = engines.flatMap((engine) => optionNames.map((option) => ({ engine, id: engine.id, option })));
const has = ({ engine, option }: (typeof pairs)[number]) => engine.options.includes(option);

interface AuditNode {
  readonly kind: string;
  readonly outcome: string;
  readonly [field: string]: unknown;
}

describe('query webSearch', () => {
  const server = useTestServer({ BRAVE_API_KEY: SERVER_KEY });

  const search = (input: Record<string, unknown>, userId = 'alice') =>
    server().post<{ webSearch: Record<string, any> }>(userId, SEARCH, {
      input: { query: 'words', ...input },
    });
  /** A search whose client leaves when the signal aborts. */
  const searchUntil = (signal: AbortSignal, provider: string, token: string) =>
    fetch(`${server().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: SEARCH, variables: { input: { query: 'words', provider } } }),
      signal,
    });
  const auditOf = async (userId: string): Promise<AuditNode[]> => {
    const { auditEvents } = await server().query(userId, AUDIT);
    return auditEvents.edges.map((edge: { node: AuditNode }) => edge.node) as AuditNode[];
  };
  /** What the engine was sent: the body, or the query's parameters. */
  const sent = () => {
    const [exchange] = server().standIn.requests;
    return (exchange?.method === 'GET' ? Object.fromEntries(exchange.query) : exchange?.body) as Record<
      string,
      unknown
    >;
  };

  describe.each(engineCases)('with $entry.id', ({ entry: { id }, errors }) => {
    it('gives results, the engine, whose key paid, and how long it took; no cache keeps the answer', async () => {
      await server().storeKey('alice', id, KEY);
      const { data, headers, errors: none } = await search({ provider: id, limit: 3 });
      expect(none).toEqual([]);
      expect(headers.get('cache-control')).toBe('no-store');
      const { results, tookMs, ...rest } = data?.webSearch ?? {};
      expect(rest).toEqual({ query: 'words', provider: id, keySource: 'USER' });
      expect(tookMs).toBeGreaterThan(0);
      expect(results).toHaveLength(3);
      for (const { title, url } of results as { title: string; url: string }[]) {
        expect(title).not.toBe('');
        expect(url).toMatch(/^https?:/);
      }
    });

    it('writes the search to the audit trail, and the health of the key', async () => {
      const keyId = await server().storeKey('alice', id, KEY);
      await search({ provider: id });
      const use = { provider: id, keyId, keySource: 'USER', chatId: null, model: null };
      expect((await auditOf('alice')).slice(0, 2)).toMatchObject([
        { kind: 'SEARCH_FINISHED', outcome: 'OK', durationMs: expect.any(Number), ...use },
        { kind: 'KEY_USED', outcome: 'OK', ...use },
      ]);
      const { apiKeys } = await server().query('alice', '{ apiKeys { health lastUsedAt healthCheckedAt } }');
      expect(apiKeys).toEqual([
        { health: 'VALID', lastUsedAt: expect.any(String), healthCheckedAt: expect.any(String) },
      ]);
    });

    it.each([
      ['badKey', 'KEY_REJECTED', false, 'REJECTED'],
      ['exhausted', 'KEY_EXHAUSTED', false, 'EXHAUSTED'],
      ['rateLimit', 'PROVIDER_RATE_LIMITED', true, 'RATE_LIMITED'],
      ['badRequest', 'PROVIDER_BAD_REQUEST', false, 'UNVERIFIED'],
      ['overloaded', 'PROVIDER_UNAVAILABLE', true, 'UNVERIFIED'],
    ] as const)('reports %s as %s, and remembers it', async (failure, code, retryable, health) => {
      await server().storeKey('alice', id, KEY);
      server().standIn.once(id, reply(errors[failure](KEY)));
      const { data, errors: reported, text } = await search({ provider: id });
      expect(data).toBeNull();
      expect(reported).toMatchObject([{ path: ['webSearch'], extensions: { code, retryable } }]);
      expect(reported[0]?.extensions.retryAfterMs ?? null).toEqual(
        failure === 'rateLimit' ? expect.any(Number) : null,
      );
      expect(text).not.toContain(KEY);
      expect((await auditOf('alice'))[0]).toMatchObject({ kind: 'SEARCH_FINISHED', outcome: code });
      const { apiKeys } = await server().query('alice', '{ apiKeys { health } }');
      expect(apiKeys).toEqual([{ health }]);
    });

    it('aborts the engine when the client leaves, and says so in the audit trail', async () => {
      await server().storeKey('alice', id, KEY);
      server().standIn.once(id, (exchange) => exchange.closedByClient);
      const request = server().standIn.nextRequest(id);
      const client = new AbortController();
      const answer = searchUntil(client.signal, id, await signToken('alice'));
      const exchange = await request;
      client.abort();
      await expect(answer).rejects.toThrow();
      await exchange.closedByClient;
      // The row is written after the engine's connection has closed: asks again until it is there.
      while ((await auditOf('alice'))[0]?.kind !== 'SEARCH_FINISHED');
      expect((await auditOf('alice'))[0]).toMatchObject({ outcome: 'CANCELLED', provider: id });
    });
  });

  describe('when the client leaves', () => {
    const errors: unknown[] = [];
    beforeEach(() => {
      errors.length = 0;
      const keep = (...message: unknown[]) => void errors.push(message);
      const ignore = () => undefined;
      Logger.overrideLogger({ error: keep, fatal: keep, warn: ignore, log: ignore });
    });
    afterEach(() => {
      jest.restoreAllMocks();
      Logger.overrideLogger(server().app.get(ServerLogger));
    });

    /** Resolves when the server has found out how a request failed. */
    const failure = () => {
      const mask = server().app.get(ErrorMask);
      return new Promise<void>((resolve) => {
        const format = mask.format.bind(mask);
        jest.spyOn(mask, 'format').mockImplementationOnce((...values) => {
          const formatted = format(...values);
          resolve();
          return formatted;
        });
      });
    };

    it.each([
      ['the engine is silent', hang()],
      ['the engine has begun to answer', replay(['{"web":'], { then: 'hang' })],
    ])('logs no error: %s', async (_name, behaviour) => {
      await server().storeKey('alice', 'BRAVE', KEY);
      server().standIn.once('BRAVE', behaviour);
      const [request, failed] = [server().standIn.nextRequest('BRAVE'), failure()];
      const client = new AbortController();
      const answer = searchUntil(client.signal, 'BRAVE', await signToken('alice'));
      await request;
      client.abort();
      await expect(answer).rejects.toThrow();
      await failed;
      expect(errors).toEqual([]);
    });
  });

  it("shows words in angle brackets, which are good titles, and no engine's markup", async () => {
    await server().storeKey('alice', 'SERPER', KEY);
    const found = [
      { title: '<script>: The Script element - HTML | MDN', snippet: 'The <script> HTML element is …' },
      { title: 'vector<int>', snippet: '<b>bold</b> &amp; <script>alert(1)</script>plain' },
    ];
    const organic = found.map((hit, index) => ({ ...hit, link: `https://example.com/${index}` }));
    server().standIn.once('SERPER', reply({ status: 200, body: { organic } }));
    const { data } = await search({ provider: 'SERPER' });
    expect(data?.webSearch.results).toMatchObject([
      found[0],
      { title: 'vector<int>', snippet: 'bold & plain' },
    ]);
  });

  it.each(pairs.filter((pair) => !has(pair)))(
    'refuses $option where $id is named, which lacks it',
    async ({ id, option }) => {
      await server().storeKey('alice', id, KEY);
      const { errors } = await search({ provider: id, [option]: options[option] });
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: `input.${option}` }] } },
      ]);
      expect(server().standIn.requests).toEqual([]);
      expect((await auditOf('alice')).map(({ kind }) => kind)).toEqual(['KEY_STORED']);
    },
  );

  it.each(pairs.filter(has))(
    'lets $option take effect where $id is named, which has it',
    async ({ id, option }) => {
      await server().storeKey('alice', id, KEY);
      await search({ provider: id });
      const without = sent();
      server().standIn.requests = [];
      const { errors } = await search({ provider: id, [option]: options[option] });
      expect(errors).toEqual([]);
      expect(sent()).not.toEqual(without);
    },
  );

  describe.each([
    ['BRAVE', 'country', 'SG', 'ALL'],
    ['BRAVE', 'country', 'ie', 'ALL'],
    ['BRAVE', 'language', 'id', undefined],
    ['BRAVE', 'language', 'FA', undefined],
    ['TAVILY', 'country', 'HK', undefined],
    ['TAVILY', 'country', 'CI', undefined],
  ])('with %s, which does not have the %s %s', (id, option, value, instead) => {
    beforeEach(() => server().storeKey('alice', id, KEY));

    it('refuses it where the engine is named, before anything is spent', async () => {
      const { errors } = await search({ provider: id, [option]: value });
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: `input.${option}` }] } },
      ]);
      expect(server().standIn.requests).toEqual([]);
      expect((await auditOf('alice')).map(({ kind }) => kind)).toEqual(['KEY_STORED']);
    });

    it('searches without it where no engine is named', async () => {
      const { data, errors } = await search({ [option]: value });
      expect(errors).toEqual([]);
      expect(data?.webSearch.provider).toBe(id);
      expect(sent()[option === 'country' ? 'country' : 'search_lang']).toBe(instead);
    });
  });

  describe('words that are too many for the engine', () => {
    const words = (count: number) => Array.from({ length: count }, () => 'tea').join(' ');

    it.each([{ provider: 'BRAVE' }, {}])('are refused with the limit, asked with %j', async (named) => {
      await server().storeKey('alice', 'BRAVE', KEY);
      const { errors } = await search({ query: words(51), ...named });
      expect(errors).toMatchObject([
        {
          extensions: {
            code: 'BAD_USER_INPUT',
            violations: [{ path: 'input.query', message: expect.stringContaining('50 words') }],
          },
        },
      ]);
      expect(server().standIn.requests).toEqual([]);
      expect((await auditOf('alice')).map(({ kind }) => kind)).toEqual(['KEY_STORED']);
      expect((await search({ query: ` ${words(50).replaceAll(' ', '\n ')} `, ...named })).errors).toEqual([]);
    });

    it.each(engines.filter(({ queryLimit }) => queryLimit.words === undefined))(
      'are none for $id',
      async ({ id }) => {
        await server().storeKey('alice', id, KEY);
        expect((await search({ query: words(100) })).errors).toEqual([]);
      },
    );

    it.each(engines)('are too long for $id, too, beyond 400 characters', async ({ id, queryLimit }) => {
      await server().storeKey('alice', id, KEY);
      expect(queryLimit.characters).toBeGreaterThanOrEqual(400);
      expect((await search({ query: '👩'.repeat(400) })).errors).toEqual([]);
      const { errors } = await search({ query: 'x'.repeat(401) });
      expect(errors).toMatchObject([
        { extensions: { code: 'BAD_USER_INPUT', violations: [{ path: 'input.query' }] } },
      ]);
    });
  });

  it('refuses every option that is lacking at once', async () => {
    const { errors } = await search({ provider: 'SERPER', safeSearch: 'OFF', depth: 'BASIC' });
    expect(errors[0]?.extensions.violations?.map(({ path }) => path)).toEqual([
      'input.safeSearch',
      'input.depth',
    ]);
  });

  it.each(pairs.filter((pair) => !has(pair)))(
    'ignores $option where no engine is named and $id, which lacks it, answers',
    async ({ id, option }) => {
      await server().storeKey('alice', id, KEY);
      await search({});
      const without = sent();
      server().standIn.requests = [];
      const { data, errors } = await search({ [option]: options[option] });
      expect(errors).toEqual([]);
      expect(data?.webSearch.provider).toBe(id);
      expect(sent()).toEqual(without);
    },
  );

  it.each(optionNames)('takes null for %s as left out', async (option) => {
    await server().storeKey('alice', 'SERPER', KEY);
    const { errors } = await search({ provider: 'SERPER', [option]: null });
    expect(errors).toEqual([]);
  });

  it('tries the engines in the order FIRECRAWL, BRAVE, TAVILY, SERPER', async () => {
    const answering: string[] = [];
    for (const id of ['SERPER', 'TAVILY', 'BRAVE', 'FIRECRAWL']) {
      await server().storeKey('alice', id, KEY);
      answering.push((await search({})).data?.webSearch.provider as string);
    }
    expect(answering).toEqual(['SERPER', 'TAVILY', 'BRAVE', 'FIRECRAWL']);
  });

  it("spends the server's key where the user has none, and says so", async () => {
    server().standIn.acceptKey('BRAVE', SERVER_KEY);
    const { data } = await search({}, 'bob');
    expect(data?.webSearch).toMatchObject({ provider: 'BRAVE', keySource: 'SERVER' });
    expect((await auditOf('bob')).map(({ kind, keySource, keyId }) => [kind, keySource, keyId])).toEqual([
      ['SEARCH_FINISHED', 'SERVER', null],
      ['KEY_USED', 'SERVER', null],
    ]);
  });

  it("prefers the user's key for a later engine to the server's for an earlier one", async () => {
    await server().storeKey('alice', 'SERPER', KEY);
    expect((await search({})).data?.webSearch).toMatchObject({ provider: 'SERPER', keySource: 'USER' });
  });

  it('calls no engine without a key', async () => {
    const { errors } = await search({ provider: 'TAVILY' });
    expect(errors).toMatchObject([{ extensions: { code: 'NO_KEY_AVAILABLE' } }]);
    expect(server().standIn.requests).toEqual([]);
    expect(await auditOf('alice')).toEqual([]);
  });

  it.each([
    ['input.limit', { limit: 0 }],
    ['input.limit', { limit: 21 }],
    ['input.limit', { limit: -1 }],
    ['input.limit', { limit: 1.5 }],
    ['input.query', { query: '  ' }],
    ['input.query', { query: 'x'.repeat(401) }],
    ['input.country', { country: 'Germany' }],
    ['input.language', { language: 'deu' }],
    ['input.safeSearch', { safeSearch: 'SOME' }],
    ['input.provider', { provider: 'OPENAI' }],
  ])('refuses by its path: %s in %j', async (path, input) => {
    const { errors } = await search(input);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', violations: [{ path }] } }]);
  });

  it.each([1, 5, 20])(
    'returns %d results where there are as many, and five where none is said',
    async (limit) => {
      await server().storeKey('alice', 'FIRECRAWL', KEY);
      await search(limit === 5 ? {} : { limit });
      expect(sent()).toMatchObject({ limit });
    },
  );

  it('takes codes of countries and languages in any case', async () => {
    await server().storeKey('alice', 'BRAVE', KEY);
    await search({ provider: 'BRAVE', country: 'de', language: 'DE' });
    expect(sent()).toMatchObject({ country: 'DE', search_lang: 'de' });
  });

  it('brings page text only where it is asked for', async () => {
    await server().storeKey('alice', 'FIRECRAWL', KEY);
    const contents = async (includeContent: boolean) =>
      ((await search({ includeContent })).data?.webSearch.results as { content: unknown }[]).map(
        ({ content }) => content,
      );
    expect(new Set(await contents(false))).toEqual(new Set([null]));
    expect(await contents(true)).toEqual(expect.arrayContaining([expect.stringMatching(/\S/)]));
  });
});
