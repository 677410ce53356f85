import { Global, Module } from '@nestjs/common';
import { AlertNews } from '../audit/anomalies/alert-news.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { AlertBoard } from './alert-board.js';
import { KeyAlertsRepository } from './key-alerts.repository.js';
import { KeyAlertsResolver } from './key-alerts.resolver.js';
import { KeyAlertsService } from './key-alerts.service.js';

/** The way from the rules to the owners of keys. */
@Global()
@Module({
  imports: [PrismaModule],
  providers: [
    AlertBoard,
    KeyAlertsRepository,
    KeyAlertsResolver,
    KeyAlertsService,
    { provide: AlertNews, useExisting: AlertBoard },
  ],
  exports: [AlertNews, KeyAlertsRepository],
})
export class AlertsModule {}
