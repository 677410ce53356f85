import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { KeyDecisions } from './key-decisions.service.js';
import { KeyReservations } from './key-reservations.js';
import { KeyResolutionService } from './key-resolution.service.js';
import { KeyTurns } from './key-turns.js';
import { KeyVerification } from './key-verification.service.js';
import { KeyUseService } from './key-use.service.js';
import { KeysRepository } from './keys.repository.js';
import { KeysResolver } from './keys.resolver.js';
import { KeysService } from './keys.service.js';
import { VaultCheck } from './vault-check.service.js';

@Module({
  imports: [AuditModule, CryptoModule, PrismaModule],
  providers: [
    KeyDecisions,
    KeyReservations,
    KeyResolutionService,
    KeyTurns,
    KeyUseService,
    KeyVerification,
    KeysRepository,
    KeysResolver,
    KeysService,
    VaultCheck,
  ],
  exports: [KeyDecisions, KeysService, KeyResolutionService, KeyTurns, KeyUseService, VaultCheck],
})
export class KeysModule {}
