import type { RedisConnection } from '../redis/redis-connection.js';
import type { ServerPresence } from '../redis/server-presence.js';
import type { Slot } from './slot.js';
import type { Streams } from './stream-limit.js';
import { Tally } from './tally.js';
import { shortDigest } from '../redis/short-digest.js';

/** How often every count is written again, in milliseconds. */
const REFRESH_INTERVAL_MS = 15_000;
/** How long a user's counts stay after the last of them was written, in milliseconds. */
const TIME_TO_LIVE_MS = 60_000;
const UNKNOWN = -1;

/**
 * A user's hash has a field for each server with its number of streams. This writes one server's, unless the sum with
 * those of the other servers that are alive is over the limit (0: none); those of the dead are removed. Redis removes a
 * hash without fields. The names of the servers' keys are made here: this is for one Redis, not for a cluster.
 */
const WRITE = `
  local server, count, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
  local sum = count
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    if fields[i] ~= server then
      if redis.call('EXISTS', ARGV[5] .. fields[i]) == 1 then
        sum = sum + fields[i + 1]
      else
        redis.call('HDEL', KEYS[1], fields[i])
      end
    end
  end
  if limit > 0 and sum > limit then return 0 end
  if count == 0 then
    redis.call('HDEL', KEYS[1], server)
  else
    redis.call('HSET', KEYS[1], server, count)
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
  end
  return 1
`;

/** What servers share: both there, or neither. */
export interface Shared {
  readonly redis: RedisConnection;
  readonly presence: ServerPresence;
}

/**
 * Tells the other servers how many streams this one has, user by user.
 *
 * Invariants: what is written is the number itself, never a difference, as it is at that moment. So whatever was lost,
 * by Redis or on the way, is mended by the next write. After each write the number is looked at again, for the last
 * answer that comes is to what Redis did last.
 */
export class SharedStreams {
  readonly #write: (...args: readonly (string | number)[]) => Promise<number>;
  /** What Redis has of this server's, as far as its answers tell; none: 0. */
  readonly #written = new Map<string, number>();
  /** Streams of which Redis has not said yet whether they may begin. */
  readonly #asking = new Tally();
  readonly #catchingUp = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #stopListening = (): void => undefined;

  /** @param own the streams on this server */
  constructor(
    private readonly shared: Shared,
    private readonly streams: Streams,
    private readonly limit: number,
    private readonly own: Tally,
  ) {
    this.#write = shared.redis.define(`write${streams}`, { lua: WRITE, keys: 1 });
  }

  start(): void {
    this.#stopListening = this.shared.redis.onReady(() => void this.refresh());
    this.#timer = setInterval(() => void this.refresh(), REFRESH_INTERVAL_MS).unref();
  }

  stop(): void {
    this.#stopListening();
    clearInterval(this.#timer);
  }

  /**
   * Whether the user may have the stream that has just taken this slot, too; yes where Redis is away. The slot of one
   * that may not is released.
   */
  async admits(userId: string, slot: Slot): Promise<boolean> {
    this.#asking.add(userId, 1);
    const isAdmitted = (await this.write(userId, this.limit)) !== false;
    // Before it stops to be asked for: nobody is to be told of it.
    if (!isAdmitted) slot.release();
    this.#asking.add(userId, -1);
    // Another of the user's streams may have ended meanwhile.
    this.tell(userId);
    return isAdmitted;
  }

  /** The user's number on this server has changed: the others learn of it in the background. */
  tell(userId: string): void {
    if (!this.#catchingUp.has(userId)) void this.catchUp(userId);
  }

  private async catchUp(userId: string): Promise<void> {
    this.#catchingUp.add(userId);
    while (this.isBehind(userId)) {
      if ((await this.write(userId)) === null) break;
    }
    this.#catchingUp.delete(userId);
  }

  /** Streams that may be refused are not told of; the last answer to them catches up. */
  private isBehind(userId: string): boolean {
    return this.#asking.of(userId) === 0 && (this.#written.get(userId) ?? 0) !== this.own.of(userId);
  }

  /** Writes every count: Redis may have lost them, or another server may have taken this one for dead. */
  private async refresh(): Promise<void> {
    for (const userId of new Set([...this.#written.keys(), ...this.own.names()])) {
      if ((await this.write(userId)) === null) return;
      this.tell(userId);
    }
  }

  /** @returns whether it is within the limit, and was written; null where Redis is away */
  private async write(userId: string, limit = 0): Promise<boolean | null> {
    const { redis, presence } = this.shared;
    if (!redis.isReady) return null;
    const name = redis.name(this.streams, shortDigest(userId));
    const count = this.own.of(userId);
    try {
      const answer = await this.#write(
        name,
        presence.serverId,
        count,
        limit,
        TIME_TO_LIVE_MS,
        presence.aliveName(''),
      );
      if (answer === 0) return false;
      if (count === 0) this.#written.delete(userId);
      else this.#written.set(userId, count);
      return true;
    } catch {
      // The connection tells of it. Whether Redis has the number is unknown; when it is back, it gets it again.
      this.#written.set(userId, UNKNOWN);
      return null;
    }
  }
}
