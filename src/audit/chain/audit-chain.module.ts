import { Module } from '@nestjs/common';
import { CryptoModule } from '../../crypto/crypto.module.js';
import { PrismaModule } from '../../prisma/prisma.module.js';
import { AuditKeyring } from './audit-keyring.js';
import { AuditTrail } from './audit-trail.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { TrailCheckpoints } from './trail-checkpoints.js';
import { TrailKeeper } from './trail-keeper.js';

/** What makes the trail one that can be believed: MACs, chains, checkpoints. */
@Module({
  imports: [CryptoModule, PrismaModule],
  providers: [AuditKeyring, AuditTrail, CheckpointsRepository, TrailCheckpoints, TrailKeeper],
  exports: [AuditKeyring, AuditTrail, TrailCheckpoints, TrailKeeper],
})
export class AuditChainModule {}
