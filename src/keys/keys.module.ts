import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { KeyResolutionService } from './key-resolution.service.js';
import { KeyTurns } from './key-turns.js';
import { KeyUseService } from './key-use.service.js';
import { KeysRepository } from './keys.repository.js';
import { KeysResolver } from './keys.resolver.js';
import { KeysService } from './keys.service.js';
import { VaultCheck } from './vault-check.service.js';

@Module({
  imports: [AuditModule, CryptoModule, PrismaModule],
  providers: [
    KeyResolutionService,
    KeyTurns,
    KeyUseService,
    KeysRepository,
    KeysResolver,
    KeysService,
    VaultCheck,
  ],
  exports: [KeyResolutionService, KeyUseService, VaultCheck],
})
export class KeysModule {}
