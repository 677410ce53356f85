import { Redis } from 'ioredis';
import { redisName } from './run-names.js';

/** The Redis that tests may use. The suites in test/redis run only where TEST_REDIS_URL names one (jest.config.mjs). */
export function redisUrl(): string {
  const url = process.env.TEST_REDIS_URL;
  if (!url) throw new Error('TEST_REDIS_URL names no Redis.');
  return url;
}

/** Names of a test's own in a Redis that several share. */
export interface TestRedis {
  /** The variables that point a server at it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly redis: Redis;
  /** Every key of this test's. */
  keys(): Promise<string[]>;
  /** Removes them all. */
  drop(): Promise<void>;
}

/** @param url by which servers reach it; this test's own connection goes straight to Redis */
export function createRedis(url = redisUrl()): TestRedis {
  const redis = new Redis(redisUrl());
  const environmentName = redisName();
  const keys = (): Promise<string[]> => redis.keys(`keystream:${environmentName}:*`);
  return {
    environment: { REDIS_URL: url, ENVIRONMENT_NAME: environmentName },
    redis,
    keys,
    drop: async () => {
      const left = await keys();
      if (left.length > 0) await redis.del(...left);
      redis.disconnect();
    },
  };
}
