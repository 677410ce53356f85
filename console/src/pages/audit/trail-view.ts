import { emptyList, endOf, type EventEdge, type EventList, meets, withNewest, withOlder } from './event-list';
import type { FetchPage } from './fetch-events';

const PAGE = 50;
/** Pages that are looked through for an event that is known. Where there are more new ones, the list begins anew. */
const MOST_PAGES = 4;
/** As many new events may be a part of them. */
export const MOST_NEW = PAGE * MOST_PAGES;

export interface TrailState {
  readonly list: EventList;
  readonly isLoading: boolean;
  /** Why the last page that was wanted is not there; null: it is. */
  readonly error: unknown;
}

type Base = (list: EventList, after: string | null) => EventList | null;

/** The events of one filter as the page shows them: a store for `useSyncExternalStore`. */
export class TrailView {
  #state: TrailState = { list: emptyList, isLoading: true, error: null };
  readonly #listeners = new Set<() => void>();
  readonly #closed = new AbortController();
  /** Resolves when the page that the person wanted is there, or is known not to come. */
  #loading: Promise<void> = Promise.resolve();
  /** Until a page was there, what is found is no news. */
  #hasEvents = false;

  constructor(private readonly fetchPage: FetchPage) {}

  readonly state = (): TrailState => this.#state;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The newest. */
  readonly load = (): Promise<void> => this.#want(null, () => emptyList);

  /** The page after the last that is shown. */
  readonly loadOlder = (): Promise<void> => {
    const { list } = this.#state;
    if (this.#state.isLoading || !list.hasOlder) return Promise.resolve();
    return this.#want(endOf(list), (now, after) => (endOf(now) === after ? now : null));
  };

  /**
   * Looks for what has come, after the page that the person wants.
   *
   * @param onAdded called before it is shown
   * @throws what the way to the server threw
   */
  async look(signal: AbortSignal, onAdded: (added: readonly EventEdge[]) => void): Promise<void> {
    await this.#loading;
    let newest: EventList = emptyList;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const after = page === 0 ? null : endOf(newest);
      const asked = { after, first: PAGE, isWanted: false, signal } as const;
      newest = withOlder(newest, await this.fetchPage(asked));
      if (!this.#hasEvents || meets(this.#state.list, newest)) break;
    }
    if (signal.aborted) return;
    if (!this.#hasEvents) {
      this.#hasEvents = true;
      this.#change({ list: newest, error: null });
      return;
    }
    const { list, added } = withNewest(this.#state.list, newest);
    if (added.length === 0) return;
    onAdded(added);
    this.#change({ list });
  }

  /** Nobody waits for the rest any more. */
  close(): void {
    this.#closed.abort();
  }

  /** @param base what the page is added to; null: it has changed meanwhile, and the page is not wanted any more */
  #want(after: string | null, base: Base): Promise<void> {
    this.#change({ isLoading: true, error: null });
    return (this.#loading = this.#fetch(after, base));
  }

  async #fetch(after: string | null, base: Base): Promise<void> {
    const { signal } = this.#closed;
    try {
      const page = await this.fetchPage({ after, first: PAGE, isWanted: true, signal });
      if (signal.aborted) return;
      const before = base(this.#state.list, after);
      this.#hasEvents = true;
      this.#change({ isLoading: false, ...(before && { list: withOlder(before, page) }) });
    } catch (error) {
      if (!signal.aborted) this.#change({ isLoading: false, error });
    }
  }

  #change(change: Partial<TrailState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
