import type { LimitsConfig } from '../config/limits.js';
import { RateLimitedError } from './rate-limited.error.js';
import { type Shared, SharedStreams } from './shared-streams.js';
import type { Slot } from './slot.js';
import { Tally } from './tally.js';

/** A hint, in milliseconds: when a stream will end is not known. */
const RETRY_AFTER_MS = 1_000;

/** What is counted: subscriptions; chats that run, with a watcher or without; exports; attachments that come. */
export type Streams = 'subscriptions' | 'chats' | 'exports' | 'uploads';

const serverIsFull = (streams: Streams): string =>
  `The server has as many ${streams} as it can run. Try again.`;
const userIsFull = (streams: Streams): string =>
  `You have as many ${streams} at once as you may. Wait until one has ended, or end one.`;

/** How many of one kind there may be at once. */
export class StreamLimit {
  #total = 0;
  readonly #users = new Tally();
  readonly #connections = new Tally();
  readonly #shared: SharedStreams | null;

  constructor(
    private readonly streams: Streams,
    private readonly limits: Pick<LimitsConfig, 'streamsPerUser' | 'streamsPerServer'>,
    shared: Shared | null,
  ) {
    const { streamsPerUser } = limits;
    this.#shared =
      shared && streamsPerUser > 0 ? new SharedStreams(shared, streams, streamsPerUser, this.#users) : null;
  }

  start(): void {
    this.#shared?.start();
  }

  stop(): void {
    this.#shared?.stop();
  }

  /** How many there are on this server. */
  get count(): number {
    return this.#total;
  }

  /** @throws RateLimitedError RATE_LIMITED */
  async reserve(userId: string, connectionId: string | null): Promise<Slot> {
    this.check(userId, connectionId);
    // Taken before the other servers' streams are known: a flood at once is refused without waiting for an answer.
    const slot = this.take(userId, connectionId);
    if (this.#shared === null || (await this.#shared.admits(userId, slot))) return slot;
    throw new RateLimitedError(userIsFull(this.streams), RETRY_AFTER_MS);
  }

  private check(userId: string, connectionId: string | null): void {
    const { streamsPerServer, streamsPerUser } = this.limits;
    if (streamsPerServer > 0 && this.#total >= streamsPerServer) {
      throw new RateLimitedError(serverIsFull(this.streams), RETRY_AFTER_MS);
    }
    const onConnection = connectionId === null ? 0 : this.#connections.of(connectionId);
    if (streamsPerUser > 0 && Math.max(this.#users.of(userId), onConnection) >= streamsPerUser) {
      throw new RateLimitedError(userIsFull(this.streams), RETRY_AFTER_MS);
    }
  }

  private take(userId: string, connectionId: string | null): Slot {
    this.add(userId, connectionId, 1);
    let isTaken = true;
    return {
      release: () => {
        if (!isTaken) return;
        isTaken = false;
        this.add(userId, connectionId, -1);
        this.#shared?.share(userId);
      },
    };
  }

  private add(userId: string, connectionId: string | null, difference: 1 | -1): void {
    this.#total += difference;
    this.#users.add(userId, difference);
    if (connectionId !== null) this.#connections.add(connectionId, difference);
  }
}
