import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DATABASE_SETTINGS, type DatabaseSettings } from './database-settings.js';
import { DatabaseService } from './database.service.js';

/** Gives other modules the {@link DatabaseService}. */
@Module({
  providers: [
    DatabaseService,
    {
      provide: DATABASE_SETTINGS,
      inject: [Config],
      useFactory: ({ database, general }: Config): DatabaseSettings => ({
        url: database.url,
        dataDir: general.dataDirectory,
      }),
    },
  ],
  exports: [DatabaseService],
})
export class PrismaModule {}
