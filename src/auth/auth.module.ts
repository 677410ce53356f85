import { Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Authenticator } from './authenticator.js';
import { TokenVerifier } from './token-verifier.js';
import { ViewerResolver } from './viewer.resolver.js';

@Module({
  imports: [OutboundModule],
  providers: [TokenVerifier, Authenticator, ViewerResolver],
  exports: [Authenticator],
})
export class AuthModule {}
