import { Module } from '@nestjs/common';
import { Authenticator } from './authenticator.js';
import { TokenVerifier } from './token-verifier.js';

@Module({
  providers: [TokenVerifier, Authenticator],
  exports: [Authenticator],
})
export class AuthModule {}
