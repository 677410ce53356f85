import { Global, Module } from '@nestjs/common';
import { TokenWatch } from '../../auth/token-watch.js';
import { PrismaModule } from '../../prisma/prisma.module.js';
import { AuditChainModule } from '../chain/audit-chain.module.js';
import { AnomalyJudge } from './anomaly-judge.js';
import { AnomalyWatch } from './anomaly-watch.js';
import { AnomalyRepository } from './anomaly.repository.js';
import { NetworkHash } from './network-hash.js';
import { WebhookDispatcher } from './webhook/webhook-dispatcher.js';
import { WebhookOutbox } from './webhook/webhook-outbox.js';

/** The rules that watch the trail. The doors tell it of tokens, wherever they are. */
@Global()
@Module({
  imports: [AuditChainModule, PrismaModule],
  providers: [
    AnomalyJudge,
    AnomalyRepository,
    AnomalyWatch,
    NetworkHash,
    WebhookDispatcher,
    WebhookOutbox,
    { provide: TokenWatch, useExisting: AnomalyWatch },
  ],
  exports: [AnomalyRepository, AnomalyWatch, TokenWatch],
})
export class AnomaliesModule {}
