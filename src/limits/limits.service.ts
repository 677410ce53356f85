import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BoundedLines } from '../common/bounded-lines.js';
import { type LimitName, limitReached } from '../telemetry/signals/signals.js';
import type { LimitsConfig } from '../config/limits.js';
import { OperationLimit } from './operation-limit.js';
import { SharedWindow } from './shared-window.js';
import { RateLimitedError } from './rate-limited.error.js';
import type { Shared } from './shared-streams.js';
import { SlidingWindow } from '../common/sliding-window.js';
import type { Slot } from './slot.js';
import { StreamLimit } from './stream-limit.js';

/**
 * How much users may do, on all servers together where Redis is there, in process else. A Redis that is away refuses
 * nothing: each server counts for itself until it is back.
 *
 * A connection has exactly one user, so what it does within a minute is counted with its user's; no connection has a
 * window of its own.
 */
export class Limits implements OnModuleInit, OnApplicationShutdown {
  /** Who is over a limit may ask again at once, and as often as they like. */
  readonly #lines = new BoundedLines(new Logger(Limits.name));
  readonly #chats: OperationLimit | null;
  readonly #searches: OperationLimit | null;
  readonly #keyChanges: OperationLimit | null;
  readonly #subscriptions: StreamLimit;
  readonly #running: StreamLimit;
  readonly #exports: StreamLimit;
  readonly #uploads: StreamLimit;

  /** @param now milliseconds of a clock that never goes back */
  constructor(limits: LimitsConfig, shared: Shared | null, now = () => performance.now()) {
    const perMinute = (limit: number, name: string, things: string): OperationLimit | null =>
      limit === 0
        ? null
        : new OperationLimit(
            `You have made as many ${things} as you may within a minute.`,
            new SlidingWindow(limit, now),
            shared && new SharedWindow(shared.redis, name, limit),
            now,
          );
    this.#chats = perMinute(limits.chatsPerMinute, 'Chats', 'chats');
    this.#searches = perMinute(limits.searchesPerMinute, 'Searches', 'searches');
    this.#keyChanges = perMinute(limits.keyChangesPerMinute, 'KeyChanges', 'changes to your keys');
    this.#subscriptions = new StreamLimit('subscriptions', limits, shared);
    this.#running = new StreamLimit('chats', limits, shared);
    this.#exports = new StreamLimit('exports', { streamsPerUser: 1, streamsPerServer: 0 }, shared);
    this.#uploads = new StreamLimit('uploads', { streamsPerUser: 4, streamsPerServer: 0 }, shared);
  }

  onModuleInit(): void {
    this.#subscriptions.start();
    this.#running.start();
    this.#exports.start();
    this.#uploads.start();
  }

  onApplicationShutdown(): void {
    this.#subscriptions.stop();
    this.#running.stop();
    this.#exports.stop();
    this.#uploads.stop();
    this.#lines.flush();
  }

  /** How many subscriptions there are on this server. */
  get openStreams(): number {
    return this.#subscriptions.count;
  }

  /** How many chats run on this server. */
  get runningChats(): number {
    return this.#running.count;
  }

  /** Before a chat is begun. @throws RateLimitedError RATE_LIMITED */
  async countChat(userId: string): Promise<void> {
    await this.#logRefusal('chats per minute', userId, this.#chats?.count(userId));
  }

  /** Before a search is begun. @throws RateLimitedError RATE_LIMITED */
  async countSearch(userId: string): Promise<void> {
    await this.#logRefusal('searches per minute', userId, this.#searches?.count(userId));
  }

  /** Before a stored key is stored, changed or deleted. @throws RateLimitedError RATE_LIMITED */
  async countKeyChange(userId: string): Promise<void> {
    await this.#logRefusal('key changes per minute', userId, this.#keyChanges?.count(userId));
  }

  /** Takes the one place that a user has for exports. The caller releases it. @throws RateLimitedError RATE_LIMITED */
  reserveExport(userId: string): Promise<Slot> {
    return this.#logRefusal('exports at once', userId, this.#exports.reserve(userId, null));
  }

  /** Takes one of the few places that a user has for attachments that come. The caller releases it. @throws RateLimitedError RATE_LIMITED */
  reserveUpload(userId: string): Promise<Slot> {
    return this.#logRefusal('uploads at once', userId, this.#uploads.reserve(userId, null));
  }

  /**
   * Takes a place for a subscription, before anything else is done for it: one that is being prepared counts, so that
   * a flood of them costs nothing. The caller releases the slot, however the stream ends.
   *
   * @param connectionId of the WebSocket that it runs on; null where it runs on none
   * @throws RateLimitedError RATE_LIMITED where the user, the connection or the server has as many as it may
   */
  reserveStream(userId: string, connectionId: string | null): Promise<Slot> {
    return this.#logRefusal('streams at once', userId, this.#subscriptions.reserve(userId, connectionId));
  }

  /**
   * Takes a place for a chat until it has ended, watched or not. It is counted apart from subscriptions, so that a
   * client that lost as many as it may have can come back to all of them.
   *
   * @throws RateLimitedError RATE_LIMITED where the user or the server has as many as it may
   */
  reserveChat(userId: string): Promise<Slot> {
    return this.#logRefusal('chats at once', userId, this.#running.reserve(userId, null));
  }

  async #logRefusal<Result>(
    limit: LimitName,
    userId: string,
    work: Result | Promise<Result>,
  ): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof RateLimitedError) {
        limitReached.tell({ limit });
        this.#lines.log('A user is over a limit', { limit }, { userId });
      }
      throw error;
    }
  }
}
