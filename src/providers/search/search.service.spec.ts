import { getEventListeners } from 'node:events';
import { failureOf } from '../../../test/support/collect.js';
import { KeyMask } from '../../common/key-mask.js';
import type { ProviderKey } from '../../common/opened-key.js';
import { Secret } from '../../common/secret.js';
import { ProviderTimeoutError } from '../../outbound/upstream-error.js';
import type { SearchEngine, SearchHit, SearchRequest } from './contract.js';
import { SearchService } from './search.service.js';

const request: SearchRequest = { query: 'words', limit: 1, includeContent: false };
const KEY = 'BSA-key-of-nobody';
const secret = Secret.fromText(KEY);
const key: ProviderKey = { provider: 'BRAVE', source: 'USER', secret, endpoint: null };
const mask = new KeyMask(secret, { mask: 'BSA…body', publicPrefixes: ['BSA'] });
const found = { title: '<b>A</b>', url: 'https://example.com/', snippet: '', content: null, score: 2 };

type Searches = Pick<SearchEngine, 'search'>;

/** An engine that answers nothing until its signal aborts. */
const silent: Searches = {
  search: (_request, _key, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
};

/** What is reported to the operator. */
let reported: unknown[];
beforeEach(() => (reported = []));

function serviceWith(searches: Searches, timeoutMs = 10_000): SearchService {
  const engine = { check: () => Promise.resolve('Nothing.'), ...searches };
  const report = (error: unknown) => void reported.push(error);
  return new SearchService(new Map([['BRAVE', { engine, textFormat: 'HTML', timeoutMs, report }]]));
}

describe('SearchService', () => {
  it('asks the engine once and cleans what it found', async () => {
    const asked: unknown[] = [];
    const engine: Searches = {
      search: (...[received, sent]) => {
        asked.push([received, sent]);
        return Promise.resolve([found, found, { ...found, url: 'https://example.com/2' }]);
      },
    };
    const hits = await serviceWith(engine).search(key, request, mask, new AbortController().signal);
    expect(hits).toEqual([{ ...found, title: 'A', score: 1 }]);
    expect(asked).toEqual([[request, secret]]);
  });

  it('gives up after the time for the whole search', async () => {
    const search = serviceWith(silent, 20).search(key, request, mask, new AbortController().signal);
    expect(await failureOf(search)).toBeInstanceOf(ProviderTimeoutError);
  });

  it("ends with the caller's reason, also when that came first", async () => {
    const caller = new AbortController();
    const reason = new Error('the client left');
    const search = serviceWith(silent).search(key, request, mask, caller.signal);
    caller.abort(reason);
    expect(await failureOf(search)).toBe(reason);
    expect(await failureOf(serviceWith(silent).search(key, request, mask, caller.signal))).toBe(reason);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await serviceWith({ search: () => Promise.resolve([]) }).search(key, request, mask, signal);
    await failureOf(serviceWith(silent, 1).search(key, request, mask, signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it.each([
    // Each of these texts takes a parser milliseconds.
    ['markup', { title: '<b>'.repeat(2_400) + '</i>'.repeat(700), snippet: '<div>'.repeat(2_000) }],
    ['keys', { content: KEY.repeat(20_000) }],
  ])('lets others have their turn while it cleans %s without end', async (_, fields) => {
    let isSearching = true;
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (isSearching) setImmediate(count);
    };
    const engine: Searches = {
      search: () => {
        setImmediate(count);
        const hits = Array.from({ length: 200 }, (_item, index) => ({
          ...found,
          ...fields,
          url: `https://example.com/${index}`,
        }));
        return Promise.resolve(hits);
      },
    };
    await serviceWith(engine).search(key, { ...request, limit: 20 }, mask, new AbortController().signal);
    isSearching = false;
    expect(turns).toBeGreaterThan(2);
  });

  it('looks at no address that is longer than any', async () => {
    const url = `https://example.com/${'a'.repeat(16_384)}`;
    const engine: Searches = { search: () => Promise.resolve([{ ...found, url }, found]) };
    const search = serviceWith(engine).search(key, request, mask, new AbortController().signal);
    expect((await search).map((hit) => hit.url)).toEqual([found.url]);
  });

  it('knows only the engines that it was given', async () => {
    const search = serviceWith(silent).search(
      { ...key, provider: 'OTHER' },
      request,
      mask,
      new AbortController().signal,
    );
    expect(await failureOf(search)).toEqual(new Error('There is no search engine for OTHER.'));
  });

  describe('with an engine that says the key', () => {
    const findIn = async (hit: Partial<SearchHit>): Promise<SearchHit[]> => {
      const engine: Searches = { search: () => Promise.resolve([{ ...found, ...hit }]) };
      return serviceWith(engine).search(key, request, mask, new AbortController().signal);
    };

    it('shows it masked, in every field of a hit', async () => {
      const hits = await findIn({
        title: `A <b>${KEY}</b>`,
        url: `https://example.com/${KEY}?key=${KEY}#${KEY}`,
        snippet: `${KEY}${KEY}`,
        content: `\n${KEY}\n`,
      });
      expect(hits).toMatchObject([
        {
          title: 'A BSA…body',
          url: 'https://example.com/BSA%E2%80%A6body?key=BSA%E2%80%A6body#BSA%E2%80%A6body',
          snippet: 'BSA…bodyBSA…body',
          content: 'BSA…body',
        },
      ]);
    });

    it.each([
      ['an entity', KEY.replace('-', '&#45;')],
      ['tags', KEY.replace('-', '<b></b>-<i>').replace('of', 'of</i>')],
      ['a comment', KEY.replace('-', '-<!-- -->')],
    ])('knows it where %s stands in it', async (_, hidden) => {
      const [hit] = await findIn({ title: hidden, snippet: `a ${hidden} b` });
      expect(hit).toMatchObject({ title: 'BSA…body', snippet: 'a BSA…body b' });
    });

    it('leaves no part of it where a text is cut', async () => {
      const [hit] = await findIn({
        title: `${'a'.repeat(9_990)}${KEY}`,
        content: `${'a'.repeat(23_990)}${KEY}${'a'.repeat(100)}`,
      });
      expect(hit?.title).toBe(`${'a'.repeat(9_990)}BSA…body`);
      expect(hit?.content).toBe(`${'a'.repeat(23_990)}BSA…bodyaa`);
    });

    it.each([
      ['in its host', `https://${KEY.toLowerCase()}.example.com/a`, 'https://key.example.com/a'],
      ['as its host', `https://${KEY.toLowerCase()}/`, 'https://key/'],
      [
        'that parsing puts together',
        `https://example.com/${KEY.toLowerCase().replace('-', '-\t')}`,
        'https://example.com/%E2%80%A6',
      ],
      ['that parsing decodes', `https://%62${KEY.toLowerCase().slice(1)}.com/`, 'https://key.com/'],
    ])('shows an address with it %s that is one', async (_, url, expected) => {
      const lower = Secret.fromText(KEY.toLowerCase());
      const engine: Searches = { search: () => Promise.resolve([{ ...found, url }]) };
      const lowerMask = new KeyMask(lower, { mask: '…', publicPrefixes: [] });
      const hits = await serviceWith(engine).search(
        { ...key, secret: lower },
        request,
        lowerMask,
        new AbortController().signal,
      );
      expect(hits.map((hit) => hit.url)).toEqual([expected]);
    });

    it('leaves out an address that would show it however it is written', async () => {
      const tricky = Secret.fromText('%E2%80%A6');
      const engine: Searches = {
        search: () => Promise.resolve([{ ...found, url: 'https://example.com/%E2%80%A6' }]),
      };
      const trickyMask = new KeyMask(tricky, { mask: '…', publicPrefixes: [] });
      const hits = serviceWith(engine).search(
        { ...key, secret: tricky },
        request,
        trickyMask,
        new AbortController().signal,
      );
      expect(await hits).toEqual([]);
    });
  });

  it('reports what fails, also what costs no more than a page, and not that a caller has left', async () => {
    const lost = new ProviderTimeoutError();
    const failed = new ProviderTimeoutError();
    const engine: Searches = {
      search: (_request, _key, _signal, onLoss) => {
        onLoss?.(lost);
        return Promise.reject(failed);
      },
    };
    const { signal } = new AbortController();
    expect(await failureOf(serviceWith(engine).search(key, request, mask, signal))).toBe(failed);
    expect(reported).toEqual([lost, failed]);
    expect(reported.map((error) => error === lost)).toEqual([true, false]);

    reported = [];
    await failureOf(serviceWith(silent, 1).search(key, request, mask, signal));
    expect(reported).toEqual([expect.any(ProviderTimeoutError)]);

    reported = [];
    const caller = new AbortController();
    const left = serviceWith(silent).search(key, request, mask, caller.signal);
    caller.abort(new ProviderTimeoutError());
    await failureOf(left);
    expect(reported).toEqual([]);
  });
});
