import { loopNow } from '../../common/loop-time.js';
import { RedisUnavailableError } from '../../redis/redis-unavailable.error.js';
import { ChatWatch } from '../run/chat-watch.js';
import { Notifier } from './notifier.js';
import { RemoteFeed } from './remote-feed.js';
import { runKeyOf } from './run-key.js';
import type { RunStore } from './run-store.js';

/**
 * Every so many events, and whenever a watcher asks for more after so many milliseconds, the owner gets a report of how
 * far its watchers here have come: where it must wait for them, and that they are there. Redis may have forgotten both.
 */
const REPORT_EVERY = 100;
const REPORT_EVERY_MS = 1_000;
/** How often a run is asked to stop, and for how long, in milliseconds: its server may have to be found dead first. */
const ASK_EVERY_MS = 500;
const ASK_FOR_MS = 12_000;

/** Watchers of runs that other servers own, and what their leaving means there. */
export class RemoteWatches {
  readonly #watches = new Map<string, Set<ChatWatch>>();

  constructor(private readonly shared: RunStore) {}

  /**
   * @throws ChatNotFoundError CHAT_NOT_FOUND for a chat that is not the user's, and for events that are no longer kept
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  async join(userId: string, chatId: string, afterSeq: number, connection: AbortSignal): Promise<ChatWatch> {
    const feed = new RemoteFeed(this.shared, userId, chatId);
    // Listening comes first: what is added while the log is read is not missed.
    const stopListening = this.shared.onNews(userId, chatId, () => feed.notify());
    try {
      await this.shared.readEvents(userId, chatId, afterSeq);
    } catch (error) {
      stopListening();
      throw error;
    }
    let reported = { cursor: afterSeq, at: performance.now() };
    const watches = this.#watchesOf(userId, chatId);
    const watch: ChatWatch = new ChatWatch({
      feed,
      afterSeq,
      connection,
      onPull: ({ cursor }) => {
        const now = performance.now();
        if (cursor < reported.cursor + REPORT_EVERY && now < reported.at + REPORT_EVERY_MS) return;
        reported = { cursor, at: now };
        this.#report(userId, chatId);
      },
      onEnd: (_, ending) => {
        stopListening();
        watches.delete(watch);
        if (ending === 'unsubscribed') void this.stop(userId, chatId).catch(() => undefined);
        if (watches.size === 0) void this.#left(userId, chatId);
      },
    });
    watches.add(watch);
    this.#report(userId, chatId);
    return watch;
  }

  /**
   * Asks the run's server to stop it, until it has.
   *
   * @returns whether it was stopped: false where it had ended before
   * @throws ChatNotFoundError CHAT_NOT_FOUND
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE, also where its server does not answer
   */
  async stop(userId: string, chatId: string): Promise<boolean> {
    const deadline = loopNow() + ASK_FOR_MS;
    const news = new Notifier();
    const stopListening = this.shared.onNews(userId, chatId, () => news.notify());
    try {
      let run = await this.shared.get(userId, chatId);
      if (run.end) return false;
      // What Redis says of its state is not enough: its end has to be there.
      while (!run.end) {
        if (loopNow() > deadline) throw new RedisUnavailableError();
        await this.shared.ask(run.serverId, 'stop', userId, chatId);
        await news.wait(null, ASK_EVERY_MS);
        run = await this.shared.get(userId, chatId);
      }
      return run.end.__typename === 'ChatCancelled';
    } finally {
      stopListening();
    }
  }

  #watchesOf(userId: string, chatId: string): Set<ChatWatch> {
    const key = runKeyOf(userId, chatId);
    const watches = this.#watches.get(key) ?? new Set();
    this.#watches.set(key, watches);
    return watches;
  }

  /** What is lost of this comes with the next report, or the owner finds out by itself. */
  #report(userId: string, chatId: string): void {
    const cursors = [...this.#watchesOf(userId, chatId)].map(({ cursor }) => cursor);
    this.shared.reportCursor(userId, chatId, Math.min(...cursors)).catch(() => undefined);
  }

  async #left(userId: string, chatId: string): Promise<void> {
    this.#watches.delete(runKeyOf(userId, chatId));
    try {
      await this.shared.reportCursor(userId, chatId, null);
      const { serverId, isRunning } = await this.shared.get(userId, chatId);
      if (isRunning) await this.shared.ask(serverId, 'left', userId, chatId);
    } catch {
      // The owner looks for itself from time to time.
    }
  }
}
