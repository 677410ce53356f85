import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { flood, hang, replay, reply, type Behaviour } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import { serperErrors } from '../../demo/stand-in/serper.mjs';
import { Secret } from '../../src/common/secret.js';
import { brave } from '../../src/providers/search/brave/brave.engine.js';
import { firecrawl } from '../../src/providers/search/firecrawl/firecrawl.engine.js';
import { serper } from '../../src/providers/search/serper/serper.engine.js';
import { tavily } from '../../src/providers/search/tavily/tavily.engine.js';
import type { SearchEngineEntry, SearchHit } from '../../src/providers/search/contract.js';
import { failureOf } from '../support/collect.js';
import { useStandIn } from '../support/stand-in.js';
import { WatchedHttp } from '../support/watched-http.js';

const KEY = 'a-key-that-must-not-travel';
const MARKDOWN = '# RFC 7518\n\nJSON Web Algorithms (JWA)';

describe("The pages' text", () => {
  const standIn = useStandIn();
  let http: WatchedHttp;

  beforeEach(() => {
    http = new WatchedHttp();
  });
  afterEach(async () => {
    await http.close();
  });

  function search(
    entry: SearchEngineEntry,
    { limit = 5, includeContent = true, timeoutMs = 10_000, signal = new AbortController().signal } = {},
  ): Promise<SearchHit[]> {
    standIn().acceptKey(entry.id, KEY);
    const addresses = standIn().environment();
    const endpoints = Object.fromEntries(
      Object.entries(entry.environment.endpoints).map(([name, { variable }]) => [
        name,
        addresses[variable] ?? '',
      ]),
    );
    return entry
      .createAdapter({ endpoints, firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs }, http)
      .search({ query: 'words', limit, includeContent }, Secret.fromText(KEY), signal);
  }

  const contentsOf = (hits: readonly SearchHit[]): (string | null)[] => hits.map(({ content }) => content);
  const fixture = (path: string): Promise<Buffer> =>
    readFile(new URL(`../fixtures/${path}.json`, import.meta.url));

  it.each([firecrawl, tavily])(
    'comes with the results of $displayName, where the page has some',
    async (entry) => {
      const body = await fixture(`${entry.id.toLowerCase()}/search-with-content`);
      standIn().once(entry.id, reply({ status: 200, body }));
      expect(contentsOf(await search(entry))).toEqual([MARKDOWN, null]);
      expect(standIn().requests).toHaveLength(1);
    },
  );

  it('comes with the results of Firecrawl, too, where they are not put under their source', async () => {
    const body = JSON.parse(String(await fixture('firecrawl/search-with-content'))) as {
      data: { web: unknown };
    };
    standIn().once('FIRECRAWL', reply({ status: 200, body: { ...body, data: body.data.web } }));
    expect(contentsOf(await search(firecrawl))).toEqual([MARKDOWN, null]);
  });

  it.each([firecrawl, tavily, serper])('is not fetched from $displayName unless asked for', async (entry) => {
    expect(contentsOf(await search(entry, { includeContent: false }))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(standIn().requests).toHaveLength(1);
  });

  it('is nothing that Brave has', async () => {
    expect(contentsOf(await search(brave))).toEqual([null, null, null, null, null]);
    expect(standIn().requests).toHaveLength(1);
  });

  describe('with Serper', () => {
    /** Scripts the search, then each page in the order asked for. */
    async function answerWith(...pages: Behaviour[]): Promise<void> {
      standIn().once('SERPER', reply({ status: 200, body: await fixture('serper/search') }));
      for (const page of pages) standIn().once('SERPER', page);
    }
    const page = async (): Promise<Behaviour> => reply({ status: 200, body: await fixture('serper/scrape') });
    const urlsAsked = (): unknown[] =>
      standIn()
        .requests.slice(1)
        .map(({ body }) => (body as { url: string }).url);

    it('is fetched page by page, with the key in the header only', async () => {
      await answerWith(await page(), await page());
      expect(contentsOf(await search(serper))).toEqual([MARKDOWN, MARKDOWN]);
      const [, ...scrapes] = standIn().requests;
      expect(urlsAsked().sort()).toEqual([
        'https://example.de/jwt',
        'https://www.rfc-editor.org/rfc/rfc7518',
      ]);
      for (const { method, path, headers, body } of scrapes) {
        expect({ method, path, key: headers['x-api-key'] }).toEqual({ method: 'POST', path: '/', key: KEY });
        expect(body).toMatchObject({ includeMarkdown: true });
        expect(JSON.stringify(body)).not.toContain(KEY);
      }
    });

    it('is fetched for no more pages than asked for', async () => {
      await answerWith(await page());
      expect(await search(serper, { limit: 1 })).toHaveLength(1);
      expect(standIn().requests).toHaveLength(2);
    });

    it('is fetched for no page that would not be shown', async () => {
      const links = ['https://a.example/1', 'https://a.example/1#x', 'javascript:alert(1)', ''];
      const organic = [...links, 'https://a.example/2', 'https://a.example/3'].map((link) => ({ link }));
      standIn().once('SERPER', reply({ status: 200, body: { organic } }));
      await search(serper, { limit: 2 });
      expect(urlsAsked()).toEqual(['https://a.example/1', 'https://a.example/2']);
    });

    it('is not begun with where the search has taken its time', async () => {
      await answerWith();
      const now = jest.spyOn(performance, 'now').mockReturnValueOnce(-1_000_000);
      const hits = search(serper);
      now.mockRestore();
      expect(contentsOf(await hits)).toEqual([null, null]);
      expect(http.requestCount).toBe(1);
    });

    it('is plain text where a page has no Markdown', async () => {
      await answerWith(reply({ status: 200, body: { text: 'Text', credits: 2 } }), await page());
      expect(contentsOf(await search(serper, { limit: 1 }))).toEqual(['Text']);
    });

    it.each([
      ['refused', reply(serperErrors.badKey(KEY))],
      ['not to be paid for', reply(serperErrors.exhausted(KEY))],
      ['cut', replay(['{"text":"'], { then: 'cut' })],
      ['no JSON', reply({ status: 200, body: '<html>' })],
      ['broken', reply({ status: 500, body: '' })],
      ['empty', reply({ status: 200, body: {} })],
    ])('stays away for a page that is %s', async (_name, failure) => {
      await answerWith(failure, failure);
      expect(contentsOf(await search(serper))).toEqual([null, null]);
      expect(standIn().requests).toHaveLength(3);
    });

    it('is done without where a page takes too long', async () => {
      // A page that never ends and never pauses: only the time for all pages together ends it.
      const trickle = flood({ chunk: ' ', bytes: 8_000_000 });
      await answerWith(hang(), trickle);
      expect(contentsOf(await search(serper, { timeoutMs: 200 }))).toEqual([null, null]);
      await Promise.all(
        standIn()
          .requests.slice(1)
          .map(({ closedByClient }) => closedByClient),
      );
    });

    it('is fetched for five pages at a time', async () => {
      standIn().acceptKey('SERPER', KEY);
      const searched = standIn().nextRequest('SERPER');
      const asked = Array.from({ length: 5 }, () => standIn().nextRequest('SERPER'));
      const sixth = standIn().nextRequest('SERPER');
      standIn().once('SERPER', (exchange) =>
        exchange.reply({ status: 200, body: { organic: sevenResults() } }),
      );
      for (let count = 0; count < 5; count++) standIn().once('SERPER', hang());
      const hits = search(serper, { limit: 7 });
      await searched;
      const [first] = (await Promise.all(asked)) as [Exchange];
      expect(http.requestCount).toBe(6);
      first.reply({ status: 200, body: { markdown: 'first' } });
      await sixth;
      for (const exchange of standIn().requests) exchange.reply({ status: 200, body: { markdown: 'late' } });
      expect(await hits).toHaveLength(7);
      expect(urlsAsked()).toHaveLength(7);
    });

    it('is given up when the signal aborts, and every socket closed', async () => {
      const client = new AbortController();
      const reason = new Error('the client left');
      await answerWith(hang(), hang());
      const asked = [1, 2, 3].map(() => standIn().nextRequest('SERPER'));
      const failure = failureOf(search(serper, { signal: client.signal }));
      const [, ...pages] = await Promise.all(asked);
      client.abort(reason);
      expect(await failure).toBe(reason);
      await Promise.all(pages.map(({ closedByClient }) => closedByClient));
    });
  });
});

function sevenResults(): object[] {
  return Array.from({ length: 7 }, (_, index) => ({
    title: 'Title',
    link: `https://example.com/${index}`,
    snippet: '',
  }));
}
