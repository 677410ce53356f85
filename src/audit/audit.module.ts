import { Module } from '@nestjs/common';
import { AnomaliesModule } from './anomalies/anomalies.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { AuditChainModule } from './chain/audit-chain.module.js';
import { AuditRepository } from './audit.repository.js';
import { AuditResolver } from './audit.resolver.js';
import { UsageHoursRepository } from './usage-hours.repository.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';
import { UseWriter } from './writer/use-writer.js';

@Module({
  imports: [AnomaliesModule, AuditChainModule, PrismaModule],
  providers: [AuditRepository, AuditResolver, UsageRepository, UsageHoursRepository, UsageService, UseWriter],
  exports: [AuditChainModule, AuditRepository, UsageRepository, UsageHoursRepository, UseWriter],
})
export class AuditModule {}
