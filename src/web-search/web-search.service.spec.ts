import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { failureOf } from '../../test/support/collect.js';
import { BadUserInputError } from '../common/input-errors.js';
import type { ProviderKey } from '../common/opened-key.js';
import { Secret } from '../common/secret.js';
import type { KeyRequest, KeyResolutionService, ResolvedKey } from '../keys/key-resolution.service.js';
import type { KeyUseService } from '../keys/key-use.service.js';
import { KeyUnreadableError, NoKeyAvailableError } from '../keys/keys.errors.js';
import type { Admission } from '../limits/admission.js';
import type { Limits } from '../limits/limits.service.js';
import type { SearchProviderId } from '../providers/registry/provider-ids.js';
import type { SearchHit, SearchRequest } from '../providers/search/contract.js';
import type { SearchService } from '../providers/search/search.service.js';
import type { WebSearchInput } from './web-search.model.js';
import { WebSearchService } from './web-search.service.js';

type FinishedUse = Parameters<KeyUseService['finish']>[1];

const input: WebSearchInput = { query: 'words' };

const alice = { userId: 'alice', mayUseServerKeys: true, accessToken: null, network: null };

describe('WebSearchService', () => {
  let now: number;
  let finished: FinishedUse[];
  /** The requests that the ends are reported for. */
  let requests: (string | null)[];
  let happened: string[];
  let asked: string[];
  let secret: Secret;
  let lines: unknown[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((...line) => void lines.push(line));
    now = 1_000;
    finished = [];
    requests = [];
    happened = [];
    asked = [];
    secret = Secret.fromText('fc-key-of-nobody');
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => jest.restoreAllMocks());

  /** A service over a database and an engine that take their time. */
  function serviceWith(search: () => Promise<SearchHit[]>): WebSearchService {
    const take = (milliseconds: number): void => void (now += milliseconds);
    const open = (
      _caller: unknown,
      { providers: [provider], onOpen, chatId, use }: KeyRequest<SearchProviderId>,
    ): Promise<ResolvedKey<SearchProviderId>> => {
      take(100);
      onOpen(provider!);
      happened.push(`key opened for ${use} of ${String(chatId)}`);
      return Promise.resolve({
        provider: provider!,
        source: 'USER',
        keyId: 'id',
        maskedKey: 'k…',
        secret,
        endpoint: null,
      });
    };
    const resolution = { open } as unknown as KeyResolutionService;
    const uses = {
      report: (_userId: string, use: FinishedUse, _network: string | null, requestId: string | null) => {
        finished.push(use);
        requests.push(requestId);
        return Promise.resolve();
      },
    } as unknown as KeyUseService;
    const engines = {
      search: (_key: ProviderKey, { query }: SearchRequest) => {
        take(1);
        happened.push('engine called');
        asked.push(query);
        return search();
      },
    } as unknown as SearchService;
    const limits = { countSearch: () => Promise.resolve() } as unknown as Limits;
    const admission = { enter: () => Promise.resolve({ release: () => undefined }) } as unknown as Admission;
    return new WebSearchService(resolution, uses, engines, limits, admission);
  }

  it("reports the engine's time to the client, and the whole time to the audit trail", async () => {
    const service = serviceWith(() => Promise.resolve([]));
    const { tookMs } = await service.search(alice, input, new AbortController().signal, 'request-1');
    expect(tookMs).toBe(1);
    expect(finished).toMatchObject([{ outcome: 'OK', durationMs: 101 }]);
    expect([finished, requests]).toMatchObject([[{ provider: 'FIRECRAWL' }], ['request-1']]);
  });

  it('reports the whole time of a failure, too', async () => {
    const service = serviceWith(() => Promise.reject(new BadUserInputError([])));
    await failureOf(service.search(alice, input, new AbortController().signal, 'request-1'));
    expect(finished).toMatchObject([{ outcome: 'BAD_USER_INPUT', durationMs: 101 }]);
  });

  it("ends with the caller's reason for leaving, not with the engine's error", async () => {
    const caller = new AbortController();
    const reason = new Error('the client left');
    const service = serviceWith(() => {
      caller.abort(reason);
      return Promise.reject(new TypeError('an echo of the abort'));
    });
    expect(await failureOf(service.search(alice, input, caller.signal, 'request-1'))).toBe(reason);
    expect(finished).toMatchObject([{ outcome: 'CANCELLED' }]);
  });

  it('uses no key for a caller who has left meanwhile', async () => {
    const caller = new AbortController();
    const reason = new Error('the client left');
    caller.abort(reason);
    const service = serviceWith(() => Promise.resolve([]));
    expect(await failureOf(service.search(alice, input, caller.signal, 'request-1'))).toBe(reason);
    expect([happened, finished]).toEqual([[], []]);
    expect(lines).toEqual([
      [expect.objectContaining({ requestId: 'request-1', outcome: 'CANCELLED' }), 'search refused'],
    ]);
  });

  it.each([
    ['has found something', () => Promise.resolve([])],
    ['fails', () => Promise.reject(new BadUserInputError([]))],
  ])('destroys its key when the engine %s', async (_, search) => {
    const work = serviceWith(search).search(alice, input, new AbortController().signal, 'request-1');
    await work.catch(() => undefined);
    expect(() => secret.reveal()).toThrow('destroyed');
  });

  it('asks the engine with words that its key is taken out of, and says so', async () => {
    const service = serviceWith(() => Promise.resolve([]));
    const words: WebSearchInput = { query: 'is fc-key-of-nobody a key' };
    const { query } = await service.search(alice, words, new AbortController().signal, 'request-1');
    expect([query, ...asked]).toEqual(['is k… a key', 'is k… a key']);
  });

  describe('for a chat', () => {
    const chatSearch = (service: WebSearchService, onKeyOpened: (provider: string, query: string) => void) =>
      service.search(alice, input, new AbortController().signal, { chatId: 'chat', onKeyOpened });

    it('names the engine when the key is open, before it is called', async () => {
      const service = serviceWith(() => Promise.resolve([]));
      await chatSearch(service, (provider, query) => happened.push(`named ${provider} ${query}`));
      expect(happened).toEqual([
        'key opened for SEARCH_IN_CHAT of chat',
        'named FIRECRAWL words',
        'engine called',
      ]);
    });

    it('names the chat in its account', async () => {
      await chatSearch(
        serviceWith(() => Promise.resolve([])),
        () => undefined,
      );
      expect(finished).toMatchObject([{ kind: 'SEARCH_FINISHED', chatId: 'chat', outcome: 'OK' }]);
      expect(requests).toEqual([null]);
    });

    it.each([
      ['the one named', new NoKeyAvailableError([]), 'SERPER', 'SERPER'],
      ['the one whose key cannot be read', new KeyUnreadableError('TAVILY'), null, 'TAVILY'],
      ['else the first', new NoKeyAvailableError([]), null, 'FIRECRAWL'],
    ] as const)('names an engine where no key could be opened: %s', (_, error, named, expected) => {
      expect(serviceWith(() => Promise.resolve([])).providerOf(error, named)).toBe(expected);
    });
  });
});
