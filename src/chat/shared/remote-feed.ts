import { AppError } from '../../common/app-error.js';
import { loopNow } from '../../common/loop-time.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import type { EventFeed, FeedPage } from '../run/event-feed.js';
import { BrokenRunError } from './broken-run.error.js';
import { Notifier } from './notifier.js';
import type { SharedPage } from './run-page.js';
import type { RunStore } from './run-store.js';

/** How long a run or Redis may be away before its watchers get an error, in milliseconds. */
const PATIENCE_MS = 10_000;
/** After so long without a sign of a run, its server is asked for one, in milliseconds. */
const QUIET_MS = 4_000;
/** How long it may take to give it, in milliseconds: other servers may have to find it dead first, and end the run. */
const ANSWER_MS = 8_000;

/** After this many reads without an event in a second, each read waits for so long after the news, in milliseconds. */
const MANY_EMPTY_READS = 100;
const GATHERING_MS = 50;

/**
 * The log of a run in Redis, for watchers on a server that does not own it.
 *
 * It ends with the run's terminal event or with an error, never without either: also where Redis says that the run
 * goes on and no server runs it.
 */
export class RemoteFeed implements EventFeed {
  readonly #news = new Notifier();
  /** Aborts the wait of its watcher. */
  #waiting: AbortController | null = null;
  #awaySince: number | null = null;
  /** When an event came, and when there was any sign of its server. */
  #eventAt = loopNow();
  #signAt = loopNow();
  /** Since when its server has been asked for a sign, without an answer. */
  #askingSince: number | null = null;
  #emptyReads = { since: 0, count: 0 };

  constructor(
    private readonly shared: RunStore,
    private readonly userId: string,
    private readonly chatId: string,
  ) {}

  /** Something was published about the run. */
  notify(): void {
    this.#signAt = loopNow();
    this.#askingSince = null;
    this.#news.notify();
  }

  /**
   * A run that was there and cannot be read is waited for: its server writes it again when Redis is back.
   *
   * @throws BrokenRunError CHAT_NOT_FOUND where its server would not do so
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE where no server runs it
   */
  async read(afterSeq: number): Promise<FeedPage> {
    const page = await this.#tryToRead(afterSeq);
    if (page === null) return { events: [], isLast: false };
    if (page.events.length > 0 || page.isLast) {
      this.#eventAt = loopNow();
      this.#signAt = this.#eventAt;
      this.#askingSince = null;
    } else {
      this.#countEmptyRead();
      this.#lookAfterServer(page.serverId);
    }
    return page;
  }

  wait(onMore: () => void): void {
    this.stopWaiting();
    const waiting = new AbortController();
    this.#waiting = waiting;
    void this.#news
      .wait(waiting.signal)
      .then(() => this.#gather(waiting.signal))
      .then(() => {
        if (!waiting.signal.aborted) onMore();
      });
  }

  stopWaiting(): void {
    this.#waiting?.abort();
    this.#waiting = null;
  }

  async #gather(signal: AbortSignal): Promise<void> {
    if (this.#emptyReads.count > MANY_EMPTY_READS) await new Notifier().wait(signal, GATHERING_MS);
  }

  async #tryToRead(afterSeq: number): Promise<SharedPage | null> {
    try {
      const page = await this.shared.readEvents(this.userId, this.chatId, afterSeq);
      this.#awaySince = null;
      return page;
    } catch (error) {
      if (!(error instanceof AppError) || error instanceof BrokenRunError) throw error;
      this.#awaySince ??= loopNow();
      // Without Redis its server cannot be asked.
      this.#askingSince = null;
      if (loopNow() - this.#awaySince > PATIENCE_MS) throw error;
      return null;
    }
  }

  /** Whatever can write to Redis can forge signs: they do not help beyond the time for which a run is kept. */
  #lookAfterServer(serverId: string): void {
    const now = loopNow();
    if (now - this.#eventAt > this.shared.longestMs) throw new RedisUnavailableError();
    if (now - this.#signAt < QUIET_MS) return;
    this.#askingSince ??= now;
    if (now - this.#askingSince > ANSWER_MS) throw new RedisUnavailableError();
    this.shared.ask(serverId, 'show', this.userId, this.chatId).catch(() => undefined);
  }

  #countEmptyRead(): void {
    const now = performance.now();
    if (now - this.#emptyReads.since > 1_000) this.#emptyReads = { since: now, count: 0 };
    this.#emptyReads.count += 1;
  }
}
