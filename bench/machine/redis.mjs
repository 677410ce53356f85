import { Redis } from 'ioredis';
import { ENVIRONMENT_NAME } from './keystream.mjs';

/** @param {string} url @returns {Promise<boolean>} whether there is one that answers */
export async function redisAnswers(url) {
  return withRedis(url, (redis) => redis.ping()).then(
    () => true,
    () => false,
  );
}

/** What this run left there, in steps that hold nobody up. @param {string} url */
export async function removeFromRedis(url) {
  await withRedis(url, async (redis) => {
    for await (const names of redis.scanStream({ match: `*keystream:${ENVIRONMENT_NAME}*`, count: 1_000 })) {
      if (names.length > 0) await redis.unlink(...names);
    }
  });
}

/**
 * @template Result
 * @param {string} url
 * @param {(redis: Redis) => Promise<Result>} work
 */
async function withRedis(url, work) {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  // Its failures are those of its commands.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
