import { Module } from '@nestjs/common';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { ChatModule } from '../chat/chat.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { ExportController } from './export.controller.js';
import { ExportService } from './export.service.js';
import { MyDataRepository } from './my-data.repository.js';
import { MyDataResolver } from './my-data.resolver.js';
import { MyDataService } from './my-data.service.js';

/** What a user may do with all that is kept of them: get it, and have it deleted. */
@Module({
  imports: [AttachmentsModule, AuditModule, ChatModule, KeysModule, PrismaModule, SettingsModule],
  controllers: [ExportController],
  providers: [ExportService, MyDataRepository, MyDataResolver, MyDataService],
})
export class MyDataModule {}
