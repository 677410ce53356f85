import { withDeadline } from '../../common/deadline.js';
import type { KeyMask } from '../../common/key-mask.js';
import type { ProviderKey } from '../../common/opened-key.js';
import { type KeyCheck, toKeyCheck } from '../../outbound/key-check.js';
import { ProviderTimeoutError } from '../../outbound/upstream-error.js';
import type { SearchEngine, SearchHit, SearchRequest, TextFormat } from './contract.js';
import { maskHits } from './mask-hits.js';
import { normaliseHits } from './normalise-hits.js';
import { MAX_LOOKED_AT } from './select-hits.js';

/** An engine, what its texts are written in, how long one search with it may take in all, and who hears of failures. */
export interface TimedEngine {
  readonly engine: SearchEngine;
  readonly textFormat: TextFormat;
  readonly timeoutMs: number;
  /** Called with each failure of the engine, also one that costs no more than a page's text. */
  readonly report: (error: unknown) => void;
}

/** The registry's search engines, made once at start with the operator's settings. */
export class SearchService {
  readonly #engines: ReadonlyMap<string, TimedEngine>;

  constructor(engines: ReadonlyMap<string, TimedEngine>) {
    this.#engines = engines;
  }

  /**
   * Searches once, without a retry, and cleans what the engine found ({@link normaliseHits}).
   *
   * @param key of the engine that is to search
   * @param mask takes the key out of what was found
   * @param signal closes the engine's connections when it aborts; what is thrown then is `signal.reason`
   * @throws what {@link SearchEngine.search} throws; PROVIDER_TIMEOUT also when the search as a whole, with the pages
   * that it brings, takes too long
   */
  async search(
    key: ProviderKey,
    request: SearchRequest,
    mask: KeyMask,
    signal: AbortSignal,
  ): Promise<SearchHit[]> {
    const { engine, textFormat, timeoutMs, report } = this.#get(key.provider);
    const reportOwn = (error: unknown): void => {
      // After an abort, what is thrown is no more than its echo.
      if (!signal.aborted) report(error);
    };
    const hits = await withDeadline(
      timeoutMs,
      signal,
      () => new ProviderTimeoutError(),
      (inTime) => engine.search(request, key.secret, inTime, reportOwn),
    ).catch((error: unknown) => {
      reportOwn(error);
      throw error;
    });
    // Before, so that no cut leaves a part of the key; and after, for entities and tags that are gone may have hidden it.
    const masked = await maskHits(hits.slice(0, MAX_LOOKED_AT), mask);
    return maskHits(await normaliseHits(masked, request.limit, textFormat), mask);
  }

  /**
   * Tries a key with the engine's cheapest call.
   *
   * @throws `signal.reason` after an abort
   */
  check({ provider, secret }: ProviderKey, signal: AbortSignal): Promise<KeyCheck> {
    const { engine } = this.#get(provider);
    return toKeyCheck(() => engine.check(secret, signal), signal);
  }

  #get(engineId: string): TimedEngine {
    const engine = this.#engines.get(engineId);
    if (!engine) throw new Error(`There is no search engine for ${engineId}.`);
    return engine;
  }
}
