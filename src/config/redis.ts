import { redisUrl } from './redis-url.js';
import type { Variable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface RedisConfig {
  /** Null: what several servers would share is kept in process. */
  readonly url: string | null;
}

export const redisVariables = {
  url: {
    name: 'REDIS_URL',
    meaning:
      'redis://user:password@host:6379/0, shared by several servers; unset: chats and limits in process',
    default: null,
    parse: redisUrl,
    secret: true,
  } satisfies Variable<string>,
};

export function readRedis(reader: VariableReader): RedisConfig {
  return { url: reader.readOptional(redisVariables.url) };
}
