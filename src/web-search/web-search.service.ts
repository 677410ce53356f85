import { Injectable } from '@nestjs/common';
import { describeError } from '../common/describe-error.js';
import { milliseconds } from '../common/milliseconds.js';
import { OperationTimeoutError } from '../common/operation-timeout.error.js';
import type { KeyMask } from '../common/key-mask.js';
import { type KeyCaller, providersFor } from '../keys/key-decisions.service.js';
import { KeyResolutionService, type ResolvedKey } from '../keys/key-resolution.service.js';
import { logRefusal } from '../keys/log-end.js';
import { maskOf } from '../keys/mask-of.js';
import { KeyUseService } from '../keys/key-use.service.js';
import { KeyRefusedError } from '../keys/keys.errors.js';
import { Admission } from '../limits/admission.js';
import { Limits } from '../limits/limits.service.js';
import type { SearchProviderId } from '../providers/registry/provider-ids.js';
import type { SearchRequest } from '../providers/search/contract.js';
import { SearchService } from '../providers/search/search.service.js';
import { useTraced } from '../telemetry/signals/signals.js';
import { checkNamedEngine, checkQuerySuits, UnsuitableSearchError } from './suitable-search.js';
import type { WebSearchInput, WebSearchResult } from './web-search.model.js';

/** What a search is logged with: the request that it is, or the chat that it is part of. */
type Origin = string | SearchingChat;

/** The chat that a search is part of. */
export interface SearchingChat {
  readonly chatId: string;
  /**
   * Called when the key is open and its use written down, before the engine is called. It must not throw.
   *
   * @param query the words that the engine is asked with
   */
  readonly onKeyOpened: (provider: SearchProviderId, query: string) => void;
}

