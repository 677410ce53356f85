import {
  added,
  type AlertList,
  type KeyAlert,
  noAlerts,
  withAlerts,
  withNewest,
  withOlder,
} from './alert-list';
import { UntilDone } from './until-done';
import { isRefused, watchAlerts } from './watch-alerts';

/** The ways to the server. */
export interface AlertSource {
  /**
   * A page of the history, from a cursor on; null: the newest.
   *
   * @param isWanted whether the person asked for it, and not the page by itself
   */
  readonly fetchPage: (after: string | null, isWanted: boolean) => Promise<AlertList>;
  /** @param onEnd called once, with what ended it; null: the server has @returns what ends it */
  readonly subscribe: (onAlert: (alert: KeyAlert) => void, onEnd: (error: unknown) => void) => () => void;
  /** @param listener called whenever the connection is there again @returns what ends the listening */
  readonly onConnected: (listener: () => void) => () => void;
  /** Resolves when it makes sense to try again, or when the signal is aborted. */
  readonly wait: (attempts: number, signal: AbortSignal) => Promise<void>;
}

export interface FeedState {
  readonly list: AlertList;
  readonly isLoading: boolean;
  /** Why the history is not there; null: it is. */
  readonly error: unknown;
  /** What came last while the page was there, newest first. */
  readonly news: readonly KeyAlert[];
}

/** The protocol does not say when a subscription has begun: what was raised until then is looked for once more. */
const BEGUN_MS = 5_000;

/** The caller's alerts: the history, and what comes. After a lost connection it catches up. A store for `useSyncExternalStore`. */
export class AlertFeed {
  #state: FeedState = { list: noAlerts, isLoading: true, error: null, news: [] };
  /** Closed, or the token may not see alerts: nothing more is asked for by itself. */
  #isOver = false;
  #end: () => void = () => undefined;
  /** Resolves when the page that the person wanted is there, or is known not to come. */
  #loading: Promise<void> = Promise.resolve();
  /** Until it was loaded once, what is in it is no news. */
  #hasHistory = false;
  readonly #catchingUp: UntilDone;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly source: AlertSource) {
    this.#catchingUp = new UntilDone(() => this.#look(), source.wait);
  }

  readonly state = (): FeedState => this.#state;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Begins, or begins again after it was closed. */
  open(): void {
    this.#isOver = false;
    void this.#want(null, false);
    const stopListening = this.source.onConnected(() => this.#catchUpTwice());
    const onAlert = (alert: KeyAlert): void => this.#showNews(withAlerts(this.#state.list, [alert]));
    const stopWatching = watchAlerts(this.source, onAlert, () => this.#catchUpTwice());
    this.#end = () => {
      stopListening();
      stopWatching();
    };
  }

  close(): void {
    this.#stopAsking();
    this.#end();
  }

  readonly load = (): Promise<void> => this.#want(null, true);

  readonly loadOlder = (): Promise<void> => {
    const { list, isLoading } = this.#state;
    return isLoading || list.older === null ? Promise.resolve() : this.#want(list.older, true);
  };

  /** Looks for what was missed, until it could. What is shown stays meanwhile. */
  readonly catchUp = (): Promise<void> => this.#catchingUp.want();

  /** What has become of an alert that is there. */
  readonly update = (alert: KeyAlert): void => this.#change({ list: withAlerts(this.#state.list, [alert]) });

  #catchUpTwice(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.catchUp(), BEGUN_MS);
    void this.catchUp();
  }

  #want(after: string | null, isWanted: boolean): Promise<void> {
    this.#change({ isLoading: true, error: null });
    return (this.#loading = this.#loadPage(after, isWanted));
  }

  async #loadPage(after: string | null, isWanted: boolean): Promise<void> {
    try {
      const page = await this.source.fetchPage(after, isWanted);
      const list = after === null ? withNewest(this.#state.list, page) : withOlder(this.#state.list, page);
      this.#hasHistory = true;
      this.#change({ list, isLoading: false });
    } catch (error) {
      if (isRefused(error)) this.#stopAsking();
      this.#change({ isLoading: false, error });
    }
  }

  /** What the person wants comes first. @returns whether there is no need to look again */
  async #look(): Promise<boolean> {
    await this.#loading;
    if (this.#isOver) return true;
    try {
      const list = withNewest(this.#state.list, await this.source.fetchPage(null, false));
      this.#change({ error: null });
      if (this.#hasHistory) this.#showNews(list);
      else this.#change({ list });
      this.#hasHistory = true;
    } catch (error) {
      if (isRefused(error)) this.#stopAsking();
      return this.#isOver;
    }
    return true;
  }

  #stopAsking(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#catchingUp.stop();
  }

  #showNews(list: AlertList): void {
    const news = added(this.#state.list, list);
    this.#change({ list, ...(news.length > 0 && { news }) });
  }

  #change(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
