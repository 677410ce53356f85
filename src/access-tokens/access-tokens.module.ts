import { Global, Module } from '@nestjs/common';
import { AuditChainModule } from '../audit/chain/audit-chain.module.js';
import { AccessTokens } from '../auth/access-tokens.js';
import { OpenTokens } from '../auth/open-tokens.js';
import { KeysModule } from '../keys/keys.module.js';
import { PrismaModule } from '../prisma/prisma.module.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { AccessTokensRepository } from './access-tokens.repository.js';
import { AccessTokensResolver } from './access-tokens.resolver.js';
import { AccessTokensService } from './access-tokens.service.js';
import { RevocationCheck } from './revocation-check.js';

/** Tokens that users make for their programs. The doors ask it whose one is, and hear when it is revoked. */
@Global()
@Module({
  imports: [AuditChainModule, KeysModule, PrismaModule],
  providers: [
    AccessTokensRepository,
    AccessTokensResolver,
    AccessTokensService,
    AccessTokenVerifier,
    OpenTokens,
    RevocationCheck,
    { provide: AccessTokens, useExisting: AccessTokenVerifier },
  ],
  exports: [AccessTokens, AccessTokensRepository, AccessTokenVerifier, OpenTokens],
})
export class AccessTokensModule {}
