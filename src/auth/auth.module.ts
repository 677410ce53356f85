import { Module } from '@nestjs/common';
import { Authenticator } from './authenticator.js';
import { TokenVerifier } from './token-verifier.js';
import { ViewerResolver } from './viewer.resolver.js';

@Module({
  providers: [TokenVerifier, Authenticator, ViewerResolver],
  exports: [Authenticator],
})
export class AuthModule {}
