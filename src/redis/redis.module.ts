import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { RedisConnection } from './redis-connection.js';
import { ServerPresence } from './server-presence.js';

/**
 * What several servers share. {@link RedisConnection} and {@link ServerPresence} are null without `REDIS_URL`: then
 * there is one server, and its state is kept in process.
 */
@Global()
@Module({
  providers: [
    {
      provide: RedisConnection,
      inject: [Config],
      useFactory: ({ redis, general }: Config) =>
        redis.url === null ? null : new RedisConnection(redis.url, `keystream:${general.environmentName}`),
    },
    {
      provide: ServerPresence,
      inject: [RedisConnection],
      useFactory: (redis: RedisConnection | null) => redis && new ServerPresence(redis),
    },
  ],
  exports: [RedisConnection, ServerPresence],
})
export class RedisModule {}
