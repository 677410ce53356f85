import type { RedisConnection } from '../../redis/redis-connection.js';
import { shortDigest } from '../../redis/short-digest.js';

/** The names of what is shared about one run. */
export interface RunNames {
  /** A hash: owner, state, last number, sealed record. */
  readonly meta: string;
  /** A stream: sealed events, each entry under the number of its last event. */
  readonly log: string;
  /** A hash: what number the watchers on each server have taken. */
  readonly watchers: string;
  /** A channel: something was added to the log. */
  readonly news: string;
}

/** All of one run is in one slot of a cluster, so that one script can touch it: the braces say by what. */
export function runNames(redis: RedisConnection, runKey: string): RunNames {
  const name = (part: string): string => redis.name('chat', `{${runKey}}`, part);
  return { meta: name('meta'), log: name('log'), watchers: name('watchers'), news: name('news') };
}

/** A set: the keys of the runs that a server owns and has not ended. */
export const ownRunsName = (redis: RedisConnection, serverId: string): string =>
  redis.name('server', serverId, 'runs');

/** A channel: what other servers ask of a server. */
export const controlName = (redis: RedisConnection, serverId: string): string =>
  redis.name('server', serverId, 'control');

/** A string: which chat a request id stands for. */
export const requestName = (redis: RedisConnection, userId: string, requestId: string): string =>
  redis.name('request', shortDigest(userId), shortDigest(requestId));
