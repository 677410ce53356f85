import { Module } from '@nestjs/common';
import { CryptoModule } from '../crypto/crypto.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { AttachmentSweeper } from './attachment-sweeper.js';
import { AttachmentsDoor } from './attachments-door.js';
import { AttachmentsRepository } from './attachments.repository.js';
import { AttachmentsService } from './attachments.service.js';

/** Images and files that users send for their chats. */
@Module({
  imports: [CryptoModule, PrismaModule],
  providers: [AttachmentsDoor, AttachmentsRepository, AttachmentsService, AttachmentSweeper],
  exports: [AttachmentsDoor, AttachmentsService],
})
export class AttachmentsModule {}
