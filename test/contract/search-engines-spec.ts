import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import {
  cut,
  flood,
  hang,
  redirect,
  replay,
  reply,
  type Behaviour,
} from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import type { ProviderSettings } from '../../src/common/provider-definition.js';
import { Secret } from '../../src/common/secret.js';
import { UpstreamError } from '../../src/outbound/upstream-error.js';
import type { SearchHit, SearchRequest } from '../../src/providers/search/contract.js';
import { registry } from '../../src/providers/registry/registry.js';
import { failureOf } from '../support/collect.js';
import { useStandIn } from '../support/stand-in.js';
import { WatchedHttp } from '../support/watched-http.js';
import { foreignAnswers, foreignStatuses, toReply } from './not-the-apis-answer.js';
import { engineCases, statusCases } from './search-engine-cases.js';

const KEY = 'tvly-a-key-that-must-not-travel';

it('covers every search engine of the registry', () => {
  const ids = registry.filter(({ kind }) => kind === 'SEARCH').map(({ id }) => id);
  expect(engineCases.map(({ entry }) => entry.id)).toEqual(ids);
});

/** The texts in an answer that are long enough to be an engine's own words. */
function sentencesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 12 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentencesIn) : [];
}

describe.each(engineCases)('$entry.displayName', (engine) => {
  const { entry } = engine;
  const standIn = useStandIn();
  let http: WatchedHttp;

  beforeEach(() => {
    http = new WatchedHttp();
    standIn().acceptKey(entry.id, KEY);
  });
  afterEach(async () => {
    await http.close();
  });

  function settings(overrides: Partial<ProviderSettings> = {}): ProviderSettings {
    const addresses = standIn().environment();
    const endpoints = Object.fromEntries(
      Object.entries(entry.environment.endpoints).map(([name, { variable }]) => [
        name,
        addresses[variable] ?? '',
      ]),
    );
    return { endpoints, firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000, ...overrides };
  }

  function search(
    request: Partial<SearchRequest> = {},
    signal = new AbortController().signal,
    overrides: Partial<ProviderSettings> = {},
  ): Promise<SearchHit[]> {
    return entry
      .createAdapter(settings(overrides), http)
      .search({ query: 'words', limit: 7, includeContent: false, ...request }, Secret.fromText(KEY), signal);
  }

  function answerWith(behaviour: Behaviour): Promise<Exchange> {
    standIn().once(entry.id, behaviour);
    return standIn().nextRequest(entry.id);
  }

  const fixture = (name: string): Promise<Buffer> =>
    readFile(new URL(`../fixtures/${entry.id.toLowerCase()}/${name}.json`, import.meta.url));

  const sentIn = ({ method, body, query }: Exchange): unknown =>
    method === 'GET' ? Object.fromEntries(query) : body;

  /** The code of a failure that reveals nothing of the key, nor of what the engine said. */
  async function codeOf(work: Promise<unknown>, said: unknown = null): Promise<string> {
    const failure = await failureOf(work);
    if (!(failure instanceof UpstreamError)) throw failure;
    const printed = inspect(failure, { depth: 20, showHidden: true }) + JSON.stringify(failure);
    for (const secret of [KEY, 'cause', ...sentencesIn(said)]) expect(printed).not.toContain(secret);
    return failure.code;
  }

  describe('the request', () => {
    it('is one, with the key in its header and nowhere else', async () => {
      await search();
      expect(standIn().requests).toHaveLength(1);
      const [exchange] = standIn().requests as [Exchange];
      expect(exchange.method).toBe(engine.method);
      expect(exchange.path.split('?')[0]).toBe(engine.path);
      const { [engine.keyHeader]: header, ...otherHeaders } = exchange.headers;
      expect(header).toBe(engine.keyScheme + KEY);
      expect(JSON.stringify([exchange.path, exchange.body, otherHeaders])).not.toContain(KEY);
    });

    it('holds the words and the limit, and leaves the rest to the engine', async () => {
      await search();
      expect(sentIn(standIn().requests[0]!)).toEqual(engine.minimal);
    });

    it('carries words as they are', async () => {
      const query = 'größe & "A+B" #1 ?x=y 日本 👩‍💻';
      await search({ query });
      expect(Object.values(sentIn(standIn().requests[0]!) as object)).toContain(query);
    });

    it.each(engine.options)('has %j', async (request, added) => {
      await search(request);
      expect(sentIn(standIn().requests[0]!)).toEqual({ ...engine.minimal, ...added });
    });

    it.each(engine.lacking)('has no %j, for the engine lacks it', async (request, added) => {
      await search(request);
      expect(sentIn(standIn().requests[0]!)).toEqual({ ...engine.minimal, ...added });
    });

    it.each(['country', 'language'] as const)('has every %s that the entry names', async (option) => {
      for (const value of (option === 'country' ? entry.countries : entry.languages) ?? []) {
        expect(value).toMatch(option === 'country' ? /^[A-Z]{2}$/ : /^[a-z]{2}$/);
        await search({ [option]: value });
        const sent = sentIn(standIn().requests.at(-1)!) as Record<string, unknown>;
        expect(Object.keys(sent).length).toBe(Object.keys(engine.minimal).length + 1);
        expect(Object.values(sent)).not.toContain('ALL');
      }
    });

    it('has a test for each option that the entry names', () => {
      const tested = new Set(engine.options.flatMap(([request]) => Object.keys(request)));
      expect([...tested].filter((option) => option !== 'includeContent').sort()).toEqual(
        [...entry.options].sort(),
      );
    });

    it('has no option that the entry does not name', async () => {
      const all: Partial<SearchRequest> = {
        country: 'DE',
        language: 'de',
        safeSearch: 'STRICT',
        depth: 'ADVANCED',
      };
      const named = Object.fromEntries(
        Object.entries(all).filter(([name]) => entry.options.some((option) => option === name)),
      );
      await search(all);
      await search(named);
      const [withAll, withNamed] = standIn().requests as [Exchange, Exchange];
      expect(sentIn(withAll)).toEqual(sentIn(withNamed));
    });
  });

  describe('the answer', () => {
    it('becomes hits', async () => {
      void answerWith(reply({ status: 200, body: await fixture('search') }));
      expect(await search()).toEqual(engine.hits);
    });

    it('may be cut inside a character', async () => {
      const bytes = [...(await fixture('search'))].map((byte) => Uint8Array.of(byte));
      void answerWith(replay(bytes));
      expect(await search()).toEqual(engine.hits);
    });

    it('may hold nothing', async () => {
      void answerWith(reply({ status: 200, body: await fixture('nothing-found') }));
      expect(await search()).toEqual([]);
    });

    it.each(engine.empty)('may hold nothing: %j', async (body) => {
      void answerWith(reply({ status: 200, body }));
      expect(await search()).toEqual([]);
    });

    it.each([
      ['no JSON', '<html>'],
      ['cut JSON', '{"results": ['],
      ['nothing', ''],
      ['null', 'null'],
      ['a number', '7'],
      ['a list', '[]'],
      ['an object without results', '{}'],
      ["another service's error", '{"message": "Something went wrong", "statusCode": 500}'],
      ["another service's answer", '{"items": [], "total": 0}'],
    ])('is an outage where it is %s', async (_name, body) => {
      void answerWith(reply({ status: 200, body }));
      expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
    });

    it('is an outage where its results are no list', async () => {
      const body = {
        success: true,
        type: 'search',
        data: { web: 7 },
        web: { results: 7 },
        results: 7,
        organic: 7,
      };
      void answerWith(reply({ status: 200, body }));
      expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
    });

    it('may hold results of a strange shape', async () => {
      const list = [null, 7, 'text', [], {}, { title: 7, url: {}, link: [], score: 'high' }];
      const body = {
        success: true,
        type: 'search',
        data: { web: list },
        web: { results: list },
        results: list,
        organic: list,
      };
      void answerWith(reply({ status: 200, body }));
      const empty = { title: '', url: '', snippet: '', content: null, score: null };
      expect(await search()).toEqual(list.map(() => empty));
    });

    it('is left where it does not end', async () => {
      const bytes = 50_000_000;
      const received = answerWith(flood({ first: '{"results":"', chunk: 'x'.repeat(65_536), bytes }));
      expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
      const exchange = await received;
      await exchange.closedByClient;
      expect(exchange.sentBytes).toBeLessThan(bytes / 2);
    });
  });

  describe('a failure', () => {
    it.each([
      ['badKey', 'KEY_REJECTED'],
      ['exhausted', 'KEY_EXHAUSTED'],
      ['rateLimit', 'PROVIDER_RATE_LIMITED'],
      ['badRequest', 'PROVIDER_BAD_REQUEST'],
      ['overloaded', 'PROVIDER_UNAVAILABLE'],
    ] as const)('%s is %s, and the echoed key stays behind', async (error, code) => {
      const answer = engine.errors[error](KEY);
      expect(JSON.stringify(answer)).toContain(KEY);
      expect(sentencesIn(answer.body)).not.toEqual([]);
      void answerWith(reply(answer));
      expect(await codeOf(search(), answer.body)).toBe(code);
      expect(standIn().requests).toHaveLength(1);
    });

    it.each(engine.furtherErrors)('%s: %j', async (code, answer) => {
      void answerWith(reply(answer));
      expect(await codeOf(search())).toBe(code);
    });

    it.each(statusCases)('with a %i and unknown JSON is %s', async (status, code) => {
      for (const body of [{}, [], { strange: ['new'] }]) {
        void answerWith(reply({ status, body }));
        expect(await codeOf(search())).toBe(code);
      }
    });

    it.each(foreignAnswers)(
      'is an outage where %s answers, with any status',
      async (_name, body, contentType) => {
        for (const status of foreignStatuses) {
          void answerWith(reply(toReply(status, body, contentType)));
          expect(await failureOf(search())).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', retryable: true });
        }
      },
    );

    it('is an outage where the error does not end', async () => {
      const received = answerWith(async (exchange, tools) => {
        exchange.open(401);
        await flood({ chunk: 'x'.repeat(65_536), bytes: 50_000_000 })(exchange, tools);
      });
      expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
      await (
        await received
      ).closedByClient;
    });

    it.each(engine.okErrors)('is %s, also with the status 200: %j', async (code, body) => {
      void answerWith(reply({ status: 200, body }));
      expect(await codeOf(search(), body)).toBe(code);
    });

    it('is KEY_REJECTED for a key that the service does not know', async () => {
      standIn().revokeKey(entry.id, KEY);
      expect(await codeOf(search())).toBe('KEY_REJECTED');
    });

    it.each(engine.retries)('says that a retry makes sense after %j ms: %j', async (retryAfterMs, answer) => {
      void answerWith(reply(answer));
      expect(await failureOf(search())).toMatchObject({ code: 'PROVIDER_RATE_LIMITED', retryAfterMs });
    });

    it('is an outage where no server listens', async () => {
      await standIn().stop();
      expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
    });

    it('is an outage where the connection is cut before the headers', async () => {
      void answerWith(cut());
      expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
      expect(standIn().requests).toHaveLength(1);
    });

    it('is PROVIDER_TRUNCATED where the answer is cut', async () => {
      void answerWith(replay([(await fixture('search')).subarray(0, 100)], { then: 'cut' }));
      expect(await codeOf(search())).toBe('PROVIDER_TRUNCATED');
    });

    it.each([301, 302, 307, 308])(
      'is an outage where a %i leads elsewhere: the key is not sent there',
      async (status) => {
        void answerWith(redirect(`${standIn().url}/openai/elsewhere`, status));
        expect(await codeOf(search())).toBe('PROVIDER_UNAVAILABLE');
        expect(standIn().requests).toHaveLength(1);
      },
    );

    // What is not to run out must be long: on a busy machine the first byte takes its time.
    it.each([
      ['no headers', 'PROVIDER_TIMEOUT', hang(), { firstByteTimeoutMs: 100 }],
      ['no body', 'PROVIDER_TIMEOUT', replay([], { then: 'hang' }), { firstByteTimeoutMs: 100 }],
      ['half a body', 'PROVIDER_TIMEOUT', replay(['{"results"'], { then: 'hang' }), { idleTimeoutMs: 100 }],
      [
        'half an error',
        'PROVIDER_UNAVAILABLE',
        replay(['{"error"'], { then: 'hang', status: 401 }),
        { idleTimeoutMs: 100 },
      ],
    ])(
      'ends the wait where there are %s: %s, and the socket is closed',
      async (_name, code, behaviour, short) => {
        const received = answerWith(behaviour);
        expect(await codeOf(search({}, undefined, short))).toBe(code);
        await (
          await received
        ).closedByClient;
      },
    );
  });

  it('closes the socket when the signal aborts before the headers', async () => {
    const client = new AbortController();
    const reason = new Error('the client left');
    const received = answerWith(hang());
    const failure = failureOf(search({}, client.signal));
    const exchange = await received;
    client.abort(reason);
    expect(await failure).toBe(reason);
    await exchange.closedByClient;
  });

  it.each([
    ['an answer', 200],
    ['an error', 401],
  ])('closes the socket when the signal aborts in %s', async (_name, status) => {
    const client = new AbortController();
    const reason = new Error('the client left');
    const received = answerWith(replay(['{"re'], { then: 'hang', status }));
    const failure = failureOf(search({}, client.signal));
    await http.firstHead;
    client.abort(reason);
    expect(await failure).toBe(reason);
    await (
      await received
    ).closedByClient;
  });

  it('sends nothing when the signal has aborted before', async () => {
    const reason = new Error('the client left');
    expect(await failureOf(search({}, AbortSignal.abort(reason)))).toBe(reason);
    expect(standIn().requests).toHaveLength(0);
  });
});
