import type { ChatEvent } from './chat-event.js';

/** Events that follow one another without a gap. */
export interface FeedPage {
  readonly events: readonly ChatEvent[];
  /** Nothing will come after them. */
  readonly isLast: boolean;
}

/** One run's events for its watchers, wherever they are kept. */
export interface EventFeed {
  /**
   * What comes after `afterSeq`, as far as it is there; a part of it where it is much.
   *
   * @throws ChatNotFoundError CHAT_NOT_FOUND where that is no longer kept
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  read(afterSeq: number): FeedPage | Promise<FeedPage>;

  /** Calls back once, later, when there may be more than was read. */
  wait(onMore: () => void): void;

  /** Forgets who waits with this callback. */
  stopWaiting(onMore: () => void): void;
}
