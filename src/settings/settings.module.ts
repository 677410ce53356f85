import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingsService } from './settings.service.js';
import { ViewerResolver } from './viewer.resolver.js';

@Module({
  imports: [AuditModule, PrismaModule],
  providers: [SettingsRepository, SettingsService, ViewerResolver],
  exports: [SettingsService],
})
export class SettingsModule {}
