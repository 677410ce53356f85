import { AppError } from '../../common/app-error.js';
import type { EventFeed, FeedPage } from '../event-feed.js';
import { News } from './news.js';
import type { SharedRuns } from './shared-runs.js';

/** How long a run or Redis may be away before its watchers are told, in milliseconds. */
const PATIENCE_MS = 10_000;

/** The log of a run in Redis, for watchers on a server that does not own it. */
export class RemoteFeed implements EventFeed {
  readonly #news = new News();
  #awaySince: number | null = null;

  constructor(
    private readonly shared: SharedRuns,
    private readonly userId: string,
    private readonly chatId: string,
  ) {}

  /** Something was published about the run. */
  tell(): void {
    this.#news.tell();
  }

  /** A run that was there and cannot be read is waited for: its server writes it again when Redis is back. */
  async read(afterSeq: number): Promise<FeedPage> {
    try {
      const page = await this.shared.readEvents(this.userId, this.chatId, afterSeq);
      this.#awaySince = null;
      return page;
    } catch (error) {
      this.#awaySince ??= performance.now();
      if (!(error instanceof AppError) || performance.now() - this.#awaySince > PATIENCE_MS) throw error;
      return { events: [], isLast: false };
    }
  }

  wait(_afterSeq: number, signal: AbortSignal): Promise<void> {
    return this.#news.wait(signal);
  }
}
