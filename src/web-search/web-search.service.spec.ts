import { jest } from '@jest/globals';
import { failureOf } from '../../test/support/collect.js';
import { BadUserInputError } from '../common/input-errors.js';
import { Secret } from '../common/secret.js';
import type { KeyResolutionService } from '../keys/key-resolution.service.js';
import type { KeyUseService } from '../keys/key-use.service.js';
import type { Limits } from '../limits/limits.service.js';
import type { SearchHit } from '../search/contract.js';
import type { SearchService } from '../search/search.service.js';
import type { WebSearchInput } from './web-search.model.js';
import { WebSearchService } from './web-search.service.js';

type FinishedUse = Parameters<KeyUseService['finish']>[1];

const input: WebSearchInput = { query: 'words' };

describe('WebSearchService', () => {
  let now: number;
  let finished: FinishedUse[];
  beforeEach(() => {
    now = 1_000;
    finished = [];
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => jest.restoreAllMocks());

  /** A service over a database and an engine that take their time. */
  function serviceWith(search: () => Promise<SearchHit[]>): WebSearchService {
    const take = (milliseconds: number): void => void (now += milliseconds);
    const resolution = {
      open: () => {
        take(100);
        const secret = Secret.fromText('key');
        return Promise.resolve({ provider: 'BRAVE', source: 'USER', keyId: 'id', maskedKey: 'k…', secret });
      },
    } as unknown as KeyResolutionService;
    const uses = {
      finish: (_userId: string, use: FinishedUse) => Promise.resolve(finished.push(use)),
    } as unknown as KeyUseService;
    const engines = {
      search: () => {
        take(1);
        return search();
      },
    } as unknown as SearchService;
    const limits = { countSearch: () => Promise.resolve() } as unknown as Limits;
    return new WebSearchService(resolution, uses, engines, limits);
  }

  it("tells the engine's time to the client, and the whole time to the audit trail", async () => {
    const service = serviceWith(() => Promise.resolve([]));
    const { tookMs } = await service.search('alice', input, new AbortController().signal);
    expect(tookMs).toBe(1);
    expect(finished).toMatchObject([{ outcome: 'OK', durationMs: 101 }]);
  });

  it('tells the whole time of a failure, too', async () => {
    const service = serviceWith(() => Promise.reject(new BadUserInputError([])));
    await failureOf(service.search('alice', input, new AbortController().signal));
    expect(finished).toMatchObject([{ outcome: 'BAD_USER_INPUT', durationMs: 101 }]);
  });

  it("ends with the caller's reason for leaving, whatever the engine makes of it", async () => {
    const caller = new AbortController();
    const reason = new Error('the client left');
    const service = serviceWith(() => {
      caller.abort(reason);
      return Promise.reject(new TypeError('an echo of the abort'));
    });
    expect(await failureOf(service.search('alice', input, caller.signal))).toBe(reason);
    expect(finished).toMatchObject([{ outcome: 'CANCELLED' }]);
  });
});
