import { Module } from '@nestjs/common';
import { EdgeModule } from '../edge/edge.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Authenticator } from './authenticator.js';
import { FailingTokens } from './failing-tokens.js';
import { TokenVerifier } from './token-verifier.js';

@Module({
  imports: [EdgeModule, OutboundModule],
  providers: [TokenVerifier, Authenticator, FailingTokens],
  exports: [Authenticator, FailingTokens],
})
export class AuthModule {}
