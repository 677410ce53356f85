import { Module } from '@nestjs/common';
import { PrismaModule } from '../prisma/prisma.module.js';
import { AuditRepository } from './audit.repository.js';
import { AuditResolver } from './audit.resolver.js';
import { AuditService } from './audit.service.js';
import { UsageRepository } from './usage.repository.js';
import { UsageService } from './usage.service.js';

@Module({
  imports: [PrismaModule],
  providers: [AuditRepository, AuditResolver, AuditService, UsageRepository, UsageService],
  exports: [AuditService],
})
export class AuditModule {}
