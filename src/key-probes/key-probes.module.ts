import { Global, Module } from '@nestjs/common';
import { KeyProber } from '../keys/key-prober.js';
import { ProviderKeyProber } from './provider-key-prober.js';

/** The way from the keys to their providers, for the one question whether a key works. */
@Global()
@Module({
  providers: [{ provide: KeyProber, useClass: ProviderKeyProber }],
  exports: [KeyProber],
})
export class KeyProbesModule {}
