import { Logger } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { describeError } from '../../common/describe-error.js';
import { BadUserInputError } from '../../common/input-errors.js';
import type { PartConsumer, ToolCall, ToolResult } from '../../providers/chat/contract.js';
import type { SearchProviderId } from '../../providers/registry/provider-ids.js';
import type { WebSearchResult } from '../../web-search/web-search.model.js';
import type { SearchFinishedPart, SearchPart, SearchStartedPart } from '../run/chat-source.js';
import { ANSWER_NOW, boundHits, readCall, toResultText } from './search-tool.js';

/**
 * Searches once.
 *
 * @param onKeyOpened called before the engine is, with the words that it is asked with
 * @throws anything; it has let go of key and engine by then
 */
export type Search = (
  query: string,
  signal: AbortSignal,
  onKeyOpened: OnKeyOpened,
) => Promise<Pick<WebSearchResult, 'provider' | 'query' | 'results'>>;

type OnKeyOpened = (engine: SearchProviderId, query: string) => void;

export interface ChatSearchesSettings {
  readonly chatId: string;
  readonly maxSearches: number;
  readonly search: Search;
  /** The engine to name for a search that failed before any key was opened. It must not throw. */
  readonly engineOf: (error: unknown) => SearchProviderId;
}

/** The engine, and the words that it is asked with. */
type SearchStart = Omit<SearchStartedPart, 'type'>;
type SearchOutcome = Omit<SearchFinishedPart, 'type'>;

interface BegunSearch {
  /** Resolves when the key is open, or when there is none to open. */
  readonly start: Promise<SearchStart>;
  /** Never rejects. */
  readonly outcome: Promise<SearchOutcome>;
}

/** A call, and what was done about it: a search, or the reason why nothing was. */
interface Reply {
  readonly call: ToolCall;
  readonly done: BegunSearch | string;
}

/** The searches of one chat: one budget for all of its turns and all of its providers. */
export class ChatSearches {
  readonly #logger = new Logger(ChatSearches.name);
  readonly #settings: ChatSearchesSettings;
  #left: number;

  constructor(settings: ChatSearchesSettings) {
    this.#settings = settings;
    this.#left = settings.maxSearches;
  }

  get maxSearches(): number {
    return this.#settings.maxSearches;
  }

  get areSpent(): boolean {
    return this.#left === 0;
  }

  /**
   * Runs the calls of one turn, all at the same time, and hands on how they go as it comes. A failed search is a result like
   * any other.
   *
   * When the signal aborts every search is stopped, and it ends when the last one has.
   *
   * @returns one result a call, in their order
   * @throws `signal.reason` after an abort, and nothing else
   */
  async run(
    calls: readonly ToolCall[],
    signal: AbortSignal,
    onParts: PartConsumer<SearchPart>,
  ): Promise<ToolResult[]> {
    const leaving = new AbortController();
    const whileWanted = AbortSignal.any([signal, leaving.signal]);
    const replies = calls.map((call) => ({ call, done: this.#begin(call, whileWanted) }));
    const begun = replies.map(({ done }) => done).filter((done) => typeof done !== 'string');
    try {
      for (const { start } of begun) {
        const { engine, query } = await start;
        signal.throwIfAborted();
        await onParts([{ type: 'searchStarted', engine, query }]);
      }
      for await (const outcome of asTheyEnd(begun)) {
        signal.throwIfAborted();
        await onParts([{ type: 'searchFinished', ...outcome }]);
      }
      signal.throwIfAborted();
      return await Promise.all(replies.map((reply) => this.#toResult(reply)));
    } finally {
      leaving.abort();
      await Promise.all(begun.map(({ outcome }) => outcome));
    }
  }

  #begin(call: ToolCall, signal: AbortSignal): BegunSearch | string {
    const asked = readCall(call);
    if ('problem' in asked) return asked.problem;
    if (this.areSpent) return ANSWER_NOW;
    this.#left -= 1;
    let onStart: (start: SearchStart) => void = () => undefined;
    const started = new Promise<SearchStart>((resolve) => (onStart = resolve));
    const outcome = this.#search(asked.query, signal, onStart);
    return { start: Promise.race([started, outcome]), outcome };
  }

  async #search(
    query: string,
    signal: AbortSignal,
    onStart: (start: SearchStart) => void,
  ): Promise<SearchOutcome> {
    const { chatId, search, engineOf } = this.#settings;
    let start = null as SearchStart | null;
    try {
      const found = await search(query, signal, (engine, words) => {
        start = { engine, query: words };
        onStart(start);
      });
      return { engine: found.provider, query: found.query, results: boundHits(found.results), failure: null };
    } catch (error) {
      // No engine was asked: the model may put it into other words.
      if (error instanceof BadUserInputError) this.#left += 1;
      if (!(error instanceof AppError) && !signal.aborted) {
        this.#logger.error({ err: error, chatId }, 'A search of a chat failed for a reason of our own');
      }
      return { engine: engineOf(error), query, ...start, results: [], failure: describeError(error) };
    }
  }

  async #toResult({ call, done }: Reply): Promise<ToolResult> {
    const answer = { callId: call.id, name: call.name };
    if (typeof done === 'string') return { ...answer, content: done, isError: true };
    const { query, results, failure } = await done.outcome;
    if (!failure) return { ...answer, content: toResultText(query, results, this.#left), isError: false };
    const message = `The search failed: ${failure.code}. ${failure.message}`;
    return { ...answer, content: this.areSpent ? `${message} ${ANSWER_NOW}` : message, isError: true };
  }
}

async function* asTheyEnd(searches: readonly BegunSearch[]): AsyncGenerator<SearchOutcome> {
  const pending = new Map(
    searches.map((search) => [search, search.outcome.then((outcome) => ({ search, outcome }))]),
  );
  while (pending.size > 0) {
    const { search, outcome } = await Promise.race(pending.values());
    pending.delete(search);
    yield outcome;
  }
}
