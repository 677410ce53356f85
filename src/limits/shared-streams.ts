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

/** The most servers on which a user's streams are counted: no service has more. Further ones are removed. */
const MAX_SERVERS = 1_000;

/**
 * A user's hash has a field for each server with its number of streams. This writes one server's, unless the sum with
 * those of the others is over the limit (0: none). Then it answers whose they are: some of these servers may be dead,
 * which it cannot see, for their signs are on other nodes of a cluster. Those that are named as dead are removed first.
 * Redis removes a hash without fields.
 *
 * KEYS: the user's hash. ARGV: server, its number, limit, milliseconds, servers that are dead …
 * Answers 1 where it is written, else the ids of the other servers.
 */
const WRITE = `
  local server, count, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
  for i = 5, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
  local sum, others = count, {}
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    if #fields[i] > 36 or #others >= ${String(MAX_SERVERS)} then
      redis.call('HDEL', KEYS[1], fields[i])
    elseif fields[i] ~= server then
      sum = sum + fields[i + 1]
      others[#others + 1] = fields[i]
    end
  end
  if limit > 0 and sum > limit then return others end
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
 * Shares with the other servers how many streams each user has on this one.
 *
 * Invariants: what is written is the number itself, never a difference, as it is at that moment. So whatever was lost,
 * by Redis or on the way, is mended by the next write. After each write the number is looked at again, for the last
 * answer that comes is to what Redis did last.
 */
export class SharedStreams {
  readonly #write: (...args: readonly (string | number)[]) => Promise<1 | string[]>;
  /** What Redis has of this server's, as far as its answers show; none: 0. */
  readonly #written = new Map<string, number>();
  /** Streams that wait for Redis's answer whether they may begin. */
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
    // First of all: a stream that is refused is never shared.
    if (!isAdmitted) slot.release();
    this.#asking.add(userId, -1);
    // Another of the user's streams may have ended during the write.
    this.share(userId);
    return isAdmitted;
  }

  /** The user's number on this server has changed: it is written in the background. */
  share(userId: string): void {
    if (!this.#catchingUp.has(userId)) void this.catchUp(userId);
  }

  private async catchUp(userId: string): Promise<void> {
    this.#catchingUp.add(userId);
    while (this.isBehind(userId)) {
      if ((await this.write(userId)) === null) break;
    }
    this.#catchingUp.delete(userId);
  }

  /** While streams may yet be refused nothing is shared; the last answer to them catches up. */
  private isBehind(userId: string): boolean {
    return this.#asking.of(userId) === 0 && (this.#written.get(userId) ?? 0) !== this.own.of(userId);
  }

  /** Writes every count: Redis may have lost them, or another server may have taken this one for dead. */
  private async refresh(): Promise<void> {
    for (const userId of new Set([...this.#written.keys(), ...this.own.names()])) {
      if ((await this.write(userId)) === null) return;
      this.share(userId);
    }
  }

  /** @returns whether it is within the limit, and was written; null where Redis is away */
  private async write(userId: string, limit = 0): Promise<boolean | null> {
    if (!this.shared.redis.isReady) return null;
    try {
      const others = await this.writeCount(userId, limit);
      if (others === null) return true;
      const alive = new Set(await this.shared.presence.findAlive(others));
      const dead = others.filter((id) => !alive.has(id));
      return dead.length > 0 && (await this.writeCount(userId, limit, dead)) === null;
    } catch {
      // The connection logs it. Whether Redis has the number is unknown; when it is back, it gets it again.
      this.#written.set(userId, UNKNOWN);
      return null;
    }
  }

  /** @returns null where it is written, else the other servers that have some of the user's */
  private async writeCount(
    userId: string,
    limit: number,
    dead: readonly string[] = [],
  ): Promise<readonly string[] | null> {
    const { redis, presence } = this.shared;
    const count = this.own.of(userId);
    const name = redis.name(this.streams, shortDigest(userId));
    const answer = await this.#write(name, presence.serverId, count, limit, TIME_TO_LIVE_MS, ...dead);
    if (answer !== 1) return answer;
    if (count === 0) this.#written.delete(userId);
    else this.#written.set(userId, count);
    return null;
  }
}