/** One search for one user: key, engine, audit. */
@Injectable()
export class WebSearchService {
  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly uses: KeyUseService,
    private readonly engines: SearchService,
    private readonly limits: Limits,
    private readonly admission: Admission,
  ) {}

  /**
   * @param signal aborts the engine's request when the caller leaves
   * @param origin the id of the request that asks for it, or the chat that it is part of
   * @throws BAD_USER_INPUT, RATE_LIMITED, NO_KEY_AVAILABLE, KEY_UNREADABLE, CONFLICT, SERVICE_UNAVAILABLE, and what
   * SearchService throws; after an abort, `signal.reason`
   */
  async search(
    caller: KeyCaller,
    input: WebSearchInput,
    signal: AbortSignal,
    origin: Origin,
  ): Promise<WebSearchResult> {
    const arrivedAt = performance.now();
    const chat = typeof origin === 'string' ? null : origin;
    const requestId = typeof origin === 'string' ? origin : null;
    const chatId = chat?.chatId ?? null;
    checkNamedEngine(input);
    // A chat that has begun is not refused midway.
    const place = chat ? null : await this.admission.enter(signal);
    const key = await this.countAndOpen(caller, input, signal, { chatId, requestId, arrivedAt }).finally(() =>
      place?.release(),
    );
    try {
      const mask = maskOf(key);
      // Engines keep what they are asked, and may show it to others.
      const query = mask.text(input.query);
      chat?.onKeyOpened(key.provider, query);
      const request = toRequest(input, query);
      return await this.searchWith(caller, { key, mask, request, chatId, requestId, arrivedAt }, signal);
    } finally {
      key.secret.destroy();
    }
  }

  private async countAndOpen(
    caller: KeyCaller,
    input: WebSearchInput,
    signal: AbortSignal,
    { chatId, requestId, arrivedAt }: Pick<StartedSearch, 'chatId' | 'requestId' | 'arrivedAt'>,
  ): Promise<ResolvedKey<SearchProviderId>> {
    const { userId } = caller;
    await this.limits.countSearch(userId);
    try {
      return await this.openKey(caller, input, signal, chatId);
    } catch (error) {
      const outcome = outcomeOf(error, signal);
      const durationMs = milliseconds(performance.now() - arrivedAt);
      const provider = input.provider ?? null;
      logRefusal('search', userId, { chatId, requestId, provider, outcome, durationMs });
      throw error;
    }
  }

  private async openKey(
    caller: KeyCaller,
    input: WebSearchInput,
    signal: AbortSignal,
    chatId: string | null,
  ): Promise<ResolvedKey<SearchProviderId>> {
    return this.resolution.open(caller, {
      providers: providersFor('SEARCH', input.provider) as SearchProviderId[],
      endpoint: null,
      chatId,
      use: chatId === null ? 'SEARCH' : 'SEARCH_IN_CHAT',
      modelOf: () => null,
      tokens: null,
      onOpen: (provider) => {
        // A client that has left meanwhile uses no key.
        signal.throwIfAborted();
        checkQuerySuits(input, provider);
      },
    });
  }

  /** The engine to name for a search that failed before a key was opened. */
  providerOf(error: unknown, named?: SearchProviderId | null): SearchProviderId {
    const providers = providersFor('SEARCH', named) as SearchProviderId[];
    const [first] = providers;
    if (!first) throw new Error('There is no search engine.');
    return error instanceof KeyRefusedError || error instanceof UnsuitableSearchError
      ? (providers.find((provider) => provider === error.provider) ?? first)
      : first;
  }

  private async searchWith(
    caller: KeyCaller,
    { key, mask, request, chatId, requestId, arrivedAt }: StartedSearch,
    signal: AbortSignal,
  ): Promise<WebSearchResult> {
    const keyResolutionMs = performance.now() - arrivedAt;
    const report = (outcome: string): Promise<void> => {
      const totalMs = performance.now() - arrivedAt;
      useTraced.tell({
        use: 'search',
        traceOf: chatId ?? requestId ?? '',
        ...{ provider: key.provider, keySource: key.source, outcome, keyResolutionMs, totalMs },
        ...{ model: null, inputTokens: null, outputTokens: null, timeToFirstTokenMs: null },
        endedAt: Date.now(),
      });
      return this.report(caller, requestId, key, { chatId, outcome, durationMs: milliseconds(totalMs) });
    };
    try {
      signal.throwIfAborted();
      const startedAt = performance.now();
      const results = await this.engines.search(key, request, mask, signal);
      const tookMs = milliseconds(performance.now() - startedAt);
      await report('OK');
      return { query: request.query, provider: key.provider, keySource: key.source, results, tookMs };
    } catch (error) {
      await report(outcomeOf(error, signal));
      // After an abort its reason counts: what the engine threw may be no more than its echo.
      throw signal.aborted ? signal.reason : error;
    }
  }

  private async report(
    caller: KeyCaller,
    requestId: string | null,
    { provider, keyId, source }: ResolvedKey<SearchProviderId>,
    end: Pick<FinishedUse, 'chatId' | 'outcome' | 'durationMs'>,
  ): Promise<void> {
    const use = {
      kind: 'SEARCH_FINISHED',
      provider,
      keyId,
      keySource: source,
      model: null,
      inputTokens: null,
      outputTokens: null,
      cachedInputTokens: null,
      cacheWriteInputTokens: null,
      cost: null,
      timeToFirstTokenMs: null,
      ...end,
    } as const;
    await this.uses.report(caller.userId, use, caller, requestId);
  }
}

/** A client that leaves has cancelled its search; the time limit of its request has not. */
function outcomeOf(error: unknown, { aborted, reason }: AbortSignal): string {
  if (!aborted) return describeError(error).code;
  return reason instanceof OperationTimeoutError ? reason.code : 'CANCELLED';
}

type FinishedUse = Parameters<KeyUseService['finish']>[1];

interface StartedSearch {
  readonly key: ResolvedKey<SearchProviderId>;
  readonly mask: KeyMask;
  readonly request: SearchRequest;
  readonly chatId: string | null;
  /** Null for a search of a chat. */
  readonly requestId: string | null;
  /** `performance.now()` at the request's arrival. */
  readonly arrivedAt: number;
}

/** What the engine lacks, its adapter leaves out. */
function toRequest(input: WebSearchInput, query: string): SearchRequest {
  return {
    query,
    limit: input.limit ?? 5,
    includeContent: input.includeContent ?? false,
    country: input.country ?? undefined,
    language: input.language ?? undefined,
    safeSearch: input.safeSearch ?? undefined,
    depth: input.depth ?? undefined,
  };
}
