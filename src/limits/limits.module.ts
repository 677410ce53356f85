import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseService } from '../prisma/database.service.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { ServerPresence } from '../redis/server-presence.js';
import { Admission, type Pressure } from './admission.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { Limits } from './limits.service.js';

function pressureOn(database: DatabaseService): Pressure {
  const delay = new EventLoopDelay();
  return {
    get delayMs() {
      return delay.milliseconds;
    },
    get databaseWaiting() {
      return database.waiting;
    },
    start: (onLook) => delay.start(onLook),
    stop: () => delay.stop(),
  };
}

@Global()
@Module({
  imports: [PrismaModule],
  providers: [
    {
      provide: Limits,
      inject: [Config, RedisConnection, ServerPresence],
      useFactory: ({ limits }: Config, redis: RedisConnection | null, presence: ServerPresence | null) =>
        new Limits(limits, redis && presence && { redis, presence }),
    },
    {
      provide: Admission,
      inject: [DatabaseService],
      useFactory: (database: DatabaseService) => new Admission(pressureOn(database)),
    },
  ],
  exports: [Limits, Admission],
})
export class LimitsModule {}
