import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisUnavailableError } from '../redis/redis-unavailable.error.js';
import { WINDOW_MS } from '../common/sliding-window.js';
import { shortDigest } from '../redis/short-digest.js';

/**
 * SlidingWindow's algorithm in Redis, by Redis's clock, as rate-limiter-flexible's `customIncrTtlLuaScript`: a list of
 * the times, in microseconds, of a user's last operations. It answers how many points are consumed, which is more than
 * there are where the operation is refused, and the milliseconds until there is one.
 */
const SLIDING_WINDOW = `
  local limit, window = tonumber(ARGV[3]), tonumber(ARGV[4]) * 1000000
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local oldest = redis.call('LINDEX', KEYS[1], -limit)
  -- A clock that was set back makes no user wait for longer than a window.
  local age = oldest and math.max(now - oldest, 0) or window
  if age < window then return { limit + 1, math.floor((window - age) / 1000) + 1 } end
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('LTRIM', KEYS[1], -limit, -1)
  redis.call('EXPIRE', KEYS[1], ARGV[4] + 1)
  return { redis.call('LLEN', KEYS[1]), 0 }
`;

/** What users did in the last minute, on all servers. */
export class SharedWindow {
  readonly #limiter: RateLimiterRedis;

  /**
   * @param name letters only: what is counted
   * @param limit at least 1
   */
  constructor(
    private readonly redis: RedisConnection,
    name: string,
    limit: number,
  ) {
    this.#limiter = new RateLimiterRedis({
      storeClient: storeClient(redis, name),
      keyPrefix: redis.name('limit', name),
      points: limit,
      duration: WINDOW_MS / 1_000,
      customIncrTtlLuaScript: SLIDING_WINDOW,
    });
  }

  /**
   * Counts one operation, where the user may do it.
   *
   * @returns 0, or in how many milliseconds they may; null where Redis is away
   */
  async take(userId: string): Promise<number | null> {
    if (!this.redis.isReady) return null;
    try {
      await this.#limiter.consume(shortDigest(userId));
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
      if (refusal instanceof RedisUnavailableError) return null;
      throw refusal;
    }
  }
}

/** As much of an ioredis client as the limiter uses, by way of our connection, which notices when Redis hangs. */
function storeClient(redis: RedisConnection, name: string): object {
  const commands: Record<string, (args: readonly string[]) => Promise<unknown>> = {};
  const defineCommand = (command: string, script: { lua: string; numberOfKeys: number }): void => {
    const run = redis.define(`limit${name}`, { lua: script.lua, keys: script.numberOfKeys });
    commands[command] = (args) => run(...args);
  };
  return Object.assign(commands, { defineCommand });
}
