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
   * The events after `afterSeq` that are there; where they are many, the first of them.
   *
   * @throws ChatNotFoundError CHAT_NOT_FOUND where that is no longer kept
   * @throws RedisUnavailableError SERVICE_UNAVAILABLE
   */
  read(afterSeq: number): FeedPage | Promise<FeedPage>;

  /** Calls back once, later, when there may be more than was read. */
  wait(onMore: () => void): void;

  /** This callback is not called any more. */
  stopWaiting(onMore: () => void): void;
}
