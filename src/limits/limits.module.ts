import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { ServerPresence } from '../redis/server-presence.js';
import { Limits } from './limits.service.js';

@Global()
@Module({
  providers: [
    {
      provide: Limits,
      inject: [Config, RedisConnection, ServerPresence],
      useFactory: ({ limits }: Config, redis: RedisConnection | null, presence: ServerPresence | null) =>
        new Limits(limits, redis && presence && { redis, presence }),
    },
  ],
  exports: [Limits],
})
export class LimitsModule {}
