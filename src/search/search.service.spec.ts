import { getEventListeners } from 'node:events';
import { failureOf } from '../../test/support/collect.js';
import { Secret } from '../common/secret.js';
import { ProviderTimeoutError } from '../outbound/upstream-error.js';
import type { SearchEngine, SearchRequest } from './contract.js';
import { SearchService } from './search.service.js';

const request: SearchRequest = { query: 'words', limit: 1, includeContent: false };
const key = Secret.fromText('key');
const found = { title: '<b>A</b>', url: 'https://example.com/', snippet: '', content: null, score: 2 };

/** An engine that answers nothing until its signal aborts. */
const silent: SearchEngine = {
  search: (_request, _key, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
};

function serviceWith(engine: SearchEngine, timeoutMs = 10_000): SearchService {
  return new SearchService(new Map([['BRAVE', { engine, textFormat: 'HTML', timeoutMs }]]));
}

describe('SearchService', () => {
  it('asks the engine once and cleans what it found', async () => {
    const asked: unknown[] = [];
    const engine: SearchEngine = {
      search: (...[received, secret]) => {
        asked.push([received, secret]);
        return Promise.resolve([found, found, { ...found, url: 'https://example.com/2' }]);
      },
    };
    const hits = await serviceWith(engine).search('BRAVE', request, key, new AbortController().signal);
    expect(hits).toEqual([{ ...found, title: 'A', score: 1 }]);
    expect(asked).toEqual([[request, key]]);
  });

  it('gives up after the time for the whole search', async () => {
    const search = serviceWith(silent, 20).search('BRAVE', request, key, new AbortController().signal);
    expect(await failureOf(search)).toBeInstanceOf(ProviderTimeoutError);
  });

  it("ends with the caller's reason, also when that came first", async () => {
    const caller = new AbortController();
    const reason = new Error('the client left');
    const search = serviceWith(silent).search('BRAVE', request, key, caller.signal);
    caller.abort(reason);
    expect(await failureOf(search)).toBe(reason);
    expect(await failureOf(serviceWith(silent).search('BRAVE', request, key, caller.signal))).toBe(reason);
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await serviceWith({ search: () => Promise.resolve([]) }).search('BRAVE', request, key, signal);
    await failureOf(serviceWith(silent, 1).search('BRAVE', request, key, signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('knows only the engines that it was given', async () => {
    const search = serviceWith(silent).search('OTHER', request, key, new AbortController().signal);
    expect(await failureOf(search)).toEqual(new Error('There is no search engine for OTHER.'));
  });
});
